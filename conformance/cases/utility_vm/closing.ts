/**
 * Cases about the end of handles to utility VMs: close, lost VMs, disposing, and what is held then.
 *
 * @module
 */

import type { UtilityVm } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { at, LONG, told, vmSubject } from "./words.ts";

/** Every call of a handle that needs it open, by name. */
const CALLS: Readonly<Record<string, (vm: UtilityVm) => unknown>> = {
  "status": (vm) => vm.status(),
  "start": (vm) => vm.start(),
  "wait": (vm) => vm.wait({ timeoutMs: 0 }),
  "terminate": (vm) => vm.terminate(),
  "modify": (vm) => vm.modify({}),
  "containerCounter": (vm) => vm.containerCounter(),
  "scsi.add": (vm) => vm.scsi.add({ hostPath: "C:\\a.vhdx" }),
  "scsi.remove": (vm) => vm.scsi.remove("C:\\a.vhdx"),
  "scsi.attached": (vm) => vm.scsi.attached(),
  "vpmem.add": (vm) => vm.vpmem?.add({ hostPath: "C:\\a.vhd" }),
  "vpmem.remove": (vm) => vm.vpmem?.remove("C:\\a.vhd"),
  "vpmem.attached": (vm) => vm.vpmem?.attached(),
  "vsmb.add": (vm) => vm.vsmb?.add({ hostPath: "C:\\a" }),
  "vsmb.remove": (vm) => vm.vsmb?.remove("C:\\a"),
  "vsmb.guestPath": (vm) => vm.vsmb?.guestPath("C:\\a"),
  "vsmb.attached": (vm) => vm.vsmb?.attached(),
  "plan9.add": (vm) => vm.plan9?.add({ hostPath: "C:\\a", guestPath: "/a" }),
  "plan9.remove": (vm) => vm.plan9?.remove("C:\\a"),
  "plan9.attached": (vm) => vm.plan9?.attached(),
  "networks.add": (vm) => vm.networks?.add("11111111-1111-4111-8111-111111111111", []),
  "networks.remove": (vm) => vm.networks?.remove("11111111-1111-4111-8111-111111111111"),
  "networks.attached": (vm) => vm.networks?.attached(),
};

/** The calls that a VM with its facets has. */
function callsOf(vm: UtilityVm): string[] {
  return Object.keys(CALLS).filter((name) => {
    const [facet = ""] = name.split(".");
    return !name.includes(".") || at(vm, facet) !== undefined;
  });
}

/** What a call was told, whether it throws at once or later. */
async function outcome(call: () => unknown): Promise<string> {
  const [result] = await Promise.allSettled([(async () => await call())()]);
  return result.status === "fulfilled" ? "success" : told({ error: result.reason });
}

