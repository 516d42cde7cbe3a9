/**
 * Cases about folders of the host in guests, the same for VSMB in Windows and Plan9 in Linux.
 *
 * @module
 */

import type { UtilityVm } from "../../../drivers/contract/mod.ts";
import type { Case, Need } from "../../case.ts";
import type { UvmContext } from "../../rigs/utility_vm/context.ts";
import { HarnessError } from "../../engine/subject.ts";
import { asked, attachment, devicesSince, told, vmSubject } from "./words.ts";

/** A share, as both kinds have it. */
interface Share {
  readonly hostPath: string;
  readonly name: string;
  readonly guestPath: string;
  readonly references: number;
}

/** Both kinds in the words of one. */
interface Shares {
  readonly vm: UtilityVm;
  add(hostPath: string, readOnly?: boolean): Promise<Share>;
  remove(hostPath: string): Promise<void>;
  attached(): readonly Share[];
}

/** A kind of share. */
interface Kind {
  readonly name: "vsmb" | "plan9";
  readonly need: Need<"utility-vm">;
  open(context: UvmContext): Promise<Shares>;
}

/** A facet that is not there. @throws {HarnessError} */
export const missing = (): never => {
  throw new HarnessError("A VM has no facet that it was claimed to have");
};

const VSMB: Kind = {
  name: "vsmb",
  need: "windows.vsmb",
  async open({ fresh }) {
    const vm = await fresh.running(await fresh.windows());
    const vsmb = vm.vsmb ?? missing();
    return {
      vm,
      add: (hostPath, readOnly = true) => vsmb.add({ hostPath, readOnly }),
      remove: (hostPath) => vsmb.remove(hostPath),
      attached: () => vsmb.attached(),
    };
  },
};

/** Where a folder is mounted: one guest path for each. */
function mountOf(hostPath: string): string {
  return `/mnt/folder.${hostPath.slice(hostPath.lastIndexOf("\\") + 1)}`;
}

const PLAN9: Kind = {
  name: "plan9",
  need: "linux.plan9",
  async open({ fresh }) {
    const vm = await fresh.running(await fresh.linux());
    const plan9 = vm.plan9 ?? missing();
    return {
      vm,
      add: (hostPath, readOnly = true) =>
        plan9.add({ hostPath, guestPath: mountOf(hostPath), readOnly }),
      remove: (hostPath) => plan9.remove(hostPath),
      attached: () => plan9.attached(),
    };
  },
};

/** What a Windows guest needs of the host. */
export const VSMB_NEEDS: readonly Need<"utility-vm">[] = ["host.windowsLayers", "host.scratchPath"];

