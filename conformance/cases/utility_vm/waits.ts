/**
 * Cases about how utility VMs end, and who is told.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { at, LONG, told, vmSubject } from "./words.ts";

/** The cases. */
export const UVM_WAIT_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.wait.pending",
    title: "A wait goes on until its time is over or it is aborted",
    why: "A wait that tells an end which has not come, or cannot be left",
    checks: {
      timeout: "uvm.wait.pending",
      once: "uvm.wait.pending",
      time: "uvm.wait.pending",
      abort: "uvm.wait.pending",
      invalid: "uvm.wait.pending",
    },
    async run({ fresh, check, clock, settled }) {
      const vm = await fresh.created();
      const before = clock.now();
      const result = await vm.wait({ timeoutMs: 2000 });
      const took = clock.now() - before;
      check.equal("timeout", vmSubject(vm), result, { verdict: "timeout" });
      check.holds("time", vmSubject(vm), took >= 2000, "2000 ms or more", took);
      const once = await vm.wait({ timeoutMs: 0 });
      check.equal("once", vmSubject(vm), once, { verdict: "timeout" });
      const abort = new AbortController();
      const waiting = settled([vm.wait({ signal: abort.signal })]);
      abort.abort();
      const [aborted] = await waiting;
      check.equal("abort", vmSubject(vm), told(aborted ?? {}), "canceled");
      const refusal = { code: "invalid-argument", subject: vmSubject(vm) } as const;
      await check.refused("invalid", () => vm.wait({ timeoutMs: -1 }), refusal);
    },
  },
  {
    id: "uvm.wait.many",
    title: "All who wait are told the same end, and those who come later, too",
    why: "hcsshim's notice of the end was for the first who asked",
    boots: true,
    checks: { many: "uvm.wait.many", after: "uvm.wait.after" },
    async run({ fresh, check }) {
      const vm = await fresh.running();
      const waits = Array.from({ length: 10 }, () => vm.wait(LONG));
      await vm.terminate();
      const ends = await Promise.all(waits);
      const words = new Set(ends.map((end) => JSON.stringify(end)));
      check.equal("many", vmSubject(vm), [words.size, ends[0]?.verdict], [1, "exited"]);
      const later = [await vm.wait(LONG), await vm.wait({ timeoutMs: 0 })];
      const same = later.every((end) => words.has(JSON.stringify(end)));
      check.holds("after", vmSubject(vm), same, "the same end", later);
    },
  },
  {
    id: "uvm.wait.kind",
    title: "An end tells whether the guest ended, was ended or died",
    why: "A status of 0 that is read as a clean end after a terminate",
    needs: ["host.exit"],
    checks: { kinds: "uvm.wait.kind" },
    async run({ fresh, check, host }) {
      const kinds = ["graceful", "forced", "unexpected"] as const;
      const seen: unknown[] = [];
      for (const kind of kinds) {
        const vm = await fresh.running();
        await host.exit(vm.id, kind);
        seen.push(at(await vm.wait(LONG), "exit", "kind"));
      }
      check.equal("kinds", "ends", seen, kinds);
    },
  },
  {
    id: "uvm.wait.death",
    title: "A VM that dies ends its waits and what is under way",
    why: "A call to a guest that is gone, with nobody left to answer",
    needs: ["host.exit", "host.hold", "host.release", "host.plantDisk"],
    checks: {
      wait: "uvm.wait.death",
      adding: "uvm.wait.death",
      state: "uvm.wait.death",
      later: "uvm.attach.running",
      list: "uvm.attach.running",
    },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.running();
      const hostPath = await fresh.disk();
      const waiting = vm.wait(LONG);
      await host.hold(vm.id);
      const adding = settled([vm.scsi.add({ hostPath })]);
      await host.exit(vm.id, "unexpected");
      check.equal("wait", vmSubject(vm), at(await waiting, "exit", "kind"), "unexpected");
      const [add] = await adding;
      check.equal("adding", hostPath, told(add ?? {}), "failed-precondition not-running");
      await host.release(vm.id);
      check.equal("state", vmSubject(vm), (await vm.status()).state, "stopped");
      const [later] = await settled([vm.scsi.add({ hostPath })]);
      check.equal("later", hostPath, told(later ?? {}), "failed-precondition not-running");
      check.equal("list", vmSubject(vm), vm.scsi.attached(), []);
    },
  },
  {
    id: "uvm.wait.strange",
    title: "Events that make no sense are no end",
    why: "hcsshim blocked the service's own thread at an event that it did not know",
    needs: ["host.sendEvent", "host.exit"],
    checks: {
      alive: "uvm.wait.strange",
      wait: "uvm.wait.strange",
      end: "uvm.wait.strange",
    },
    async run({ fresh, check, host }) {
      const vm = await fresh.running();
      for (const event of ["unknown", "empty", "malformed"] as const) {
        await host.sendEvent(vm.id, event);
      }
      check.equal("alive", vmSubject(vm), (await vm.status()).state, "running");
      const early = await vm.wait({ timeoutMs: 2000 });
      check.equal("wait", vmSubject(vm), early, { verdict: "timeout" });
      await host.exit(vm.id, "graceful");
      check.equal("end", vmSubject(vm), at(await vm.wait(LONG), "exit", "kind"), "graceful");
    },
  },
  {
    id: "uvm.wait.once",
    title: "An end that is told twice is the first one",
    why: "hcsshim's second notice of a kind had no place, and blocked the service's thread",
    needs: ["host.sendEvent", "host.exit"],
    checks: { same: "uvm.wait.once", close: "uvm.wait.once" },
    async run({ fresh, check, host }) {
      const vm = await fresh.running();
      await host.exit(vm.id, "graceful");
      const first = await vm.wait(LONG);
      await host.sendEvent(vm.id, "repeated-exit");
      check.equal("same", vmSubject(vm), await vm.wait(LONG), first);
      await check.succeeds("close", vmSubject(vm), () => vm.close());
    },
  },
  {
    id: "uvm.wait.lost",
    title: "When the service goes away, all who wait are told so",
    why: "hcsshim dropped this event for months, and callers waited for ever",
    needs: ["host.loseService"],
    checks: { wait: "uvm.wait.lost", call: "uvm.wait.lost", close: "uvm.wait.lost" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.running();
      const waiting = settled([vm.wait(LONG), vm.wait(LONG)]);
      await host.loseService();
      const seen = (await waiting).map(told);
      check.equal("wait", vmSubject(vm), seen, seen.map(() => "unavailable service-lost"));
      const [modify] = await settled([vm.modify({})]);
      check.equal("call", vmSubject(vm), told(modify ?? {}), "unavailable service-lost");
      await check.succeeds("close", vmSubject(vm), () => vm.close());
    },
  },
];
