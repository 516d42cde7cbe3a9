/**
 * Cases about SCSI disks that are attached at the same time.
 *
 * @module
 */

import { SCSI_LUNS } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { devicesSince, diskWords, told, vmSubject, wordsLike } from "./words.ts";

/** The cases. */
export const UVM_SCSI_RACE_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.scsi.race",
    title: "Of many adds of one disk one attaches it, and none succeeds before that",
    why:
      "hcsshim checked under one lock and booked under another, and showed a location before its disk was there",
    needs: ["host.plantDisk", "host.devices", "host.hold", "host.release"],
    checks: {
      early: "uvm.scsi.race",
      visible: "uvm.scsi.race",
      one: "uvm.scsi.race",
      devices: "uvm.scsi.race",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const hostPath = await fresh.disk();
      await host.hold(vm.id);
      let ended = 0;
      const adds = Array.from({ length: 16 }, () => vm.scsi.add({ hostPath }));
      const all = settled(adds.map((add) => add.finally(() => void ended++)));
      const looked = await devicesSince(context, vm, before);
      check.equal("early", hostPath, [ended, looked], [0, []]);
      check.equal("visible", vmSubject(vm), vm.scsi.attached(), []);
      await host.release(vm.id);
      const seen = (await all).map(told).sort();
      const others = Array.from({ length: 15 }, () => "already-exists already-attached");
      check.equal("one", hostPath, seen, [...others, "success"]);
      check.equal("devices", vmSubject(vm), (await devicesSince(context, vm, before)).length, 1);
    },
  },
  {
    id: "uvm.scsi.many",
    title: "Disks that are added at once get locations of their own",
    why: "A free location that two take",
    needs: ["host.plantDisk", "host.devices"],
    checks: { locations: "uvm.scsi.many", devices: "uvm.scsi.many" },
    async run(context) {
      const { fresh, check, host } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const paths = await fresh.disks(SCSI_LUNS - 1);
      const made = await Promise.all(paths.map((hostPath) => vm.scsi.add({ hostPath })));
      const keys = new Set(made.map(({ location }) => location.key));
      check.equal("locations", vmSubject(vm), keys.size, paths.length);
      const devices = (await devicesSince(context, vm, before))
        .map((entry) => entry.slice(entry.indexOf("=") + 1));
      check.equal("devices", vmSubject(vm), devices.sort(), [...paths].sort());
    },
  },
  {
    id: "uvm.scsi.mixed",
    title: "After a mix of adds and removes at once, the host has what is said to be attached",
    why: "Updates that are lost: hcsshim's own test of this is skipped",
    needs: ["host.plantDisk", "host.devices"],
    checks: { same: "uvm.scsi.mixed", words: "uvm.scsi.mixed" },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const paths = await fresh.disks(8);
      // A fixed mix: the same in each run.
      let state = 7;
      const next = (limit: number): number => {
        state = state * 1_103_515_245 + 12_345 & 0x7FFF_FFFF;
        return (state >> 8) % limit;
      };
      const seen = new Set<string>();
      for (let round = 0; round < 25; round++) {
        const calls = Array.from({ length: 16 }, (): Promise<unknown> => {
          const hostPath = paths[next(paths.length)] ?? "";
          return next(2) === 0 ? vm.scsi.add({ hostPath }) : vm.scsi.remove(hostPath);
        });
        for (const result of await settled(calls)) seen.add(told(result));
      }
      const disks = vm.scsi.attached();
      const devices = await devicesSince(context, vm, before);
      check.equal("same", vmSubject(vm), wordsLike(disks, devices), diskWords(disks));
      const words = ["already-exists already-attached", "not-found not-attached", "success"];
      check.equal("words", vmSubject(vm), [...seen].sort(), words);
    },
  },
  {
    id: "uvm.attach.alone",
    title: "Two VMs do not know of each other's attachments",
    why: "Tables that belong to the process",
    boots: true,
    needs: ["host.plantDisk", "host.devices"],
    checks: { locations: "uvm.attach.alone", list: "uvm.attach.alone", other: "uvm.attach.alone" },
    async run({ fresh, check }) {
      const [one, two] = [await fresh.running(), await fresh.running()];
      const [a = "", b = ""] = await fresh.disks(2);
      const first = await one.scsi.add({ hostPath: a });
      const second = await two.scsi.add({ hostPath: b });
      check.equal("locations", vmSubject(two), second.location, first.location);
      check.equal("list", vmSubject(two), two.scsi.attached().map((it) => it.hostPath), [b]);
      await one.close();
      await check.succeeds("other", b, () => two.scsi.remove(b));
    },
  },
];
