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
 * gone; what somebody else owns is left alone, and so is a later machine of the name. Answers the
 * machine as it was found, if it was there.
 *
 * @throws {PluginError} whatever went wrong, with the state to go on from
 */
export async function deleteMachine(
  call: MachineCall,
  lastKnownState: string | undefined,
  describe: (error: unknown) => DriverError,
): Promise<VirtualMachine | undefined> {
  let state = readState(call, lastKnownState);
  try {
    const { objects, names, signal } = call;
    const found = await objects.findWhole("virtualmachines", names.vm, { signal });
    const target = found && isMeant(call, found) ? found : undefined;
    state = stateOf(call, target, state);
    const level = call.settings.deletion;
    if (target) {
      const left = await requestDeletion(call, "virtualmachines", target);
      if (level === "accepted") return target;
      if (left) await untilMachineGone(call, left);
    }
    // Not what the state says: it would spare what is left of another.
    const uid = target?.metadata.uid ?? call.uid;
    const owner = { uid, isGone: target !== undefined || found?.metadata.uid !== uid };
    const parts = await partsIn(call, owner);
    state = { ...state, disks: disksOf(state, parts) };
    const left = await removed(call, parts);
    if (level === "accepted") return target;
    await untilPartsGone(call, owner, left);
    if (level === "storage") await untilClaimsGone(call, state);
    return target;
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

/** A disk's own part of its name. */
const DISK = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A state that makes no sense is none, and so is a disk of somebody else's: anybody may have changed it. */
function readState({ names: { vm } }: MachineCall, text: string | undefined): DeletionState {
  const isOwn = (name: unknown): name is string =>
    typeof name === "string" && name.startsWith(`${vm}.`) && DISK.test(name.slice(vm.length + 1));
  try {
    const { uid, disks } = JSON.parse(text ?? "{}");
    const names = Array.isArray(disks) ? disks : [];
    return {
      ...(typeof uid === "string" && { uid }),
      disks: names.filter(isOwn),
    };
  } catch {
    return { disks: [] };
  }
}

/**
 * Asks for the deletion of this very object, and answers it while it is on its way; if there is another of
 * the name by now, it is gone.
 */
async function requestDeletion(
  { objects, signal }: MachineCall,
  kind: keyof Kinds,
  object: KubeObject,
): Promise<KubeObject | undefined> {
  const { name = "", uid, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return object;
  try {
    const answer = await objects.delete(kind, name, { preconditions: { uid } }, { signal });
    return answer.kind === "Status" ? undefined : answer;
  } catch (error) {
    if (isRefusal(error, 404, "NotFound")) return undefined;
    if (!isRefusal(error, 409)) throw error;
    const now = await objects.find(kind, name, { signal });
    if (now?.metadata.uid === uid) throw error;
    return undefined;
  }
}

/** Waits for the machine itself. It goes after its instance, unless somebody let go of that. */
async function untilMachineGone(call: MachineCall, left: KubeObject): Promise<void> {
  const { objects, names, signal } = call;
  const { uid } = left.metadata;
  const look = async (): Promise<readonly string[]> => {
    const vm = await objects.find("virtualmachines", names.vm, { signal });
    return vm && vm.metadata.uid === uid ? [inWords("machine", vm)] : [];
  };
  await untilGone(call, look, [inWords("machine", left)]);
}

/** Removes what the cluster does not remove by itself, and answers what is still on its way. */
async function removed(call: MachineCall, parts: readonly Part[]): Promise<readonly Part[]> {
  const left: Part[] = [];
  for (const { kind, object } of parts) {
    const answer = await requestDeletion(call, kind, object);
    if (answer) left.push({ kind, object: answer });
  }
  return left;
}

/** Waits for what is on its way: without anything, nobody needs to look again. */
async function untilPartsGone(
  call: MachineCall,
  owner: Owner,
  parts: readonly Part[],
): Promise<void> {
  const isStorage = call.settings.deletion === "storage";
  let left = parts.filter(({ kind }) => isStorage || kind !== "datavolumes");
  const wordsOf = (): string[] => left.map(({ kind, object }) => inWords(kind, object));
  if (left.length === 0) return;
  await untilGone(call, async () => {
    left = await partsIn(call, owner, new Set(left.map(({ kind }) => kind)));
    return wordsOf();
  }, wordsOf());
}

/** The names of all claims that are or were there: those of the data volumes. */
function disksOf({ disks }: DeletionState, parts: readonly Part[]): string[] {
  const names = parts.flatMap(({ kind, object }) =>
    kind === "datavolumes" ? object.metadata.name ?? [] : []
  );
  return [...new Set([...disks, ...names])].sort();
}

/** The machine that parts belong to. */
interface Owner {
  /** Its uid, if somebody told it. */
  readonly uid?: string;
  /** Whether it is known to be gone. */
  readonly isGone: boolean;
}

/**
 * What is there of a machine besides itself: what it owns, and what nobody owns, unless there is a
 * machine of the name that may need it.
 */
async function partsIn(
  call: MachineCall,
  { uid, isGone }: Owner,
  kinds: Iterable<typeof PARTS[number]> = PARTS,
): Promise<Part[]> {
  const { objects, names, signal } = call;
  const labelSelector = selectorOf(ownLabels(names));
  const found: Part[] = [];
  for (const kind of kinds) {
    const { items } = await objects.list(kind, { labelSelector }, { signal });
    const own = items.filter((object) => carries(object, ownLabels(names)));
    found.push(...own.map((object) => ({ kind, object })));
  }
  const ownerIn = ({ object }: Part): string | undefined => ownerOf(object.metadata)?.uid;
  if (isGone && uid !== undefined && found.every((part) => ownerIn(part) !== undefined)) {
    return found.filter((part) => ownerIn(part) === uid);
  }
  if (found.length === 0) return [];
  const vm = await objects.find("virtualmachines", names.vm, { signal });
  // Also one without the labels: whoever takes them off a machine wants to keep it.
  const present = vm?.metadata.uid;
  return found.filter((part) => {
    const owner = ownerIn(part);
    if (owner === undefined) return present === undefined;
    return owner !== present && (uid === undefined || owner === uid);
  });
}

/** Waits for the disks. A claim goes after its data volume. */
async function untilClaimsGone(call: MachineCall, { disks, uid }: DeletionState): Promise<void> {
  const { objects, names, signal } = call;
  let left: ReadonlyMap<string, string | undefined> | undefined;
  await untilGone(call, async () => {
    const claims: KubeObject[] = [];
    for (const name of left?.keys() ?? disks) {
      const claim = await objects.find("persistentvolumeclaims", name, { signal });
      const isSame = left === undefined || left.get(name) === claim?.metadata.uid;
      if (claim && isSame) claims.push(claim);
    }
    // A later machine of the name has disks of the same names: from here on their uids tell.
    if (left === undefined && claims.length > 0) {
      const vm = await objects.find("virtualmachines", names.vm, { signal });
      if (vm && vm.metadata.uid !== uid) return [];
    }
    left = new Map(claims.map(({ metadata: { name = "", uid } }) => [name, uid]));
    return claims.map((claim) => inWords("claim", claim));
  });
}

function inWords(what: string, { metadata: { name, finalizers = [] } }: KubeObject): string {
  const held = finalizers.length > 0 ? ` (held by ${finalizers.join(", ")})` : "";
  return `${what} ${JSON.stringify(name)}${held}`;
}