/** The cases. */
export const UVM_CLOSING_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.close.again",
    title: "A handle can be closed twice, and before any start",
    why: "hcsshim's second close called into nothing",
    checks: { created: "uvm.close.again", again: "uvm.close.again", both: "uvm.close.again" },
    async run({ fresh, check }) {
      const vm = await fresh.created();
      await check.succeeds("created", vmSubject(vm), () => vm.close());
      await check.succeeds("again", vmSubject(vm), () => vm.close());
      const other = await fresh.created();
      await check.succeeds(
        "both",
        vmSubject(other),
        () => Promise.all([other.close(), other.close()]),
      );
    },
  },
  {
    id: "uvm.close.ended",
    title: "After a close the VM has ended, and its id and its disks are free",
    why: "hcsshim's close did not wait, and the next create met the one that was still ending",
    boots: true,
    needs: ["host.plantDisk"],
    checks: {
      gone: "uvm.close.ended",
      again: "uvm.close.ended",
      disk: "uvm.close.ended",
    },
    async run({ fresh, check, vms }) {
      const options = await fresh.options();
      const hostPath = await fresh.disk();
      const vm = await fresh.running(options);
      await vm.scsi.add({ hostPath });
      await vm.close();
      check.equal("gone", "the list", await vms.list(), []);
      const second = await check.succeeds("again", vmSubject(vm), () => fresh.running(options));
      await check.succeeds("disk", hostPath, () => second.scsi.add({ hostPath }));
    },
  },
  {
    id: "uvm.close.while-ending",
    title: "A close is not done before the VM has ended",
    why: "hcsshim's close asks for the end, and goes on",
    needs: ["host.hold", "host.release"],
    checks: { pending: "uvm.close.ended", done: "uvm.close.ended", gone: "uvm.close.ended" },
    async run({ fresh, check, host, vms, settled }) {
      const vm = await fresh.running();
      await host.hold(vm.id);
      let done = false;
      const closing = settled([vm.close().finally(() => void (done = true))]);
      const listed = (await vms.list()).map(({ id }) => id);
      check.equal("pending", vmSubject(vm), [done, listed], [false, [vm.id]]);
      await host.release(vm.id);
      check.equal("done", vmSubject(vm), (await closing).map(told), ["success"]);
      check.equal("gone", "the list", await vms.list(), []);
    },
  },
  {
    id: "uvm.close.waits",
    title: "A close ends the waits on its handle",
    why: "Waits that nobody wakes after the handle is gone",
    boots: true,
    checks: { all: "uvm.close.waits", same: "uvm.wait.many" },
    async run({ fresh, check, settled }) {
      const vm = await fresh.running();
      const waits = settled(Array.from({ length: 5 }, () => vm.wait()));
      await vm.close();
      const seen = (await waits).map(({ value, error }) => value?.verdict ?? told({ error }));
      const right = seen.every((it) => it === "exited" || it === "failed-precondition closed");
      check.holds("all", vmSubject(vm), right, "exited, or closed", seen);
      check.equal("same", vmSubject(vm), new Set(seen).size, 1);
    },
  },
  {
    id: "uvm.close.refusals",
    title: "On a closed handle everything but its names is refused as closed",
    why: "hcsshim dereferenced nil in every method but one",
    checks: { refused: "uvm.close.refusals", names: "uvm.close.refusals" },
    async run({ fresh, check }) {
      const vm = await fresh.created();
      const { id, os, owner } = vm;
      await vm.close();
      const calls = callsOf(vm);
      const seen: string[] = [];
      for (const name of calls) {
        seen.push(`${name}: ${await outcome(() => CALLS[name]?.(vm))}`);
      }
      const expected = calls.map((name) => `${name}: failed-precondition closed`);
      check.equal("refused", vmSubject(vm), seen, expected);
      check.equal("names", vmSubject(vm), [vm.id, vm.os, vm.owner], [id, os, owner]);
    },
  },
  {
    id: "uvm.close.failed",
    title: "A close whose terminate fails says so, and has released the handle",
    why: "hcsshim ignored the failure, and left the VM running",
    needs: ["host.refuse", "host.exit"],
    checks: { told: "uvm.close.failed", again: "uvm.close.failed", closed: "uvm.close.failed" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.running();
      await host.refuse(vm.id, "terminate", { code: "0x80004005" });
      const [close] = await settled([vm.close()]);
      check.equal("told", vmSubject(vm), told(close ?? {}), "internal");
      const [again] = await settled([vm.close()]);
      check.equal("again", vmSubject(vm), told(again ?? {}), "internal");
      check.equal(
        "closed",
        vmSubject(vm),
        await outcome(() => vm.status()),
        "failed-precondition closed",
      );
    },
  },
  {
    id: "uvm.lost",
    title: "A VM without a handle is ended by its owner, by its id",
    why: "A program that died leaves VMs that nobody can name",
    boots: true,
    checks: {
      stranger: "uvm.lost",
      alive: "uvm.lost",
      ended: "uvm.lost",
      wait: "uvm.lost",
      again: "uvm.lost",
      nobody: "uvm.no-utility-vm",
    },
    async run({ fresh, check, vms, another }) {
      const vm = await fresh.running();
      const gone = { code: "not-found", subject: vmSubject(vm) } as const;
      const stranger = await another({ owner: `${vms.owner}x` });
      await check.refused("stranger", () => stranger.terminate(vm.id), gone);
      check.equal("alive", vmSubject(vm), (await vm.status()).state, "running");
      const other = await another();
      await check.succeeds("ended", vmSubject(vm), () => other.terminate(vm.id));
      check.equal("wait", vmSubject(vm), (await vm.wait(LONG)).verdict, "exited");
      await check.refused("again", () => other.terminate(vm.id), gone);
      const nobody = {
        code: "invalid-argument",
        subject: "uvm:",
        reason: "no-utility-vm",
      } as const;
      await check.refused("nobody", () => vms.terminate(""), nobody);
    },
  },
  {
    id: "uvm.dispose",
    title: "Disposing of an instance ends its VMs and no others",
    why: "VMs that outlive the program that made them, hidden from its user",
    boots: true,
    checks: { own: "uvm.dispose", others: "uvm.dispose" },
    async run({ fresh, check, vms, another }) {
      const mine = await fresh.running();
      const options = await fresh.options();
      const other = await another();
      await (await other.create(options)).start();
      await other[Symbol.asyncDispose]();
      const left = (await vms.list()).map(({ id }) => id);
      check.equal("own", `uvm:${options.id}`, left.includes(options.id ?? ""), false);
      check.equal("others", vmSubject(mine), (await mine.status()).state, "running");
    },
  },
  {
    id: "uvm.counter",
    title: "Containers are counted for each VM from 1 on",
    why: "hcsshim had one counter for all VMs of the process",
    checks: { first: "uvm.counter", next: "uvm.counter", other: "uvm.counter" },
    async run({ fresh, check }) {
      const [vm, other] = [await fresh.created(), await fresh.created()];
      check.equal("first", vmSubject(vm), vm.containerCounter(), 1);
      const calls = Array.from(
        { length: 1000 },
        () => Promise.resolve().then(() => vm.containerCounter()),
      );
      const next = await Promise.all(calls);
      check.equal("next", vmSubject(vm), new Set([1, ...next]).size, 1001);
      check.equal("other", vmSubject(other), other.containerCounter(), 1);
    },
  },
  {
    id: "uvm.cycles",
    title: "Making and ending VMs again and again holds nothing more",
    why: "A handle, a callback or a text of the service for each cycle",
    needs: ["host.census"],
    checks: { held: "uvm.leak.handles" },
    async run({ fresh, check, host }) {
      const before = await host.census();
      for (let cycle = 0; cycle < 20; cycle++) {
        const vm = await fresh.running();
        await vm.terminate();
        await vm.wait(LONG);
        await vm.close();
      }
      check.equal("held", "what is held", await host.census(), before);
    },
  },
];
