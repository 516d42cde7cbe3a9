/**
 * The suite's ways behind the driver's back, by the same backend.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { HostControl, HostControls, PowerState } from "../contract/mod.ts";
import type { KubeBackend, MachineOutline } from "./backend.ts";
import { namespaceOf } from "./host_namespace.ts";
import { CREATION_ANNOTATION, OFF, ON } from "./machine_state.ts";
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
  return {
    inapplicable: LIVE_INAPPLICABLE,
    ...{ inventory, plantMachine, uprootMachine, fingerprint, vanish },
    turnOff: async (name) => {
      await cut(backend, name);
      await isOff(backend, name);
    },
  };
}

/** The controls of a simulated cluster, which can hold a machine in any state. */
export function simulatedHost(backend: KubeBackend): HostControls {
  return {
    ...liveHost(backend),
    inapplicable: INAPPLICABLE,
    turnOff: async (name) => {
      const namespace = await namespaceOf(backend).name();
      await backend.call("lab.guest", { namespace, name, event: "shutdown" });
      await shows(backend, name, ({ status }) => status?.printableStatus === "Stopped");
    },
    force: (name, state) => force(backend, name, state),
    breakEvents: (how) => breakEvents(backend, how),
  };
}

/** Cuts the power of a machine. */
async function cut(backend: KubeBackend, name: string): Promise<void> {
  const group = { group: "subresources.kubevirt.io", version: "v1", resource: "virtualmachines" };
  const at = { ...group, namespace: await namespaceOf(backend).name(), name, subresource: "stop" };
  try {
    await backend.call("invoke", { ...at, body: { gracePeriod: 0 } });
  } catch (error) {
    if (!isRefusal(error, 409)) throw error;
  }
}

/** Waits until a machine has no instance any more. */
async function isOff(backend: KubeBackend, name: string): Promise<void> {
  await shows(backend, name, ({ status }) => status?.created !== true);
}

/** Waits until a machine shows something, or is gone. */
async function shows(
  backend: KubeBackend,
  name: string,
  isSo: (vm: MachineOutline) => boolean,
): Promise<void> {
  await namespaceOf(backend).until("virtualmachines", name, (vm) => vm === undefined || isSo(vm));
}

/** The word of KubeVirt that the machine is held at; another one that nobody knows for the rest. */
const HELD: Readonly<Partial<Record<PowerState, readonly [phase: string, status: string]>>> = {
  starting: ["Scheduling", "Starting"],
  error: ["Unschedulable", "ErrorUnschedulable"],
};
const STRANGE_STATUS = "Hibernating";

async function force(backend: KubeBackend, name: string, state: PowerState): Promise<void> {
  const change = (body: Json): Promise<void> =>
    namespaceOf(backend).merge("virtualmachines", name, body);
  if (state === "unknown") {
    await backend.call("lab.set", { printableStatuses: { [name]: STRANGE_STATUS } });
    return await shows(backend, name, (vm) => vm.status?.printableStatus === STRANGE_STATUS);
  }
  if (state === "stopping") return await change({ spec: { runStrategy: OFF } });
  await cut(backend, name);
  await isOff(backend, name);
  const [phase, status] = HELD[state] ?? [];
  if (phase !== undefined) {
    await backend.call("lab.set", { instanceHolds: { [name]: phase } });
    await change({ spec: { runStrategy: ON } });
    return await shows(backend, name, (vm) => vm.status?.printableStatus === status);
  }
  if (state !== "creating") return;
  await change({ metadata: { annotations: { [CREATION_ANNOTATION]: "forced" } } });
}
