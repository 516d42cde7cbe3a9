/**
 * Cases in which each backend call of attaching or removing a SCSI disk fails, one after the other.
 *
 * @module
 */

import { isDriverError, type UtilityVm } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { UvmContext } from "../../rigs/utility_vm/context.ts";
import { added, devicesSince, mountPoint, told, vmSubject } from "./words.ts";

const FAULTS = ["error", "timeout", "late-reply", "lost-reply", "garbled-reply"] as const;
/** No operation on a disk needs more calls; without a bound one that retries for ever would go on. */
const MOST_CALLS = 12;

/** One fault of one call. */
interface Fault<K> {
  readonly kind: K;
  readonly call: number;
  /** In words. */
  readonly what: string;
}

/** Does it with a fault of each kind in each call, until no call is left to meet it. */
async function eachCall<K extends string>(
  kinds: readonly K[],
  once: (fault: Fault<K>) => Promise<number>,
): Promise<void> {
  for (const kind of kinds) {
    for (let call = 1; call <= MOST_CALLS; call++) {
      if (await once({ kind, call, what: `${kind} of call ${call}` }) === 0) break;
    }
  }
}

/** What the host has attached to a VM, and what its guest sees of that. */
async function attached({ host }: UvmContext, { id }: UtilityVm): Promise<string[]> {
  return [...await host.devices(id), ...await host.guestDevices(id)];
}

