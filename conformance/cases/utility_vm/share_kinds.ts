/**
 * Cases about folders of the host in guests that are about VSMB or about Plan9 alone.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { missing, VSMB_NEEDS } from "./shares.ts";
import { added, attachment, told } from "./words.ts";

/** The cases. */
export const UVM_SHARE_KIND_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.vsmb.path",
    title: "A VSMB share's guest path is found by its folder",
    why: "A path that is put together from what the caller believes the name to be",
    needs: ["windows.vsmb", "host.plantFolder", ...VSMB_NEEDS],
    checks: {
      path: "uvm.vsmb.path",
      stable: "uvm.vsmb.path",
      unknown: "uvm.vsmb.path",
      empty: "uvm.vsmb.path",
    },
    async run({ fresh, check }) {
      const vm = await fresh.running(await fresh.windows());
      const vsmb = vm.vsmb ?? missing();
      const hostPath = await fresh.folder();
      const { guestPath, name } = await vsmb.add({ hostPath });
      const found = vsmb.guestPath(hostPath);
      const right = found === guestPath && found.endsWith(`\\${name}`);
      check.holds("path", hostPath, right, guestPath, found);
      await vsmb.add({ hostPath });
      await vsmb.remove(hostPath);
      check.equal("stable", hostPath, vsmb.guestPath(hostPath), guestPath);
      await vsmb.remove(hostPath);
      const subject = attachment(hostPath);
      const gone = { code: "not-found", subject, reason: "not-attached" } as const;
      await check.refused("unknown", () => vsmb.guestPath(hostPath), gone);
      const empty = { code: "invalid-argument", subject: attachment("") } as const;
      await check.refused("empty", () => vsmb.guestPath(""), empty);
    },
  },
  {
    id: "uvm.vsmb.request",
    title: "The guest is told what the caller has to say of a share",
    why: "hcsshim kept it, and never sent it",
    needs: ["windows.vsmb", "host.plantFolder", "host.guestDevices", ...VSMB_NEEDS],
    checks: { told: "uvm.vsmb.request" },
    async run({ fresh, check, host }) {
      const vm = await fresh.running(await fresh.windows());
      const before = await host.guestDevices(vm.id);
      const hostPath = await fresh.folder();
      const Settings = { ContainerPath: "C:\\mnt\\told" };
      const guestRequest = { ResourceType: "MappedDirectory", RequestType: "Add", Settings };
      await vm.vsmb?.add({ hostPath, guestRequest });
      const guest = added(before, await host.guestDevices(vm.id));
      check.equal("told", hostPath, guest, ["share:C:\\mnt\\told"]);
    },
  },
  {
    id: "uvm.plan9.mount",
    title: "A Plan9 share is mounted at its guest path, and nowhere else",
    why: "hcsshim answered success for a second guest path, and mounted nothing there",
    needs: ["linux.plan9", "host.plantFolder", "host.guestDevices", "host.devices"],
    checks: {
      mounted: "uvm.plan9.mount",
      elsewhere: "uvm.share.conflict",
      taken: "uvm.share.conflict",
      empty: "uvm.attach.paths",
      gone: "uvm.plan9.mount",
    },
    async run({ fresh, check, host }) {
      const vm = await fresh.running(await fresh.linux());
      const plan9 = vm.plan9 ?? missing();
      const before = await host.guestDevices(vm.id);
      const guest = async (): Promise<string[]> => added(before, await host.guestDevices(vm.id));
      const [a, b] = [await fresh.folder(), await fresh.folder()];
      await plan9.add({ hostPath: a, guestPath: "/mnt/a" });
      check.equal("mounted", a, await guest(), ["share:/mnt/a"]);
      const conflict = (path: string) =>
        ({ code: "failed-precondition", subject: attachment(path), reason: "conflict" }) as const;
      const elsewhere = { hostPath: a, guestPath: "/mnt/b" };
      await check.refused("elsewhere", () => plan9.add(elsewhere), conflict(a));
      const taken = { hostPath: b, guestPath: "/mnt/a" };
      await check.refused("taken", () => plan9.add(taken), conflict(b));
      const empty = { hostPath: b, guestPath: "" };
      const invalid = { code: "invalid-argument", subject: attachment(b) } as const;
      await check.refused("empty", () => plan9.add(empty), invalid);
      await plan9.remove(a);
      check.equal("gone", a, await guest(), []);
    },
  },
  {
    id: "uvm.plan9.guest-failed",
    title: "A Plan9 share that the guest cannot mount is removed from the host",
    why: "A folder of the host that stays open to the guest, and that nobody can remove",
    needs: [
      "linux.plan9",
      "host.plantFolder",
      "host.failGuest",
      "host.devices",
      "host.guestDevices",
    ],
    checks: {
      failed: "uvm.plan9.guest-failed",
      left: "uvm.plan9.guest-failed",
      again: "uvm.plan9.guest-failed",
    },
    async run(context) {
      const { fresh, check, host, settled } = context;
      const vm = await fresh.running(await fresh.linux());
      const plan9 = vm.plan9 ?? missing();
      const before = [...await host.devices(vm.id), ...await host.guestDevices(vm.id)];
      const folder = { hostPath: await fresh.folder(), guestPath: "/mnt/a" };
      await host.failGuest(vm.id, 1);
      const [result] = await settled([plan9.add(folder)]);
      const failed = result?.error !== undefined;
      check.holds("failed", folder.hostPath, failed, "an error", told(result ?? {}));
      const now = [...await host.devices(vm.id), ...await host.guestDevices(vm.id)];
      check.equal("left", folder.hostPath, added(before, now), []);
      await check.succeeds("again", folder.hostPath, () => plan9.add(folder));
    },
  },
];
