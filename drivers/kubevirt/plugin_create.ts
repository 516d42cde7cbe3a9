/**
 * Making a machine, and finishing one that was made half.
 *
 * The Secret with the user data comes first, then the virtual machine that reads it, then the
 * reference that makes the cluster remove the one with the other. All names are known beforehand, so
 * whoever asks again finds what is there.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import { Trouble } from "../backend/driver_errors.ts";
import { undoing } from "../backend/undo.ts";
import type { DriverError } from "../contract/mod.ts";
import type { KubeObject, MachineOutline, Secret } from "./backend.ts";
import { isUnsure } from "./errors.ts";
import { isMissing, KINDS } from "./objects_client.ts";
import type { MachineCall } from "./plugin_request.ts";
import type { ProviderSpec } from "./provider_spec.ts";
import { isRefusal } from "./status.ts";
import {
  dataVolumeNames,
  isMadeFrom,
  userDataSecretOf,
  virtualMachineOf,
} from "./virtual_machine.ts";
import { carries, ownedBy, ownerOf, ownLabels } from "./virtual_machine_names.ts";

/** What a machine is made from. */
export interface Wanted {
  /** Its class. */
  readonly spec: ProviderSpec;
  /** Its user data. */
  readonly userData: string;
}

/**
 * Makes a machine, or answers the one that the same request made.
 *
 * @throws {Trouble} `invalid-argument`, `already-exists`, `aborted`
 * @throws {BackendError}
 */
export async function createMachine(
  call: MachineCall,
  { spec, userData }: Wanted,
  describe: (error: unknown) => DriverError,
): Promise<MachineOutline> {
  const { objects, names, signal } = call;
  const secret = userDataSecretOf(names, spec, userData);
  const present = await objects.find("virtualmachines", names.vm, { signal });
  if (present) return await finish(call, adopted(call, present, spec), secret);
  await refuseDisks(call, spec);
  return await undoing(async (undo) => {
    undo.add(`secret:${names.userData}`, () => removeUnused(call));
    const placed = await placeSecret(call, secret);
    const made = await placeMachine(call, spec);
    return await finish(call, made, secret, placed);
  }, describe);
}

/** The machine that is there, if the same request made it. */
function adopted({ names }: MachineCall, vm: MachineOutline, spec: ProviderSpec): MachineOutline {
  const shown = JSON.stringify(names.vm);
  if (!carries(vm, ownLabels(names))) {
    const why = `There is a virtual machine ${shown} that is somebody else's`;
    throw new Trouble("already-exists", why, "foreign");
  }
  if (vm.metadata.deletionTimestamp !== undefined) {
    const why = `The former virtual machine ${shown} is still being deleted: try again`;
    throw new Trouble("aborted", why, "deleting");
  }
  if (isMadeFrom(vm, spec)) return vm;
  const why = `There is a virtual machine ${shown} that was made from another provider spec`;
  throw new Trouble("already-exists", why, "different");
}

/** KubeVirt takes over a disk that it finds by name, and removes it with the machine. */
async function refuseDisks({ objects, names, signal }: MachineCall, spec: ProviderSpec) {
  for (const name of dataVolumeNames(names, spec)) {
    const disk = await objects.find("datavolumes", name, { signal }) ??
      await objects.find("persistentvolumeclaims", name, { signal });
    if (!disk) continue;
    const { deletionTimestamp } = disk.metadata;
    const isLeaving = deletionTimestamp !== undefined || ownerOf(disk.metadata) !== undefined;
    const shown = JSON.stringify(name);
    if (carries(disk, ownLabels(names)) && isLeaving) {
      throw new Trouble("aborted", `The former disk ${shown} is still being deleted`, "deleting");
    }
    throw new Trouble("already-exists", `There is a disk ${shown} already`, "disk-exists");
  }
}