/** The cases. */
export const UVM_SCSI_SWEEP_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.scsi.leftover",
    title: "When the rollback fails too, what is left is told and kept out of the way",
    why: "An error of the rollback that hides the first one, and a location that is used twice",
    needs: ["host.plantDisk", "host.devices", "faults"],
    checks: {
      met: "uvm.scsi.leftover",
      first: "uvm.scsi.leftover",
      kept: "uvm.scsi.leftover",
      removed: "uvm.scsi.leftover",
      gone: "uvm.scsi.leftover",
    },
    async run(context) {
      const { fresh, check, host, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = mountPoint(vm);
      const before = await host.devices(vm.id);
      const [first, shared, stuck]: [string[], string[], string[]] = [[], [], []];
      let failures = 0;
      for (let call = 1; call <= MOST_CALLS; call++) {
        const [hostPath = "", other = ""] = await fresh.disks(2);
        const all = { kind: "error", situation: "busy", call: 1, times: Infinity } as const;
        // The first failure is another one than all that come after it.
        const plan = { kind: "error", situation: "no-memory", among: "changes", call } as const;
        const onMet = () => faults.plan(all);
        const add = () => vm.scsi.add({ hostPath, guestPath });
        const { error } = await faults.during({ ...plan, onMet }, add);
        if (error === undefined) break;
        failures++;
        first.push(told({ error }).split(" ")[0] ?? "");
        const devices = await devicesSince(context, vm, before);
        const leftovers = isDriverError(error) ? error.leftovers ?? [] : [];
        const isTold = devices.length === 0 || leftovers.some((it) => it.includes(hostPath));
        if (!isTold) shared.push(`call ${call}: ${devices.join()} is not told`);
        const { location } = await vm.scsi.add({ hostPath: other });
        const place = `scsi:${location.controller}:${location.lun}=`;
        const isTaken = devices.some((it) => it.startsWith(place));
        if (location.lun !== undefined && isTaken) shared.push(`call ${call}: ${place}`);
        await vm.scsi.remove(other);
        const [removed] = leftovers.length > 0 ? await settled([vm.scsi.remove(hostPath)]) : [];
        if (removed?.error !== undefined) stuck.push(`call ${call}: ${told(removed)}`);
      }
      check.holds("met", "adds that failed", failures > 0, "at least one", failures);
      check.equal("first", "errors", new Set(first).size === 1 && first[0], "resource-exhausted");
      check.equal("kept", "locations that were used twice or not told", shared, []);
      check.equal("removed", "left-overs that could not be removed", stuck, []);
      check.equal("gone", vmSubject(vm), (await devicesSince(context, vm, before)).length, 1);
    },
  },
  {
    id: "uvm.scsi.abort",
    title: "An add that is aborted at any moment is taken back, and can be made again",
    why: "A clean-up that is given up with the call",
    needs: ["faults", "host.plantDisk", "host.devices", "host.guestDevices"],
    checks: { told: "uvm.error.canceled", left: "uvm.error.canceled", retry: "uvm.error.canceled" },
    async run(context) {
      const { fresh, check, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = mountPoint(vm);
      const seen = () => attached(context, vm);
      const before = await seen();
      const [others, left, stuck]: [string[], string[], string[]] = [[], [], []];
      await eachCall(["timeout", "lost-reply"], async ({ kind, call, what }) => {
        const hostPath = await fresh.disk();
        const abort = new AbortController();
        const { signal } = abort;
        const plan = { kind, call, onMet: () => abort.abort() };
        const disk = { hostPath, guestPath };
        const { error, met } = await faults.during(plan, () => vm.scsi.add(disk, { signal }));
        if (met === 0) return met;
        if (told({ error }) !== "canceled") others.push(`${what}: ${told({ error })}`);
        const more = added(before, await seen());
        if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
        const [again] = await settled([vm.scsi.add(disk)]);
        if (again?.error !== undefined) stuck.push(`${what}: ${told(again)}`);
        await settled([vm.scsi.remove(hostPath)]);
        return met;
      });
      check.equal("told", "aborted adds that were told something else", others, []);
      check.equal("left", "what was left", left, []);
      check.equal("retry", "retries that failed", stuck, []);
    },
  },
  {
    id: "uvm.scsi.sweep",
    title: "Whichever backend call of an add fails, nothing is attached and a retry succeeds",
    why: "A half attached disk, whose location and file nobody can use",
    needs: ["faults", "host.plantDisk", "host.devices", "host.guestDevices"],
    checks: { shape: "uvm.error.sweep", left: "uvm.scsi.failed", retry: "uvm.scsi.failed" },
    async run(context) {
      const { fresh, check, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = mountPoint(vm);
      const seen = () => attached(context, vm);
      const before = await seen();
      const [strange, left, stuck]: [string[], string[], string[]] = [[], [], []];
      await eachCall(FAULTS, async ({ kind, call, what }) => {
        const hostPath = await fresh.disk();
        const add = () => vm.scsi.add({ hostPath, guestPath });
        const { error, met } = await faults.during({ kind, call }, add);
        if (error !== undefined && !isDriverError(error)) strange.push(`${what}: ${error}`);
        if (error !== undefined) {
          const more = added(before, await seen());
          if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
          const [again] = await settled([add()]);
          if (again?.error !== undefined) stuck.push(`${what}: ${told(again)}`);
        }
        await settled([vm.scsi.remove(hostPath)]);
        return met;
      });
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("left", "what was left", left, []);
      check.equal("retry", "retries that failed", stuck, []);
    },
  },
  {
    id: "uvm.scsi.remove-sweep",
    title: "Whichever backend call of a remove fails, the next remove finishes it",
    why: "A disk that is unmounted and not detached, and nobody can remove",
    needs: ["faults", "host.plantDisk", "host.devices", "host.guestDevices"],
    checks: { shape: "uvm.error.sweep", stuck: "uvm.scsi.remove-failed", left: "uvm.scsi.remove" },
    async run(context) {
      const { fresh, check, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = mountPoint(vm);
      const seen = () => attached(context, vm);
      const before = await seen();
      const [strange, left, stuck]: [string[], string[], string[]] = [[], [], []];
      await eachCall(FAULTS, async ({ kind, call, what }) => {
        const hostPath = await fresh.disk();
        await vm.scsi.add({ hostPath, guestPath });
        const remove = () => vm.scsi.remove(hostPath);
        const { error, met } = await faults.during({ kind, call }, remove);
        if (error !== undefined && !isDriverError(error)) strange.push(`${what}: ${error}`);
        const [again] = error === undefined ? [] : await settled([remove()]);
        if (again?.error !== undefined) stuck.push(`${what}: ${told(again)}`);
        const more = added(before, await seen());
        if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
        return met;
      });
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("stuck", "second removes that failed", stuck, []);
      check.equal("left", "what was left", left, []);
    },
  },
];
