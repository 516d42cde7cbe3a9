/**
 * The machine plugin: Gardener's methods, and the same by name.
 *
 * Its cluster and credentials come with each request, in the key `kubeconfig` of the secret; so does
 * the namespace, which is that of the kubeconfig's current context.
 *
 * @module
 */

import { type About, driverError } from "../backend/driver_errors.ts";
import {
  assertName,
  type CallOptions,
  type GetVolumeIDsRequest,
  LABEL_RULE,
  type ListMachinesRequest,
  type MachineAnswer,
  type MachinePlugin,
  type MachineRequest,
  type PersistentVolumeSpec,
  type PluginSecret,
  type PluginSpi,
  qualifiedName,
} from "../contract/mod.ts";
import { attempt, meaningOf } from "./errors.ts";
import { createMachine, initializeMachine, type Wanted } from "./plugin_create.ts";
import { deleteMachine } from "./plugin_delete.ts";
import { answerOf, listMachines, statusOf, theMachine } from "./plugin_look.ts";
import { providerIdOf } from "./plugin_provider_id.ts";
import {
  type KubeContext,
  type MachineAsked,
  machineCall,
  namespaceCall,
  type PluginHome,
  secretText,
  subjectOf,
} from "./plugin_request.ts";
import { shutDownMachine } from "./plugin_shutdown.ts";
import { readProviderSpec } from "./provider_spec.ts";
import { fieldsOf } from "./provider_spec_rules.ts";
import { readSettings } from "./settings.ts";

/** The name in the registry. */
export const NAME = "kubevirt";
/** One line for people. */
export const DESCRIPTION = "Virtual machines of KubeVirt, on a Kubernetes cluster";
/** Who makes the volumes whose ids are told. */
export const CSI_DRIVER = "csi.kubevirt.io";

