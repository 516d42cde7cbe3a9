/**
 * Removing a machine, and all that was made with it.
 *
 * @module
 */

import { type DriverError, PluginError } from "../contract/mod.ts";
import type { KubeObject, VirtualMachine } from "./backend.ts";
import type { Kinds } from "./objects_client.ts";
import { isMeant } from "./plugin_look.ts";
import type { MachineCall } from "./plugin_request.ts";
import { untilGone } from "./plugin_wait.ts";
import { isRefusal } from "./status.ts";
import { carries, ownerOf, ownLabels, selectorOf } from "./virtual_machine_names.ts";

/** What a later call may want to know: which machine it was, and the disks that it had. */
interface DeletionState {
  readonly uid?: string;
  readonly disks: readonly string[];
}

/** What there is of a machine besides itself, in the order in which it is removed. */
const PARTS = ["virtualmachineinstances", "secrets", "datavolumes"] as const;
type Part = { readonly kind: typeof PARTS[number]; readonly object: KubeObject };

/**
 * Removes a machine, and waits until it is gone as far as the settings say. What is not there is
 * gone; what somebody else owns is left alone, and so is a later machine of the name.
 *
 * @throws {PluginError} whatever went wrong, with the state to go on from
 */
export async function deleteMachine(
  call: MachineCall,
  lastKnownState: string | undefined,
  describe: (error: unknown) => DriverError,
): Promise<void> {
  let state = readState(lastKnownState);
  try {
    const { objects, names, signal } = call;
    const found = await objects.find("virtualmachines", names.vm, { signal });
    const target = found && isMeant(call, found) ? found : undefined;
    state = stateOf(call, target, state);
    const level = call.settings.deletion;
    const counts = ({ kind }: Part): boolean => level === "storage" || kind !== "datavolumes";
    if (target) await requestDeletion(call, "virtualmachines", target);
    if (target && level === "accepted") return;
    if (target) await untilGone(call, () => machineIn(call, target));
    const parts = await removeParts(call, state);
    state = { ...state, disks: disksOf(state, parts) };
    if (level === "accepted") return;
    await untilGone(call, async () => (await partsIn(call, state)).filter(counts).map(partInWords));
    if (level === "storage") await untilGone(call, () => disksIn(call, state));
  } catch (error) {
    const described = describe(error);
    const response = { lastKnownState: JSON.stringify(state) };
    throw new PluginError({ ...described.toJSON(), cause: error, response });
  }
}

function stateOf(
  { uid }: MachineCall,
  target: VirtualMachine | undefined,
  former: DeletionState,
): DeletionState {
  const templates = target?.spec.dataVolumeTemplates ?? [];
  const disks = templates.flatMap(({ metadata }) => metadata.name ?? []);
  const known = target?.metadata.uid ?? uid ?? former.uid;
  return {
    ...(known !== undefined && { uid: known }),
    disks: [...new Set([...former.disks, ...disks])].sort(),
  };
}

/** A state that makes no sense is none: anybody may have changed it. */
function readState(text: string | undefined): DeletionState {
  try {
    const { uid, disks } = JSON.parse(text ?? "{}");
    const names = Array.isArray(disks) ? disks : [];
    return {
      ...(typeof uid === "string" && { uid }),
      disks: names.filter((name) => typeof name === "string"),
    };
  } catch {
    return { disks: [] };
  }
}

/** Asks for the deletion of this very object; if there is another of the name by now, it is gone. */
async function requestDeletion(
  { objects, signal }: MachineCall,
  kind: keyof Kinds,
  { metadata: { name = "", uid, deletionTimestamp } }: KubeObject,
): Promise<void> {
  if (deletionTimestamp !== undefined) return;
  try {
    await objects.delete(kind, name, { preconditions: { uid } }, { signal });
  } catch (error) {
    if (isRefusal(error, 404, "NotFound")) return;
    if (!isRefusal(error, 409)) throw error;
    const now = await objects.find(kind, name, { signal });
    if (now?.metadata.uid === uid) throw error;
  }
}

/** The machine and its instance, as far as they are still there. */
async function machineIn(
  { objects, names, signal }: MachineCall,
  { metadata: { uid } }: VirtualMachine,
): Promise<string[]> {
  const vm = await objects.find("virtualmachines", names.vm, { signal });
  // It goes last, unless somebody let go of its instance.
  if (vm && vm.metadata.uid === uid) return [inWords("machine", vm)];
  const instance = await objects.find("virtualmachineinstances", names.vm, { signal });
  return instance && ownerOf(instance.metadata)?.uid === uid ? [inWords("instance", instance)] : [];
}

/** Removes what the cluster does not remove by itself, and answers what that was. */
async function removeParts(call: MachineCall, state: DeletionState): Promise<readonly Part[]> {
  const parts = await partsIn(call, state);
  for (const { kind, object } of parts) await requestDeletion(call, kind, object);
  return parts;
}

/** The names of all claims that are or were there: those of the data volumes. */
function disksOf({ disks }: DeletionState, parts: readonly Part[]): string[] {
  const names = parts.flatMap(({ kind, object }) =>
    kind === "datavolumes" ? object.metadata.name ?? [] : []
  );
  return [...new Set([...disks, ...names])].sort();
}

/**
 * What is there of a machine besides itself: what it owns, and what nobody owns, unless there is a
 * machine of the name that may need it.
 */
async function partsIn(call: MachineCall, { uid }: DeletionState): Promise<Part[]> {
  const { objects, names, signal } = call;
  const found = await objects.find("virtualmachines", names.vm, { signal });
  const successor = found && carries(found, ownLabels(names)) ? found.metadata.uid : undefined;
  const labelSelector = selectorOf(ownLabels(names));
  const parts: Part[] = [];
  for (const kind of PARTS) {
    const { items } = await objects.list(kind, { labelSelector }, { signal });
    for (const object of items) {
      if (!carries(object, ownLabels(names))) continue;
      const owner = ownerOf(object.metadata)?.uid;
      const isPart = owner === undefined
        ? successor === undefined
        : owner !== successor && (uid === undefined || owner === uid);
      if (isPart) parts.push({ kind, object });
    }
  }
  return parts;
}

/** The disks that are still there. A claim goes after its data volume. */
async function disksIn(
  { objects, names, signal }: MachineCall,
  { disks, uid }: DeletionState,
): Promise<string[]> {
  const vm = await objects.find("virtualmachines", names.vm, { signal });
  if (vm && vm.metadata.uid !== uid) return [];
  const left: string[] = [];
  for (const name of disks) {
    const claim = await objects.find("persistentvolumeclaims", name, { signal });
    if (claim) left.push(inWords("claim", claim));
  }
  return left;
}

function partInWords({ kind, object }: Part): string {
  return inWords(kind, object);
}

function inWords(what: string, { metadata: { name, finalizers = [] } }: KubeObject): string {
  const held = finalizers.length > 0 ? ` (held by ${finalizers.join(", ")})` : "";
  return `${what} ${JSON.stringify(name)}${held}`;
}
