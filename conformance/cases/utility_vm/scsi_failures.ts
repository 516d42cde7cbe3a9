/**
 * Cases about SCSI disks that cannot be attached or removed.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { added, attachment, devicesSince, told, vmSubject } from "./words.ts";

/** The cases. */
export const UVM_SCSI_FAILURE_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.scsi.failed",
    title: "A disk that the host refuses is not attached, and its location is free",
    why: "A booking without a disk",
    needs: ["host.plantDisk", "host.devices", "host.refuse"],
    checks: {
      refused: "uvm.scsi.failed",
      raw: "uvm.error.raw",
      list: "uvm.scsi.failed",
      devices: "uvm.scsi.failed",
      free: "uvm.scsi.failed",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const [a = "", b = ""] = await fresh.disks(2);
      const first = await vm.scsi.add({ hostPath: a });
      await vm.scsi.remove(a);
      await host.refuse(vm.id, "modify", { code: "0x80070020" });
      const [result] = await settled([vm.scsi.add({ hostPath: a })]);
      check.equal("refused", a, told(result ?? {}), "aborted busy");
      const raw = isDriverError(result?.error) ? result.error.backend?.code : undefined;
      check.equal("raw", a, raw, "0x80070020");
      check.equal("list", vmSubject(vm), vm.scsi.attached(), []);
      check.equal("devices", vmSubject(vm), await devicesSince(context, vm, before), []);
      const { location } = await vm.scsi.add({ hostPath: b });
      check.equal("free", b, location, first.location);
    },
  },
  {
    id: "uvm.scsi.guest-failed",
    title: "A disk that the guest cannot mount is detached",
    why: "The service does not say what became of the disk when its guest fails",
    needs: ["host.plantDisk", "host.devices", "host.guestDevices", "host.failGuest"],
    checks: {
      failed: "uvm.scsi.guest-failed",
      list: "uvm.scsi.guest-failed",
      host: "uvm.scsi.guest-failed",
      guest: "uvm.scsi.guest-failed",
      again: "uvm.scsi.guest-failed",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running();
      const guestPath = vm.os === "windows" ? "C:\\mnt\\a" : "/mnt/a";
      const before = await host.devices(vm.id);
      const guestBefore = await host.guestDevices(vm.id);
      const hostPath = await fresh.disk();
      await host.failGuest(vm.id, 1);
      const [result] = await settled([vm.scsi.add({ hostPath, guestPath })]);
      const failed = result?.error !== undefined && isDriverError(result.error);
      check.holds("failed", hostPath, failed, "an error of the contract", told(result ?? {}));
      check.equal("list", vmSubject(vm), vm.scsi.attached(), []);
      check.equal("host", vmSubject(vm), await devicesSince(context, vm, before), []);
      const guest = added(guestBefore, await host.guestDevices(vm.id));
      check.equal("guest", vmSubject(vm), guest, []);
      await check.succeeds("again", hostPath, () => vm.scsi.add({ hostPath, guestPath }));
    },
  },
  {
    id: "uvm.scsi.in-use",
    title: "A disk that another VM can write to is refused, and its location is free",
    why: "Two guests with one file system, neither of which knows of the other",
    needs: ["host.plantDisk", "host.devices"],
    checks: { refused: "uvm.scsi.in-use", free: "uvm.scsi.in-use", then: "uvm.scsi.in-use" },
    async run({ fresh, check, settled }) {
      const [one, two] = [await fresh.running(), await fresh.running()];
      const [a = "", b = ""] = await fresh.disks(2);
      const first = await one.scsi.add({ hostPath: a });
      const [result] = await settled([two.scsi.add({ hostPath: a })]);
      check.equal("refused", a, told(result ?? {}).split(" ")[0], "aborted");
      const { location } = await two.scsi.add({ hostPath: b });
      check.equal("free", b, location, first.location);
      await one.scsi.remove(a);
      await check.succeeds("then", a, () => two.scsi.add({ hostPath: a }));
    },
  },
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
      const guestPath = vm.os === "windows" ? "C:\\mnt\\a" : "/mnt/a";
      const before = await host.devices(vm.id);
      const [first, shared, stuck]: [string[], string[], string[]] = [[], [], []];
      let failures = 0;
      for (let call = 1; call <= 12; call++) {
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
    id: "uvm.scsi.race-failed",
    title: "When the first of several adds fails, the next one tries",
    why: "hcsshim's second adder waited for an attach that had failed, and dereferenced nil",
    needs: ["host.plantDisk", "host.devices", "host.refuse"],
    checks: { seen: "uvm.scsi.race-failed", devices: "uvm.scsi.race-failed" },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const hostPath = await fresh.disk();
      await host.refuse(vm.id, "modify", { code: "0x80070020" });
      const adds = Array.from({ length: 4 }, () => vm.scsi.add({ hostPath }));
      const seen = (await settled(adds)).map(told).sort();
      const again = "already-exists already-attached";
      check.equal("seen", hostPath, seen, ["aborted busy", again, again, "success"].sort());
      check.equal("devices", vmSubject(vm), (await devicesSince(context, vm, before)).length, 1);
    },
  },
  {
    id: "uvm.scsi.remove-failed",
    title: "A disk that could not be removed is attached, and can be removed again",
    why: "A location that is given away while its disk is still there",
    needs: ["host.plantDisk", "host.devices", "host.refuse"],
    checks: {
      refused: "uvm.scsi.remove-failed",
      list: "uvm.scsi.remove-failed",
      kept: "uvm.scsi.remove-failed",
      again: "uvm.scsi.remove-failed",
      gone: "uvm.scsi.remove-failed",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const [a = "", b = ""] = await fresh.disks(2);
      const first = await vm.scsi.add({ hostPath: a });
      await host.refuse(vm.id, "modify", { code: "0x80070020" });
      const [result] = await settled([vm.scsi.remove(a)]);
      check.equal("refused", a, told(result ?? {}), "aborted busy");
      check.equal("list", vmSubject(vm), vm.scsi.attached().map((it) => it.hostPath), [a]);
      const other = await vm.scsi.add({ hostPath: b });
      const isKept = other.location.key !== first.location.key;
      check.holds("kept", b, isKept, `not ${first.location.key}`, other.location.key);
      await check.succeeds("again", a, () => vm.scsi.remove(a));
      const devices = await devicesSince(context, vm, before);
      check.holds("gone", a, !devices.some((it) => it.endsWith(a)), "detached", devices);
    },
  },
  {
    id: "uvm.scsi.canceled",
    title: "An add that is aborted while it waits has no effect",
    why: "A waiter that is gone, and whose reference stays",
    needs: ["host.plantDisk", "host.devices", "host.hold", "host.release"],
    checks: { canceled: "uvm.error.canceled", removed: "uvm.error.canceled" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.running();
      const hostPath = await fresh.disk();
      await host.hold(vm.id);
      const first = settled([vm.scsi.add({ hostPath })]);
      const abort = new AbortController();
      const second = settled([vm.scsi.add({ hostPath }, { signal: abort.signal })]);
      abort.abort();
      const [canceled] = await second;
      check.equal("canceled", hostPath, told(canceled ?? {}), "canceled");
      await host.release(vm.id);
      await first;
      await vm.scsi.remove(hostPath);
      await check.refused("removed", () => vm.scsi.remove(hostPath), {
        code: "not-found",
        subject: attachment(hostPath),
        reason: "not-attached",
      });
    },
  },
  {
    id: "uvm.scsi.abort",
    title: "An add that is aborted at any moment is taken back, and can be made again",
    why: "A clean-up that is given up with the call",
    needs: ["faults", "host.plantDisk", "host.devices", "host.guestDevices"],
    checks: { told: "uvm.error.canceled", left: "uvm.error.canceled", retry: "uvm.error.canceled" },
    async run(context) {
      const { fresh, check, host, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = vm.os === "windows" ? "C:\\mnt\\a" : "/mnt/a";
      const seen = async (): Promise<string[]> => [
        ...await host.devices(vm.id),
        ...await host.guestDevices(vm.id),
      ];
      const before = await seen();
      const [others, left, stuck]: [string[], string[], string[]] = [[], [], []];
      for (const kind of ["timeout", "lost-reply"] as const) {
        for (let call = 1; call <= 12; call++) {
          const hostPath = await fresh.disk();
          const abort = new AbortController();
          const { signal } = abort;
          const plan = { kind, call, onMet: () => abort.abort() };
          const disk = { hostPath, guestPath };
          const { error, met } = await faults.during(plan, () => vm.scsi.add(disk, { signal }));
          if (met === 0) break;
          const what = `${kind} of call ${call}`;
          if (told({ error }) !== "canceled") others.push(`${what}: ${told({ error })}`);
          const more = added(before, await seen());
          if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
          const [again] = await settled([vm.scsi.add(disk)]);
          if (again?.error !== undefined) stuck.push(`${what}: ${told(again)}`);
          await settled([vm.scsi.remove(hostPath)]);
        }
      }
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
      const { fresh, check, host, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = vm.os === "windows" ? "C:\\mnt\\a" : "/mnt/a";
      const seen = async (): Promise<string[]> => [
        ...await host.devices(vm.id),
        ...await host.guestDevices(vm.id),
      ];
      const before = await seen();
      const [strange, left, stuck]: [string[], string[], string[]] = [[], [], []];
      for (
        const kind of ["error", "timeout", "late-reply", "lost-reply", "garbled-reply"] as const
      ) {
        for (let call = 1; call <= 12; call++) {
          const hostPath = await fresh.disk();
          const add = () => vm.scsi.add({ hostPath, guestPath });
          const { error, met } = await faults.during({ kind, call }, add);
          const what = `${kind} of call ${call}`;
          if (error !== undefined && !isDriverError(error)) strange.push(`${what}: ${error}`);
          if (error !== undefined) {
            const more = added(before, await seen());
            if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
            const [again] = await settled([add()]);
            if (again?.error !== undefined) stuck.push(`${what}: ${told(again)}`);
          }
          await settled([vm.scsi.remove(hostPath)]);
          if (met === 0) break;
        }
      }
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
      const { fresh, check, host, faults, settled } = context;
      const vm = await fresh.running();
      const guestPath = vm.os === "windows" ? "C:\\mnt\\a" : "/mnt/a";
      const seen = async (): Promise<string[]> => [
        ...await host.devices(vm.id),
        ...await host.guestDevices(vm.id),
      ];
      const before = await seen();
      const [strange, left, stuck]: [string[], string[], string[]] = [[], [], []];
      for (
        const kind of ["error", "timeout", "late-reply", "lost-reply", "garbled-reply"] as const
      ) {
        for (let call = 1; call <= 12; call++) {
          const hostPath = await fresh.disk();
          await vm.scsi.add({ hostPath, guestPath });
          const remove = () => vm.scsi.remove(hostPath);
          const { error, met } = await faults.during({ kind, call }, remove);
          const what = `${kind} of call ${call}`;
          if (error !== undefined && !isDriverError(error)) strange.push(`${what}: ${error}`);
          const [again] = error === undefined ? [] : await settled([remove()]);
          if (again?.error !== undefined) stuck.push(`${what}: ${told(again)}`);
          const more = added(before, await seen());
          if (more.length > 0) left.push(`${what}: ${more.join(", ")}`);
          if (met === 0) break;
        }
      }
      check.equal("shape", "errors that are none of the contract", strange, []);
      check.equal("stuck", "second removes that failed", stuck, []);
      check.equal("left", "what was left", left, []);
    },
  },
];