/** The cases of one kind of share. */
function casesFor(kind: Kind): Case<"utility-vm">[] {
  const needs: readonly Need<"utility-vm">[] = [
    kind.need,
    "host.plantFolder",
    "host.devices",
    ...(kind.name === "vsmb" ? VSMB_NEEDS : []),
  ];
  return [
    {
      id: `uvm.${kind.name}.shared`,
      title: "64 adds of one folder make one share, and need 64 removes",
      why: "A count that is off by one",
      needs,
      checks: {
        one: "uvm.share.shared",
        same: "uvm.share.shared",
        kept: "uvm.share.shared",
        gone: "uvm.share.shared",
        again: "uvm.attach.unknown",
      },
      async run(context) {
        const { fresh, check, host, settled } = context;
        const shares = await kind.open(context);
        const before = await host.devices(shares.vm.id);
        const folder = await fresh.folder();
        const made = await Promise.all(Array.from({ length: 64 }, () => shares.add(folder)));
        const devices = await devicesSince(context, shares.vm, before);
        check.equal("one", folder, devices.length, 1);
        const names = new Set(made.map(({ name, guestPath }) => `${name} ${guestPath}`));
        check.equal("same", folder, names.size, 1);
        for (let count = 1; count < 64; count++) await settled([shares.remove(folder)]);
        const kept = await devicesSince(context, shares.vm, before);
        check.equal("kept", folder, [kept, shares.attached()[0]?.references], [devices, 1]);
        await settled([shares.remove(folder)]);
        check.equal("gone", folder, await devicesSince(context, shares.vm, before), []);
        await check.refused("again", () => shares.remove(folder), {
          code: "not-found",
          subject: attachment(folder),
          reason: "not-attached",
        });
      },
    },
    {
      id: `uvm.${kind.name}.remove-failed`,
      title: "A remove that fails twice is no success, and the third one removes the share",
      why:
        "hcsshim counted down first: the second remove underflowed, and all others answered success",
      needs: [...needs, "host.refuse"],
      checks: {
        refused: "uvm.share.remove-failed",
        kept: "uvm.share.remove-failed",
        third: "uvm.share.remove-failed",
        gone: "uvm.share.remove-failed",
        again: "uvm.share.remove-failed",
      },
      async run(context) {
        const { fresh, check, host, settled } = context;
        const shares = await kind.open(context);
        const before = await host.devices(shares.vm.id);
        const folder = await fresh.folder();
        await shares.add(folder);
        await host.refuse(shares.vm.id, "modify", { code: "0x80070020", times: 2 });
        const first = await settled([shares.remove(folder)]);
        const second = await settled([shares.remove(folder)]);
        const seen = [...first, ...second].map(told);
        check.equal("refused", folder, seen, ["aborted busy", "aborted busy"]);
        const kept = shares.attached().map(({ references }) => references);
        check.equal("kept", folder, kept, [1]);
        await check.succeeds("third", folder, () => shares.remove(folder));
        check.equal("gone", folder, await devicesSince(context, shares.vm, before), []);
        await check.succeeds("again", folder, () => shares.add(folder));
      },
    },
    {
      id: `uvm.${kind.name}.conflict`,
      title: "A folder that is shared with other options is a conflict",
      why:
        "hcsshim answered a read-only share to who wants to write, and a writable one to who must not",
      needs,
      checks: {
        write: "uvm.share.conflict",
        readOnly: "uvm.share.read-only",
        writable: "uvm.share.read-only",
        then: "uvm.share.conflict",
      },
      async run(context) {
        const { fresh, check, host } = context;
        const shares = await kind.open(context);
        const before = await host.devices(shares.vm.id);
        const folder = await fresh.folder();
        await shares.add(folder, true);
        await check.refused("write", () => shares.add(folder, false), {
          code: "failed-precondition",
          subject: attachment(folder),
          reason: "conflict",
        });
        const ro = await devicesSince(context, shares.vm, before);
        check.equal("readOnly", folder, ro.map((it) => it.endsWith(" ro")), [true]);
        await shares.remove(folder);
        await check.succeeds("then", folder, () => shares.add(folder, false));
        const rw = await devicesSince(context, shares.vm, before);
        check.equal("writable", folder, rw.map((it) => it.endsWith(" ro")), [false]);
      },
    },
    {
      id: `uvm.${kind.name}.failed`,
      title: "A failed add leaves no share, and its name is not used again",
      why: "A name that is still there for the host, and is given to another folder",
      needs: [...needs, "host.refuse"],
      checks: { refused: "uvm.share.failed", left: "uvm.share.failed", name: "uvm.share.failed" },
      async run(context) {
        const { fresh, check, host, settled } = context;
        const shares = await kind.open(context);
        const before = await host.devices(shares.vm.id);
        const [a, b] = [await fresh.folder(), await fresh.folder()];
        const { name } = await shares.add(a);
        await shares.remove(a);
        await host.refuse(shares.vm.id, "modify", { code: "0x80070020" });
        const [result] = await settled([shares.add(a)]);
        check.equal("refused", a, told(result ?? {}), "aborted busy");
        const left = [await devicesSince(context, shares.vm, before), shares.attached()];
        check.equal("left", a, left, [[], []]);
        const other = await shares.add(b);
        check.holds("name", b, other.name !== name, `not ${name}`, other.name);
      },
    },
    {
      id: `uvm.${kind.name}.names`,
      title: "Twenty shares have twenty names, and each is found under its own",
      why: "Names that are counted in one base and looked up in another",
      needs,
      checks: { names: "uvm.share.names", devices: "uvm.share.names", rest: "uvm.share.names" },
      async run(context) {
        const { fresh, check, host } = context;
        const shares = await kind.open(context);
        const before = await host.devices(shares.vm.id);
        const made: Share[] = [];
        for (let count = 0; count < 20; count++) made.push(await shares.add(await fresh.folder()));
        const paths = new Set(made.map(({ guestPath }) => guestPath));
        const names = new Set(made.map(({ name }) => name));
        check.equal("names", vmSubject(shares.vm), [names.size, paths.size], [20, 20]);
        const expected = made.map(({ name, hostPath }) => `${kind.name}:${name}=${hostPath} ro`);
        const devices = await devicesSince(context, shares.vm, before);
        check.equal("devices", vmSubject(shares.vm), devices, expected.sort());
        const tenth = made[9]?.hostPath ?? "";
        await shares.remove(tenth);
        const rest = await devicesSince(context, shares.vm, before);
        const right = rest.length === 19 && !rest.some((it) => it.includes(tenth));
        check.holds("rest", tenth, right, "all others", rest);
      },
    },
    {
      id: `uvm.${kind.name}.unknown`,
      title: "Removing what is not shared is refused, and the host is not asked",
      why: "A lookup that finds nothing, and goes on with it",
      needs: [...needs, "faults"],
      checks: {
        refused: "uvm.attach.unknown",
        paths: "uvm.attach.paths",
        asked: "uvm.attach.unknown",
      },
      async run(context) {
        const { check, settled } = context;
        const shares = await kind.open(context);
        const seen: string[] = [];
        const calls = await asked(context, async () => {
          const results = await settled<unknown>([
            shares.remove("C:\\none"),
            shares.remove(""),
            shares.add("none"),
          ]);
          seen.push(...results.map(told));
        });
        check.equal("refused", "an unknown folder", seen[0], "not-found not-attached");
        const invalid = "invalid-argument";
        check.equal("paths", "paths that are none", seen.slice(1), [invalid, invalid]);
        check.equal("asked", "calls of the host", calls, 0);
      },
    },
  ];
}

/** The cases. */
export const UVM_SHARE_CASES: readonly Case<"utility-vm">[] = [
  ...casesFor(VSMB),
  ...casesFor(PLAN9),
];
