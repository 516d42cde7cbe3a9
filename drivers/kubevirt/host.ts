/**
 * The suite's ways behind the driver's back, by the same backend.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { HostControl, HostControls, PowerState } from "../contract/mod.ts";
import type { KubeBackend, MachineOutline } from "./backend.ts";
import { CREATION_ANNOTATION, OFF, ON } from "./machine_state.ts";
import { KINDS } from "./objects_client.ts";
import { breakEvents, pluginHost } from "./plugin_host.ts";
import { isRefusal } from "./status.ts";

/** Why some controls make no sense on a real cluster. */
const INAPPLICABLE: Readonly<Partial<Record<HostControl, string>>> = {
  plantNetwork: "the driver makes no networks",
  uprootNetwork: "the driver makes no networks",
  duplicate: "a namespace has no two objects of one name",
  removeDisk: "KubeVirt makes the disk of a machine again when it is removed",
  reboot: "a cluster is not restarted",
};
const LIVE_INAPPLICABLE: typeof INAPPLICABLE = {
  ...INAPPLICABLE,
  force: "KubeVirt puts no machine into a state that no operation leads to",
  breakEvents: "a real cluster is not put out of order",
};

/** The controls of a real cluster. */
export function liveHost(backend: KubeBackend): HostControls {
  const { inventory, plantMachine, uprootMachine, fingerprint, vanish } = pluginHost(backend);
  const machines = new Machines(backend);
  return {
    inapplicable: LIVE_INAPPLICABLE,
    ...{ inventory, plantMachine, uprootMachine, fingerprint, vanish },
    turnOff: (name) => machines.cut(name),
  };
}

/** The controls of a simulated cluster, which can hold a machine in any state. */
export function simulatedHost(backend: KubeBackend): HostControls {
  const machines = new Machines(backend);
  return {
    ...liveHost(backend),
    inapplicable: INAPPLICABLE,
    turnOff: async (name) => {
      const namespace = await machines.namespace();
      await backend.call("lab.guest", { namespace, name, event: "shutdown" });
      await machines.until(name, ({ status }) => status?.printableStatus === "Stopped");
    },
    force: (name, state) => force(backend, machines, name, state),
    breakEvents: (how) => breakEvents(backend, how),
  };
}

/** Long enough for the controllers of a simulated cluster. */
const STEP_MS = 50;
const MOST_STEPS = 400;

class Machines {
  readonly #backend: KubeBackend;
  #namespace?: string;

  constructor(backend: KubeBackend) {
    this.#backend = backend;
  }

  async namespace(): Promise<string> {
    return this.#namespace ??= (await this.#backend.call("access", {})).namespace;
  }

  async get(name: string): Promise<MachineOutline> {
    const at = { ...KINDS.virtualmachines, namespace: await this.namespace(), name };
    return await this.#backend.call("get", { ...at, view: "outline" }) as MachineOutline;
  }

  async change(name: string, body: Json): Promise<void> {
    const at = { ...KINDS.virtualmachines, namespace: await this.namespace(), name };
    await this.#backend.call("patch", { ...at, type: "merge", body });
  }

  /** Cuts the power of a machine. */
  async cut(name: string): Promise<void> {
    const group = { group: "subresources.kubevirt.io", version: "v1", resource: "virtualmachines" };
    const at = { ...group, namespace: await this.namespace(), name, subresource: "stop" };
    try {
      await this.#backend.call("invoke", { ...at, body: { gracePeriod: 0 } });
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
    }
  }

  /** Lets a simulated cluster go on until a machine is as wanted. */
  async until(name: string, isDone: (vm: MachineOutline) => boolean): Promise<void> {
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if (isDone(await this.get(name))) return;
      await this.#backend.call("lab.wait", { ms: STEP_MS });
    }
    throw new Error(`The machine ${JSON.stringify(name)} does not come to what was forced`);
  }
}

/** The word of KubeVirt that the machine is held at; another one that nobody knows for the rest. */
const HELD: Readonly<Partial<Record<PowerState, readonly [phase: string, status: string]>>> = {
  starting: ["Scheduling", "Starting"],
  error: ["Unschedulable", "ErrorUnschedulable"],
};
const STRANGE_STATUS = "Hibernating";

async function force(
  backend: KubeBackend,
  machines: Machines,
  name: string,
  state: PowerState,
): Promise<void> {
  if (state === "unknown") {
    await backend.call("lab.set", { printableStatuses: { [name]: STRANGE_STATUS } });
    return await machines.until(name, (vm) => vm.status?.printableStatus === STRANGE_STATUS);
  }
  if (state === "stopping") return await machines.change(name, { spec: { runStrategy: OFF } });
  await machines.cut(name);
  await machines.until(name, ({ status }) => status?.created !== true);
  const [phase, status] = HELD[state] ?? [];
  if (phase !== undefined) {
    await backend.call("lab.set", { instanceHolds: { [name]: phase } });
    await machines.change(name, { spec: { runStrategy: ON } });
    return await machines.until(name, (vm) => vm.status?.printableStatus === status);
  }
  if (state !== "creating") return;
  await machines.change(name, { metadata: { annotations: { [CREATION_ANNOTATION]: "forced" } } });
}
