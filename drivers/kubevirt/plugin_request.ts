/**
 * From a request to what the plugin works with: everything is checked here, before anything is sent.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import type { DriverContext } from "../backend/module.ts";
import {
  assertName,
  type Clock,
  LABEL_RULE,
  type PluginSecret,
  type Subject,
} from "../contract/mod.ts";
import type { Access, KubeBackend, KubeMethods, WatchEvent } from "./backend.ts";
import { type Kubeconfig, type Material, parseKubeconfig } from "./kubeconfig.ts";
import { KubeObjects } from "./objects_client.ts";
import { parseProviderId, type ProviderId } from "./plugin_provider_id.ts";
import { fieldsOf } from "./provider_spec_rules.ts";
import type { Settings } from "./settings.ts";
import { type MachineNames, machineNames } from "./virtual_machine_names.ts";

/** What this plugin needs of what adapters get. */
export type KubeContext = Pick<
  DriverContext<KubeMethods, WatchEvent>,
  "backend" | "clock" | "owner" | "settings"
>;

/** What all calls of a plugin share. */
export interface PluginHome {
  /** The cluster. */
  readonly backend: KubeBackend;
  /** Time. */
  readonly clock: Clock;
  /** Whose machines. */
  readonly owner: string;
  /** The user's settings. */
  readonly settings: Settings;
}

/** A call about the objects of one namespace. */
export interface Call {
  /** The objects, with the credentials of the request. */
  readonly objects: KubeObjects;
  /** Time. */
  readonly clock: Clock;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
  /** The user's settings. */
  readonly settings: Settings;
}

/** A call about one machine. */
export interface MachineCall extends Call {
  /** The machine. */
  readonly names: MachineNames;
  /** The uid of its provider id, if there was one. */
  readonly uid?: string;
}

/** What a request says about one machine, as the controller or the session by name gives it. */
export interface MachineAsked {
  /** Its name. */
  readonly name: string;
  /** Its id; empty if it has none yet. */
  readonly providerID: string;
  /** Its class. */
  readonly providerSpec: unknown;
  /** Credentials and user data. */
  readonly secret: PluginSecret | undefined;
}

/** What an error is about: the machine, as far as the request names one. */
export function subjectOf(name: unknown): Subject {
  return `machine:${typeof name === "string" ? name : ""}`;
}

/**
 * What is needed to work on a machine.
 *
 * @throws {DriverError} `invalid-argument`
 * @throws {Trouble} `invalid-argument`, or `failed-precondition` if the id is of another namespace
 */
export async function machineCall(
  home: PluginHome,
  asked: MachineAsked,
  about: About,
): Promise<MachineCall> {
  fieldsOf(asked.providerSpec, "");
  const id = asked.providerID === "" ? undefined : parseProviderId(asked.providerID);
  const name = asked.name === "" && id ? machineIn(id, home.owner) : asked.name;
  assertName(name, { operation: about.operation, subject: about.subject, rule: LABEL_RULE });
  const names = machineNames(home.owner, name);
  const call = await namespaceCall(home, asked.secret, about);
  if (id) checkId(id, names, call.objects.namespace);
  return { ...call, names, ...(id && { uid: id.uid }) };
}

/** The machine that an id of this owner's is about. */
function machineIn({ vm }: ProviderId, owner: string): string {
  return vm.startsWith(`${owner}.`) ? vm.slice(owner.length + 1) : vm;
}

function checkId(id: ProviderId, { machine, vm }: MachineNames, namespace: string): void {
  if (id.vm !== vm) {
    const why = `The provider id is of the virtual machine ${JSON.stringify(id.vm)}, and the one ` +
      `of machine ${JSON.stringify(machine)} is ${JSON.stringify(vm)}`;
    throw new Trouble("invalid-argument", why, "provider-id");
  }
  if (id.namespace === namespace) return;
  const why = `The provider id is of the namespace ${JSON.stringify(id.namespace)}, and the ` +
    `credentials are for ${JSON.stringify(namespace)}`;
  throw new Trouble("failed-precondition", why, "other-namespace");
}

/**
 * What is needed to work in a namespace: that of the kubeconfig's current context.
 *
 * @throws {Trouble} `invalid-argument`
 * @throws {KubeconfigError}
 */
export async function namespaceCall(
  home: PluginHome,
  secret: PluginSecret | undefined,
  { signal }: About,
): Promise<Call> {
  const { clock, settings } = home;
  const objects = await objectsOf(home, secret);
  return { objects, clock, settings, ...(signal && { signal }) };
}

/** The last kubeconfig that a plugin read: nearly every request brings the same one. */
const lastOf = new WeakMap<
  PluginHome,
  { readonly kubeconfig: string | undefined; readonly objects: KubeObjects }
>();

async function objectsOf(
  home: PluginHome,
  secret: PluginSecret | undefined,
): Promise<KubeObjects> {
  const kubeconfig = secret?.data?.kubeconfig;
  const last = lastOf.get(home);
  if (last && last.kubeconfig === kubeconfig) return last.objects;
  const { backend, clock } = home;
  // What reads YAML may have to be loaded first.
  const config = await clock.hold(parseKubeconfig(secretText(secret, "kubeconfig")));
  const { namespace } = config;
  const objects = new KubeObjects({ backend, clock, namespace, access: accessIn(config) });
  lastOf.set(home, { kubeconfig, objects });
  return objects;
}

/**
 * A key of the secret, decoded. The value never becomes part of an error.
 *
 * @throws {Trouble} `invalid-argument`, naming the key
 */
export function secretText(secret: PluginSecret | undefined, key: string): string {
  const value: unknown = secret?.data?.[key];
  const refuse = (why: string): never => {
    throw new Trouble("invalid-argument", `The key ${JSON.stringify(key)} of the secret ${why}`);
  };
  if (value === undefined || value === null || value === "") return refuse("is missing or empty");
  if (typeof value !== "string") return refuse("is no text in base64");
  const text = decoded(value);
  if (text === undefined) return refuse("is no text in base64");
  return text.trim() === "" ? refuse("is missing or empty") : text;
}

function decoded(base64: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(base64));
  } catch {
    return undefined;
  }
}

/** Where the server is and as whom: a kubeconfig of a request names no file and no program. */
function accessIn({ server, ca, cert, key, token, proxy }: Kubeconfig): Access {
  const text = (material: Material | undefined): string | undefined =>
    material && "text" in material ? material.text : undefined;
  const [certificateAuthority, clientCertificate, clientKey] = [text(ca), text(cert), text(key)];
  const bearer = text(token);
  return {
    server,
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(clientCertificate !== undefined && { clientCertificate }),
    ...(clientKey !== undefined && { clientKey }),
    ...(bearer !== undefined && { token: bearer }),
    ...(proxy !== undefined && { proxy }),
  };
}
