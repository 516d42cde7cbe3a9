/**
 * Cases about SCSI disks.
 *
 * @module
 */

import { SCSI_LUNS } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import {
  added,
  areNumbered,
  asked,
  attachment,
  devicesSince,
  diskWords,
  mountPoint,
  told,
  vmSubject,
  wordsLike,
} from "./words.ts";

/** The cases. */
export const UVM_SCSI_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.scsi.add",
    title: "Disks take the lowest free location, and are there",
    why: "Locations that are told and not used, or used and not told",
    needs: ["host.plantDisk", "host.devices"],
    checks: {
      locations: "uvm.scsi.order",
      keys: "uvm.scsi.add",
      devices: "uvm.scsi.add",
      hole: "uvm.scsi.order",
      others: "uvm.scsi.order",
      list: "uvm.scsi.add",
    },
    async run(context) {
      const { fresh, check, host } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const [a = "", b = "", c = "", d = ""] = await fresh.disks(4);
      const made = [];
      for (const hostPath of [a, b, c]) made.push(await vm.scsi.add({ hostPath }));
      const locations = made.map(({ location }) => location);
      const first = locations[0]?.lun ?? 0;
      const right = areNumbered(locations, [first, first + 1, first + 2]);
      check.holds("locations", vmSubject(vm), right, "one after the other", locations);
      const keys = new Set(made.map(({ location }) => location.key));
      check.equal("keys", vmSubject(vm), keys.size, 3);
      const devices = await devicesSince(context, vm, before);
      check.equal("devices", vmSubject(vm), wordsLike(made, devices), diskWords(made));
      await vm.scsi.remove(b);
      const again = await vm.scsi.add({ hostPath: d });
      check.equal("hole", d, again.location, made[1]?.location);
      const list = vm.scsi.attached().map(({ hostPath }) => hostPath);
      check.equal("list", vmSubject(vm), list, [a, c, d].sort());
      const stayed = (await devicesSince(context, vm, before))
        .filter((entry) => entry.endsWith(a) || entry.endsWith(c));
      const others = made.filter(({ hostPath }) => hostPath !== b);
      check.equal("others", vmSubject(vm), wordsLike(made, stayed), diskWords(others));
    },
  },
  {
    id: "uvm.scsi.mount",
    title: "A disk with a guest path is mounted there, and one without is not",
    why: "Attach and mount that cannot be told apart, and cannot be taken back apart",
    boots: true,
    needs: ["host.plantDisk", "host.devices", "host.guestDevices"],
    checks: {
      plain: "uvm.scsi.mount",
      add: "uvm.scsi.mount",
      mounted: "uvm.scsi.mount",
      removed: "uvm.scsi.remove",
      swapped: "uvm.scsi.mount",
    },
    async run({ fresh, check, host }) {
      const vm = await fresh.running();
      const guestPath = mountPoint(vm);
      const [a = "", b = ""] = await fresh.disks(2);
      const before = await host.guestDevices(vm.id);
      await vm.scsi.add({ hostPath: a });
      check.equal("plain", a, added(before, await host.guestDevices(vm.id)), []);
      await check.succeeds("add", b, () => vm.scsi.add({ hostPath: b, guestPath }));
      const mounted = added(before, await host.guestDevices(vm.id));
      check.equal("mounted", b, mounted, [`disk:${guestPath}`]);
      const all = await host.devices(vm.id);
      await vm.scsi.remove(a);
      await vm.scsi.remove(b);
      const gone = all.filter((it) => it.includes(a) || it.includes(b));
      const left = [...await host.devices(vm.id), ...await host.guestDevices(vm.id)]
        .filter((it) => gone.includes(it) || it === `disk:${guestPath}`);
      check.equal("removed", vmSubject(vm), [gone.length, left], [2, []]);
      await vm.scsi.add({ hostPath: a, guestPath });
      await vm.scsi.add({ hostPath: b });
      const swapped = added(before, await host.guestDevices(vm.id));
      check.equal("swapped", a, swapped, [`disk:${guestPath}`]);
    },
  },
  {
    id: "uvm.scsi.again",
    title: "A disk is attached once",
    why: "hcsshim's documentation counts references where its code refuses",
    needs: ["host.plantDisk", "host.devices"],
    checks: {
      again: "uvm.scsi.again",
      otherwise: "uvm.scsi.again",
      one: "uvm.scsi.again",
      alias: "uvm.attach.alias",
    },
    async run(context) {
      const { fresh, check, host } = context;
      const vm = await fresh.running();
      const before = await host.devices(vm.id);
      const hostPath = await fresh.disk();
      await vm.scsi.add({ hostPath, readOnly: true });
      const refused = (path: string) =>
        ({
          code: "already-exists",
          subject: attachment(path),
          reason: "already-attached",
        }) as const;
      await check.refused("again", () => vm.scsi.add({ hostPath }), refused(hostPath));
      const writable = { hostPath, readOnly: false };
      await check.refused("otherwise", () => vm.scsi.add(writable), refused(hostPath));
      check.equal("one", vmSubject(vm), (await devicesSince(context, vm, before)).length, 1);
      const alias = hostPath.toUpperCase().replaceAll("\\", "/");
      await check.refused("alias", () => vm.scsi.add({ hostPath: alias }), refused(alias));
    },
  },
  {
    id: "uvm.scsi.read-only",
    title: "A read-only disk is read-only on the host",
    why: "An option that ends in the guest's mount alone",
    needs: ["host.plantDisk", "host.devices"],
    checks: { read: "uvm.scsi.read-only", write: "uvm.scsi.read-only" },
    async run({ fresh, check, host }) {
      const vm = await fresh.running();
      const [a = "", b = ""] = await fresh.disks(2);
      await vm.scsi.add({ hostPath: a, readOnly: true });
      await vm.scsi.add({ hostPath: b });
      const devices = await host.devices(vm.id);
      const read = devices.filter((it) => it.includes(a)).map((it) => it.endsWith(" ro"));
      check.equal("read", a, read, [true]);
      const write = devices.filter((it) => it.includes(b)).map((it) => it.endsWith(" ro"));
      check.equal("write", b, write, [false]);
    },
  },
  {
    id: "uvm.scsi.full",
    title: "When all locations are taken the next disk is refused, and takes none",
    why: "hcsshim's 65th disk went into a controller that does not exist, and stayed booked there",
    needs: ["host.plantDisk", "host.devices"],
    checks: {
      all: "uvm.scsi.full",
      next: "uvm.scsi.full",
      more: "uvm.scsi.full-free",
      free: "uvm.scsi.full-free",
    },
    async run({ fresh, check, settled }) {
      const vm = await fresh.running();
      const paths = await fresh.disks(SCSI_LUNS + 1);
      let full: string | undefined;
      for (const hostPath of paths) {
        const [result] = await settled([vm.scsi.add({ hostPath })]);
        if (result?.error === undefined) continue;
        full = hostPath;
        check.equal("next", hostPath, told(result), "resource-exhausted no-available-location");
        break;
      }
      const list = vm.scsi.attached();
      const keys = new Set(list.map(({ location }) => location.key));
      const right = list.length >= SCSI_LUNS - 1 && keys.size === list.length;
      check.holds("all", vmSubject(vm), right, `at least ${SCSI_LUNS - 1} locations`, list.length);
      const tries = Array.from({ length: 300 }, () => vm.scsi.add({ hostPath: full ?? "" }));
      const seen = new Set((await settled(tries)).map(told));
      const refused = ["resource-exhausted no-available-location"];
      check.equal("more", full ?? "", [...seen], refused);
      const [old] = list;
      await vm.scsi.remove(old?.hostPath ?? "");
      const { location } = await vm.scsi.add({ hostPath: full ?? "" });
      check.equal("free", full ?? "", location, old?.location);
    },
  },
  {
    id: "uvm.scsi.no-controllers",
    title: "Without controllers that is the answer, whatever else is wrong",
    why: "An answer about a path where there is no place for any",
    needs: ["linux"],
    checks: { add: "uvm.scsi.no-controllers", remove: "uvm.scsi.no-controllers" },
    async run({ fresh, check }) {
      const vm = await fresh.running(await fresh.linux({ scsiControllers: 0 }));
      const refused = (path: string) =>
        ({
          code: "failed-precondition",
          subject: attachment(path),
          reason: "no-scsi-controllers",
        }) as const;
      await check.refused("add", () => vm.scsi.add({ hostPath: "" }), refused(""));
      await check.refused("remove", () => vm.scsi.remove("C:\\a.vhdx"), refused("C:\\a.vhdx"));
    },
  },
  {
    id: "uvm.scsi.paths",
    title: "Paths that are none are refused, and the host is not asked",
    why:
      'An empty path was the first empty place of hcsshim\'s table: its AddSCSI("") said "already attached"',
    needs: ["faults", "host.plantDisk"],
    checks: { paths: "uvm.attach.paths", guest: "uvm.attach.paths", asked: "uvm.attach.paths" },
    async run(context) {
      const { fresh, check, settled } = context;
      const vm = await fresh.running();
      const hostPath = await fresh.disk();
      const wrong = ["", "a.vhdx", "C:a.vhdx", "C:\\a\0.vhdx", ".\\a.vhdx"];
      const guestPaths = ["", "mnt", "a\0"];
      const seen: string[] = [];
      const guests: string[] = [];
      const calls = await asked(context, async () => {
        for (const path of wrong) {
          seen.push(...(await settled<unknown>([
            vm.scsi.add({ hostPath: path }),
            vm.scsi.remove(path),
          ])).map(told));
        }
        for (const guestPath of guestPaths) {
          guests.push(...(await settled([vm.scsi.add({ hostPath, guestPath })])).map(told));
        }
      });
      check.equal("paths", wrong.join(), seen, seen.map(() => "invalid-argument"));
      check.equal("guest", guestPaths.join(), guests, guests.map(() => "invalid-argument"));
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
  {
    id: "uvm.scsi.unknown",
    title: "Removing what is not attached is refused, and the host is not asked",
    why: "A removal of whatever is at a location",
    needs: ["faults", "host.plantDisk"],
    checks: { refused: "uvm.attach.unknown", asked: "uvm.attach.unknown" },
    async run(context) {
      const { fresh, check, settled } = context;
      const vm = await fresh.running();
      const [a = "", b = ""] = await fresh.disks(2);
      await vm.scsi.add({ hostPath: a });
      await vm.scsi.remove(a);
      const seen: string[] = [];
      const calls = await asked(context, async () => {
        seen.push(...(await settled([vm.scsi.remove(a), vm.scsi.remove(b)])).map(told));
      });
      check.equal("refused", vmSubject(vm), seen, seen.map(() => "not-found not-attached"));
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
  {
    id: "uvm.scsi.conflict",
    title: "Two disks at one guest path are a conflict, and the first one stays",
    why: "A mount over another one hides its files",
    needs: ["host.plantDisk", "host.devices"],
    checks: { refused: "uvm.scsi.mount-conflict", free: "uvm.scsi.mount-conflict" },
    async run({ fresh, check }) {
      const vm = await fresh.running();
      const guestPath = mountPoint(vm);
      const [a = "", b = ""] = await fresh.disks(2);
      await vm.scsi.add({ hostPath: a, guestPath });
      await check.refused("refused", () => vm.scsi.add({ hostPath: b, guestPath }), {
        code: "failed-precondition",
        subject: attachment(b),
        reason: "conflict",
      });
      await vm.scsi.remove(a);
      await check.succeeds("free", guestPath, () => vm.scsi.add({ hostPath: b, guestPath }));
    },
  },
  {
    id: "uvm.scsi.before-start",
    title: "Before the start nothing is attached",
    why: "A disk that is booked, and was never there",
    needs: ["host.plantDisk", "faults"],
    checks: {
      refused: "uvm.attach.running",
      list: "uvm.attach.running",
      then: "uvm.attach.running",
    },
    async run({ fresh, check }) {
      const vm = await fresh.created();
      const hostPath = await fresh.disk();
      const refusal = {
        code: "failed-precondition",
        subject: attachment(hostPath),
        reason: "not-running",
      } as const;
      await check.refused("refused", () => vm.scsi.add({ hostPath }), refusal);
      check.equal("list", vmSubject(vm), vm.scsi.attached(), []);
      await vm.start();
      await check.succeeds("then", hostPath, () => vm.scsi.add({ hostPath }));
    },
  },
];
