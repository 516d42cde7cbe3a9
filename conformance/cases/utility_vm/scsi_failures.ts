/**
 * Cases about SCSI disks that cannot be attached or removed.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { added, attachment, devicesSince, mountPoint, told, vmSubject } from "./words.ts";

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
      const guestPath = mountPoint(vm);
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
];