/** Makes the Secret, or takes over one that an earlier attempt left; answers it. */
async function placeSecret(
  { objects, names, signal }: MachineCall,
  secret: Secret,
): Promise<KubeObject> {
  try {
    return await objects.create("secrets", secret, undefined, { signal });
  } catch (error) {
    const exists = isRefusal(error, 409, "AlreadyExists");
    if (!exists && !isUnsure(error)) throw error;
    signal?.throwIfAborted();
    const found = await objects.find("secrets", names.userData, { signal });
    if (!found) throw error;
    assertOwnSecret(found, names);
    if (!exists) return found;
    const { resourceVersion } = found.metadata;
    const body = { ...secret, metadata: { ...secret.metadata, resourceVersion } };
    return await objects.replace("secrets", names.userData, body, { signal });
  }
}

function assertOwnSecret(found: KubeObject, names: MachineCall["names"]): void {
  const shown = JSON.stringify(names.userData);
  if (!carries(found, ownLabels(names))) {
    const why = `There is a Secret ${shown} that is somebody else's`;
    throw new Trouble("already-exists", why, "foreign");
  }
  if (found.metadata.deletionTimestamp !== undefined) {
    throw new Trouble("aborted", `The former Secret ${shown} is still being deleted`, "deleting");
  }
}

/** Makes the virtual machine. If another was faster, or the answer was lost, what is there decides. */
async function placeMachine(call: MachineCall, spec: ProviderSpec): Promise<MachineOutline> {
  const { objects, names, signal } = call;
  try {
    const vm = virtualMachineOf(names, spec);
    return await objects.create("virtualmachines", vm, undefined, { signal });
  } catch (error) {
    if (!isRefusal(error, 409) && !isUnsure(error)) throw error;
    signal?.throwIfAborted();
    const found = await objects.find("virtualmachines", names.vm, { signal });
    if (found) return adopted(call, found, spec);
    throw error;
  }
}

/** Sees to it that the machine's Secret is there, and goes with the machine. */
async function finish(
  call: MachineCall,
  vm: MachineOutline,
  secret: Secret,
  placed?: KubeObject,
): Promise<MachineOutline> {
  const { objects, names, signal } = call;
  const ownerReferences = [ownedBy(vm)];
  const found = placed ?? await objects.find("secrets", names.userData, { signal });
  const place = async (): Promise<MachineOutline> => {
    const body = { ...secret, metadata: { ...secret.metadata, ownerReferences } };
    await objects.create("secrets", body, undefined, { signal });
    return vm;
  };
  if (!found) return await place();
  assertOwnSecret(found, names);
  if (isFinished(vm, found)) return vm;
  const patch = { type: "merge", body: { metadata: { ownerReferences } } } as const;
  try {
    await objects.patch("secrets", names.userData, patch, { signal });
  } catch (error) {
    if (isMissing(error, KINDS.secrets.resource, names.userData)) return await place();
    if (!isUnsure(error)) throw error;
    signal?.throwIfAborted();
    if (!isFinished(vm, await objects.find("secrets", names.userData, { signal }))) throw error;
  }
  return vm;
}

/** Whether the machine has the Secret that it needs, and takes it along when it goes. */
export function isFinished(vm: MachineOutline, secret: KubeObject | undefined): boolean {
  return secret !== undefined && ownerOf(secret.metadata)?.uid === vm.metadata.uid;
}

/**
 * Finishes a machine that is there.
 *
 * @throws {Trouble} `invalid-argument`, `already-exists`, `aborted`
 * @throws {BackendError}
 */
export async function initializeMachine(
  call: MachineCall,
  vm: MachineOutline,
  { spec, userData }: Wanted,
): Promise<MachineOutline> {
  return await finish(call, vm, userDataSecretOf(call.names, spec, userData));
}

/** Removes the Secret of a machine that did not come to be. Where it is there, it needs it. */
async function removeUnused({ objects, names }: MachineCall): Promise<void> {
  const vm = await objects.find("virtualmachines", names.vm);
  if (vm && carries(vm, ownLabels(names))) return;
  const found = await objects.find("secrets", names.userData);
  if (!found || !carries(found, ownLabels(names))) return;
  const { uid } = found.metadata;
  try {
    await objects.delete("secrets", names.userData, { preconditions: { uid } });
  } catch (error) {
    if (error instanceof BackendError && isRefusal(error, 404)) return;
    throw error;
  }
}