/** Makes the plugin. Nothing is sent before the first call. @throws {DriverError} `invalid-argument` */
export function createPlugin(context: KubeContext): MachinePlugin {
  const { backend, clock, owner } = context;
  assertName(owner, { operation: "plugin.open", subject: `plugin:${NAME}` });
  const home = { backend, clock, owner, settings: readSettings(context.settings) };
  return {
    name: NAME,
    description: DESCRIPTION,
    owner,
    nameRule: LABEL_RULE,
    qualifiedMachineName(name): string {
      assertName(name, { operation: "qualifiedMachineName", subject: subjectOf(name) });
      return qualifiedName(owner, name);
    },
    createMachine: (request, options) => create(home, asked(request), options),
    initializeMachine: (request, options) => initialize(home, asked(request), options),
    async deleteMachine(request, options): Promise<Record<string, never>> {
      const state: unknown = request.machine.status?.lastKnownState;
      await remove(home, asked(request), options, typeof state === "string" ? state : undefined);
      return {};
    },
    getMachineStatus: (request, options) => status(home, asked(request), options),
    async listMachines(request: ListMachinesRequest, options) {
      const { machineClass: { providerSpec }, secret } = request;
      return { machineList: await list(home, providerSpec, secret, options) };
    },
    getVolumeIDs: (request) => Promise.resolve({ volumeIDs: volumeIds(request) }),
    spi: spiOf(home),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The session by name. */
function spiOf(home: PluginHome): PluginSpi {
  return {
    async createMachine(name, providerSpec, secret, options): Promise<string> {
      const call = { name, providerID: "", providerSpec, secret };
      return (await create(home, call, options)).providerID;
    },
    async deleteMachine(name, providerID, providerSpec, secret, options): Promise<string> {
      return await remove(home, { name, providerID, providerSpec, secret }, options);
    },
    async getMachineStatus(name, providerID, providerSpec, secret, options): Promise<string> {
      return (await status(home, { name, providerID, providerSpec, secret }, options)).providerID;
    },
    listMachines: (providerSpec, secret, options) => list(home, providerSpec, secret, options),
    shutDownMachine: (name, providerID, providerSpec, secret, options) =>
      shutDown(home, { name, providerID, providerSpec, secret }, options),
  };
}

function asked({ machine, machineClass, secret }: MachineRequest): MachineAsked {
  const { name, spec } = machine;
  const { providerSpec } = machineClass;
  return { name, providerID: spec?.providerID ?? "", providerSpec, secret };
}

/** The words for each method about one machine. */
const VERBS = {
  createMachine: "create",
  initializeMachine: "initialize",
  deleteMachine: "delete",
  getMachineStatus: "look at",
  shutDownMachine: "shut down",
} as const;

function about(
  operation: keyof typeof VERBS,
  { name }: MachineAsked,
  { signal }: CallOptions = {},
): About {
  const doing = `${VERBS[operation]} machine ${JSON.stringify(name)}`;
  return { operation, subject: subjectOf(name), doing, ...(signal && { signal }) };
}

function wanted({ providerSpec, secret }: MachineAsked): Wanted {
  return { spec: readProviderSpec(providerSpec), userData: secretText(secret, "userData") };
}

async function create(
  home: PluginHome,
  it: MachineAsked,
  options?: CallOptions,
): Promise<MachineAnswer> {
  const what = about("createMachine", it, options);
  return await attempt(what, async () => {
    // The controller asks for a machine that has no id yet; one that it has does not matter here.
    const call = await machineCall(home, { ...it, providerID: "" }, what);
    const describe = (error: unknown) => driverError(error, what, meaningOf);
    return answerOf(call, await createMachine(call, wanted(it), describe));
  });
}

async function initialize(
  home: PluginHome,
  it: MachineAsked,
  options?: CallOptions,
): Promise<MachineAnswer> {
  const what = about("initializeMachine", it, options);
  return await attempt(what, async () => {
    const call = await machineCall(home, it, what);
    const needs = wanted(it);
    return answerOf(call, await initializeMachine(call, await theMachine(call), needs));
  });
}

async function remove(
  home: PluginHome,
  it: MachineAsked,
  options?: CallOptions,
  lastKnownState?: string,
): Promise<string> {
  const what = about("deleteMachine", it, options);
  return await attempt(what, async () => {
    const call = await machineCall(home, it, what);
    const describe = (error: unknown) => driverError(error, what, meaningOf);
    const found = await deleteMachine(call, lastKnownState, describe);
    return found ? providerIdOf(found, call.objects.namespace) : "";
  });
}

async function status(
  home: PluginHome,
  it: MachineAsked,
  options?: CallOptions,
): Promise<MachineAnswer> {
  const what = about("getMachineStatus", it, options);
  return await attempt(what, async () => await statusOf(await machineCall(home, it, what), what));
}

async function shutDown(
  home: PluginHome,
  it: MachineAsked,
  options?: CallOptions,
): Promise<string> {
  const what = about("shutDownMachine", it, options);
  return await attempt(what, async () => {
    const call = await machineCall(home, it, what);
    return providerIdOf(await shutDownMachine(call), call.objects.namespace);
  });
}

async function list(
  home: PluginHome,
  providerSpec: unknown,
  secret: PluginSecret | undefined,
  { signal }: CallOptions = {},
): Promise<Record<string, string>> {
  const doing = "list machines";
  const subject = `plugin:${NAME}` as const;
  const what: About = { operation: "listMachines", subject, doing, ...(signal && { signal }) };
  return await attempt(what, async () => {
    fieldsOf(providerSpec, "");
    return await listMachines(await namespaceCall(home, secret, what), home.owner, providerSpec);
  });
}

/** The ids of the volumes that KubeVirt's own driver made; what makes no sense is somebody else's. */
function volumeIds({ pvSpecs }: GetVolumeIDsRequest): string[] {
  return pvSpecs.flatMap(({ csi }: PersistentVolumeSpec) => {
    if (typeof csi !== "object" || csi === null) return [];
    const { driver, volumeHandle } = csi as Readonly<Record<string, unknown>>;
    return driver === CSI_DRIVER && typeof volumeHandle === "string" && volumeHandle !== ""
      ? [volumeHandle]
      : [];
  });
}
