/**
 * Looking at machines: one, or all that carry a class's marks.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import { type MachineAnswer, type NodeAddress, PluginError } from "../contract/mod.ts";
import type { MachineOutline, VirtualMachineInstance } from "./backend.ts";
import { isFinished } from "./plugin_create.ts";
import { providerIdOf } from "./plugin_provider_id.ts";
import type { Call, MachineCall } from "./plugin_request.ts";
import { readTags } from "./provider_spec.ts";
import {
  carries,
  MACHINE_LABEL,
  machineNames,
  OWNER_LABEL,
  ownLabels,
  selectorOf,
} from "./virtual_machine_names.ts";

/** What is answered of a machine that is there. */
export function answerOf({ objects, names }: MachineCall, vm: MachineOutline): MachineAnswer {
  return { providerID: providerIdOf(vm, objects.namespace), nodeName: names.machine };
}

/**
 * The machine that a call is about: of this owner, and the very one of its provider id.
 *
 * @throws {Trouble} `not-found`, or `aborted` while it is being deleted
 */
export async function theMachine(call: MachineCall): Promise<MachineOutline> {
  const { objects, names, signal } = call;
  const vm = await objects.find("virtualmachines", names.vm, { signal });
  const shown = JSON.stringify(names.vm);
  if (!vm || !isMeant(call, vm)) {
    throw new Trouble("not-found", `There is no virtual machine ${shown} of this owner's and id`);
  }
  if (vm.metadata.deletionTimestamp === undefined) return vm;
  throw new Trouble("aborted", `The virtual machine ${shown} is being deleted`, "deleting");
}

/** Whether a virtual machine of the name is the one that a call is about. */
export function isMeant({ names, uid }: MachineCall, vm: MachineOutline): boolean {
  return carries(vm, ownLabels(names)) && (uid === undefined || vm.metadata.uid === uid);
}

/**
 * The machine, and where it is reached.
 *
 * @throws {Trouble} `not-found`, `aborted`
 * @throws {PluginError} `uninitialized`, with the ids, if it lacks what its creation ends with
 */
export async function statusOf(call: MachineCall, about: About): Promise<MachineAnswer> {
  const { objects, names, signal } = call;
  const vm = await theMachine(call);
  const response = answerOf(call, vm);
  if (!isFinished(vm, await objects.find("secrets", names.userData, { signal }))) {
    throw new PluginError({
      code: "uninitialized",
      operation: about.operation,
      subject: about.subject,
      message: `Cannot tell machine ${JSON.stringify(names.machine)} ready: its creation did not ` +
        "come to its end. Initialize it",
      response,
    });
  }
  const instance = vm.status?.created === true
    ? await objects.find("virtualmachineinstances", names.vm, { signal })
    : undefined;
  return { ...response, addresses: addressesOf(call, instance) };
}

function addressesOf(
  { names }: MachineCall,
  instance: VirtualMachineInstance | undefined,
): NodeAddress[] {
  const interfaces = instance?.status?.interfaces ?? [];
  const ips = interfaces.flatMap(({ ipAddress, ipAddresses = [] }) =>
    ipAddresses.length > 0 || ipAddress === undefined ? ipAddresses : [ipAddress]
  );
  return [
    { type: "Hostname", address: names.machine },
    ...[...new Set(ips)].filter((ip) => ip !== "")
      .map((address) => ({ type: "InternalIP", address }) as const),
  ];
}

/**
 * The machines that carry the marks of a class: provider id to name.
 *
 * @throws {Trouble} `invalid-argument` if the class marks nothing
 */
export async function listMachines(
  { objects, signal }: Call,
  owner: string,
  providerSpec: unknown,
): Promise<Record<string, string>> {
  const marks = { ...readTags(providerSpec), [OWNER_LABEL]: owner };
  const labelSelector = selectorOf(marks);
  const { items } = await objects.list("virtualmachines", { labelSelector }, { signal });
  const rows = items.filter((vm) => carries(vm, marks)).flatMap((vm) => {
    const { name, labels } = vm.metadata;
    const machine = labels?.[MACHINE_LABEL];
    // A copy that somebody made of a machine has its labels, too, and is nobody's of ours.
    if (machine === undefined || name !== machineNames(owner, machine).vm) return [];
    return [[providerIdOf(vm, objects.namespace), machine] as const];
  });
  return Object.fromEntries(rows);
}
