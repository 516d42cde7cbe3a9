/**
 * Cases about persistent memory devices.
 *
 * @module
 */

import type { VpmemDevices } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { UvmContext } from "../../rigs/utility_vm/context.ts";
import { HarnessError } from "../../engine/subject.ts";
import { added, areNumbered, asked, attachment, devicesSince, told, vmSubject } from "./words.ts";

/** A VM with its devices. */
async function running(
  { fresh }: UvmContext,
  vpmemDevices?: number,
): Promise<{ vm: Awaited<ReturnType<typeof fresh.running>>; vpmem: VpmemDevices }> {
  const vm = await fresh.running(await fresh.linux({ vpmemDevices }));
  if (!vm.vpmem) throw new HarnessError("A VM has no facet that it was claimed to have");
  return { vm, vpmem: vm.vpmem };
}

/** The cases. */
export const UVM_VPMEM_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.vpmem.order",
    title: "Devices take the lowest free number, with the format of their files",
    why: "hcsshim calls every image Vhd1",
    needs: ["linux.vpmem", "host.plantDisk", "host.devices"],
    checks: {
      numbers: "uvm.vpmem.order",
      hole: "uvm.vpmem.order",
      devices: "uvm.vpmem.order",
      list: "uvm.vpmem.order",
    },
    async run(context) {
      const { fresh, check, host } = context;
      const { vm, vpmem } = await running(context);
      const before = await host.devices(vm.id);
      const [a = "", b = "", c = ""] = await fresh.disks(3);
      const [first, second] = [await vpmem.add({ hostPath: a }), await vpmem.add({ hostPath: b })];
      const locations = [first, second].map(({ location }) => location);
      const right = areNumbered(locations, [0, 1]);
      check.holds("numbers", vmSubject(vm), right, "one after the other", locations);
      await vpmem.remove(a);
      const third = await vpmem.add({ hostPath: c });
      check.equal("hole", c, third.location, first.location);
      const devices = await devicesSince(context, vm, before);
      check.equal("devices", vmSubject(vm), devices, [
        `vpmem:0=${c} vhdx ro`,
        `vpmem:1=${b} vhdx ro`,
      ]);
      const list = vpmem.attached().map(({ hostPath }) => hostPath);
      check.equal("list", vmSubject(vm), list, [b, c].sort());
    },
  },
  {
    id: "uvm.vpmem.shared",
    title: "128 adds of one device need 128 removes",
    why: "A count that is off by one, and hcsshim's, which was kept in a copy",
    needs: ["linux.vpmem", "host.plantDisk", "host.devices"],
    checks: {
      same: "uvm.vpmem.shared",
      one: "uvm.vpmem.shared",
      kept: "uvm.vpmem.shared",
      gone: "uvm.vpmem.shared",
      again: "uvm.attach.unknown",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const { vm, vpmem } = await running(context);
      const before = await host.devices(vm.id);
      const hostPath = await fresh.disk();
      const adds = Array.from({ length: 128 }, () => vpmem.add({ hostPath, expose: true }));
      const made = await Promise.all(adds);
      const places = new Set(made.map((it) => `${it.location.key} ${it.guestPath}`));
      check.equal("same", hostPath, places.size, 1);
      check.equal("one", vmSubject(vm), (await devicesSince(context, vm, before)).length, 1);
      for (let count = 1; count < 128; count++) await settled([vpmem.remove(hostPath)]);
      const kept = await devicesSince(context, vm, before);
      const [last] = vpmem.attached();
      check.equal("kept", vmSubject(vm), [kept.length, last?.references], [1, 1]);
      await settled([vpmem.remove(hostPath)]);
      check.equal("gone", vmSubject(vm), await devicesSince(context, vm, before), []);
      await check.refused("again", () => vpmem.remove(hostPath), {
        code: "not-found",
        subject: attachment(hostPath),
        reason: "not-attached",
      });
    },
  },
  {
    id: "uvm.vpmem.full",
    title: "The number that the VM was made with is the limit",
    why:
      "hcsshim looked at the largest number that there is, and sent the 65th device to the service",
    needs: ["linux.vpmem", "host.plantDisk"],
    checks: { none: "uvm.vpmem.full", one: "uvm.vpmem.full", free: "uvm.vpmem.full" },
    async run(context) {
      const { fresh, check, settled } = context;
      const full = "resource-exhausted no-available-location";
      const without = await running(context, 0);
      const [a = "", b = ""] = await fresh.disks(2);
      const [none] = await settled([without.vpmem.add({ hostPath: a })]);
      check.equal("none", a, told(none ?? {}), full);
      const { vpmem } = await running(context, 1);
      await vpmem.add({ hostPath: a });
      const [one] = await settled([vpmem.add({ hostPath: b })]);
      check.equal("one", b, told(one ?? {}), full);
      await vpmem.remove(a);
      await check.succeeds("free", b, () => vpmem.add({ hostPath: b }));
    },
  },
  {
    id: "uvm.vpmem.expose",
    title: "A device is in the guest once anybody asked for that, and is taken out of it",
    why: "hcsshim answered an empty guest path and success",
    needs: ["linux.vpmem", "host.plantDisk", "host.guestDevices", "host.devices"],
    checks: {
      hidden: "uvm.vpmem.expose",
      path: "uvm.vpmem.expose",
      exposed: "uvm.vpmem.expose",
      kept: "uvm.vpmem.expose",
      gone: "uvm.vpmem.expose",
    },
    async run(context) {
      const { fresh, check, host } = context;
      const { vm, vpmem } = await running(context);
      const before = await host.guestDevices(vm.id);
      const guest = async (): Promise<string[]> => added(before, await host.guestDevices(vm.id));
      const hostPath = await fresh.disk();
      await vpmem.add({ hostPath });
      check.equal("hidden", hostPath, await guest(), []);
      const { guestPath } = await vpmem.add({ hostPath, expose: true });
      check.holds("path", hostPath, guestPath !== undefined, "a guest path", guestPath);
      check.equal("exposed", hostPath, await guest(), [`vpmem:${guestPath}`]);
      const again = await vpmem.add({ hostPath });
      check.equal("kept", hostPath, again.guestPath, guestPath);
      for (let count = 0; count < 3; count++) await vpmem.remove(hostPath);
      check.equal("gone", hostPath, await guest(), []);
    },
  },
  {
    id: "uvm.vpmem.hidden",
    title: "A device that is not in the guest is removed without the guest",
    why: "hcsshim asked the guest to unmount an empty path",
    needs: ["linux.vpmem", "host.plantDisk", "host.failGuest", "host.devices"],
    checks: { removed: "uvm.vpmem.hidden", gone: "uvm.vpmem.hidden" },
    async run(context) {
      const { fresh, check, host } = context;
      const { vm, vpmem } = await running(context);
      const before = await host.devices(vm.id);
      const hostPath = await fresh.disk();
      await vpmem.add({ hostPath });
      await host.failGuest(vm.id, 1);
      await check.succeeds("removed", hostPath, () => vpmem.remove(hostPath));
      check.equal("gone", vmSubject(vm), await devicesSince(context, vm, before), []);
    },
  },
  {
    id: "uvm.vpmem.remove-failed",
    title: "A device that could not be removed is attached, and can be removed again",
    why: "A count that was taken down before the service refused",
    needs: ["linux.vpmem", "host.plantDisk", "host.refuse", "host.devices"],
    checks: {
      refused: "uvm.vpmem.remove-failed",
      kept: "uvm.vpmem.remove-failed",
      again: "uvm.vpmem.remove-failed",
      gone: "uvm.vpmem.remove-failed",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const { vm, vpmem } = await running(context);
      const before = await host.devices(vm.id);
      const hostPath = await fresh.disk();
      await vpmem.add({ hostPath });
      await host.refuse(vm.id, "modify", { code: "0x80070020", times: 2 });
      const seen = [
        ...await settled([vpmem.remove(hostPath)]),
        ...await settled([vpmem.remove(hostPath)]),
      ];
      check.equal("refused", hostPath, seen.map(told), ["aborted busy", "aborted busy"]);
      const list = vpmem.attached().map((it) => [it.hostPath, it.references]);
      check.equal("kept", vmSubject(vm), list, [[hostPath, 1]]);
      await check.succeeds("again", hostPath, () => vpmem.remove(hostPath));
      check.equal("gone", vmSubject(vm), await devicesSince(context, vm, before), []);
    },
  },
  {
    id: "uvm.vpmem.format",
    title: "The image's format is that of its file",
    why: "hcsshim says Vhd1 of every file, and the service refuses the others",
    needs: ["linux.vpmem", "host.plantDisk", "host.devices"],
    checks: { formats: "uvm.vpmem.format" },
    async run(context) {
      const { fresh, check, host } = context;
      const { vm, vpmem } = await running(context);
      const before = await host.devices(vm.id);
      const [old, recent] = [await fresh.disk("vhd"), await fresh.disk("vhdx")];
      await vpmem.add({ hostPath: old });
      await vpmem.add({ hostPath: recent });
      const expected = [`vpmem:0=${old} vhd1 ro`, `vpmem:1=${recent} vhdx ro`];
      const devices = await devicesSince(context, vm, before);
      check.equal("formats", vmSubject(vm), devices, expected);
    },
  },
  {
    id: "uvm.vpmem.unknown",
    title: "Removing a device that is not attached is refused, and the host is not asked",
    why: "An error without a type, that callers have to read as text",
    needs: ["linux.vpmem", "faults"],
    checks: {
      refused: "uvm.attach.unknown",
      paths: "uvm.attach.paths",
      asked: "uvm.attach.unknown",
    },
    async run(context) {
      const { check, settled } = context;
      const { vpmem } = await running(context);
      const seen: string[] = [];
      const calls = await asked(context, async () => {
        seen.push(...(await settled<unknown>([
          vpmem.remove("C:\\none.vhd"),
          vpmem.remove(""),
          vpmem.add({ hostPath: "none.vhd" }),
        ])).map(told));
      });
      check.equal("refused", "an unknown path", seen[0], "not-found not-attached");
      const invalid = "invalid-argument";
      check.equal("paths", "paths that are none", seen.slice(1), [invalid, invalid]);
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
];
