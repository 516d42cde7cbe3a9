/**
 * Cases about starting and terminating utility VMs.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { at, LONG, told, vmSubject } from "./words.ts";

/** The cases. */
export const UVM_LIFE_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.start",
    title: "A VM that was started runs, and is not started twice",
    why: "A start that returns when the service took the request, and one that boots a second time",
    boots: true,
    checks: {
      running: "uvm.start.running",
      again: "uvm.start.again",
      still: "uvm.start.again",
      list: "uvm.list",
    },
    async run({ fresh, check, vms }) {
      const vm = await fresh.running();
      check.equal("running", vmSubject(vm), (await vm.status()).state, "running");
      const refusal = {
        code: "failed-precondition",
        subject: vmSubject(vm),
        reason: "already-started",
      } as const;
      await check.refused("again", () => vm.start(), refusal);
      check.equal("still", vmSubject(vm), (await vm.status()).state, "running");
      check.equal("list", "the list", await vms.list(), [{ id: vm.id, state: "running" }]);
    },
  },
  {
    id: "uvm.start.race",
    title: "Of two starts at once one starts it",
    why: "A check and an act with a wait between them",
    boots: true,
    checks: { one: "uvm.start.again", running: "uvm.start.running" },
    async run({ fresh, check, settled }) {
      const vm = await fresh.created();
      const seen = (await settled([vm.start(), vm.start()])).map(told).sort();
      check.equal("one", vmSubject(vm), seen, ["failed-precondition already-started", "success"]);
      check.equal("running", vmSubject(vm), (await vm.status()).state, "running");
    },
  },
  {
    id: "uvm.start.exit",
    title: "A VM that ends while it is started fails the start and not the wait",
    why: "hcsshim's start took the only notice of the end, and the wait after it never came back",
    needs: ["host.hold", "host.release", "host.exit"],
    checks: { start: "uvm.start.exit", wait: "uvm.start.exit" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.created();
      await host.hold(vm.id);
      const starting = settled([vm.start()]);
      await host.exit(vm.id, "unexpected");
      const [start] = await starting;
      check.equal("start", vmSubject(vm), told(start ?? {}), "aborted exited");
      const result = await vm.wait(LONG);
      const kind = at(result, "exit", "kind");
      check.equal("wait", vmSubject(vm), [result.verdict, kind], ["exited", "unexpected"]);
      await host.release(vm.id);
    },
  },
  {
    id: "uvm.start.refused",
    title: "A start that the host refuses can be made again, or the VM ended",
    why: "A listener for the guest's log that stays open, and a handle that nobody closes",
    needs: ["host.refuse", "host.census"],
    checks: {
      refused: "uvm.start.failed",
      raw: "uvm.error.raw",
      again: "uvm.start.failed",
      held: "uvm.start.failed",
    },
    async run({ fresh, check, host, settled }) {
      const before = await host.census();
      const vm = await fresh.created();
      await host.refuse(vm.id, "start", { code: "0x8007000E" });
      const [result] = await settled([vm.start()]);
      check.equal("refused", vmSubject(vm), told(result ?? {}), "resource-exhausted memory");
      check.equal("raw", vmSubject(vm), at(result?.error, "backend", "code"), "0x8007000E");
      await check.succeeds("again", vmSubject(vm), () => vm.start());
      await vm.close();
      check.equal("held", "what is held", await host.census(), before);
    },
  },
  {
    id: "uvm.start.abort",
    title: "A start that is aborted leaves a VM that ends",
    why: "A clean-up that is cut short by the same signal, and a VM that runs on for nobody",
    needs: ["host.hold", "host.release"],
    checks: { canceled: "uvm.error.canceled", ends: "uvm.start.abort" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.created();
      await host.hold(vm.id);
      const abort = new AbortController();
      const starting = settled([vm.start({ signal: abort.signal })]);
      abort.abort();
      await host.release(vm.id);
      const [start] = await starting;
      check.equal("canceled", vmSubject(vm), told(start ?? {}), "canceled");
      check.equal("ends", vmSubject(vm), (await vm.wait(LONG)).verdict, "exited");
    },
  },
  {
    id: "uvm.start.unanswered",
    title: "A start that is never answered is told as late, and the VM ends",
    why:
      "hcsshim closed handles under a call that was still running, and the service's library crashed",
    needs: ["host.hold", "host.release"],
    checks: { late: "uvm.error.timeout", ends: "uvm.start.abort", harmless: "uvm.error.timeout" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.created();
      await host.hold(vm.id);
      const [start] = await settled([vm.start()]);
      check.equal("late", vmSubject(vm), told(start ?? {}).split(" ")[0], "deadline-exceeded");
      await host.release(vm.id);
      check.equal("ends", vmSubject(vm), (await vm.wait(LONG)).verdict, "exited");
      await check.succeeds("harmless", vmSubject(vm), () => vm.close());
    },
  },
  {
    id: "uvm.terminate",
    title: "A terminate is accepted at once, and told by the wait",
    why: "hcsshim answers the service's pending as an error, and an ended VM as another one",
    boots: true,
    checks: {
      accepted: "uvm.terminate.accepted",
      ended: "uvm.terminate.accepted",
      kind: "uvm.wait.kind",
      again: "uvm.terminate.again",
      stopped: "uvm.status",
    },
    async run({ fresh, check }) {
      const vm = await fresh.running();
      await check.answers("accepted", vmSubject(vm), () => vm.terminate(), { changed: true });
      const result = await vm.wait(LONG);
      check.equal("ended", vmSubject(vm), result.verdict, "exited");
      check.equal("kind", vmSubject(vm), at(result, "exit", "kind"), "forced");
      await check.answers("again", vmSubject(vm), () => vm.terminate(), { changed: false });
      check.equal("stopped", vmSubject(vm), (await vm.status()).state, "stopped");
    },
  },
  {
    id: "uvm.terminate.pending",
    title: "A terminate that the service calls pending is a success",
    why: "hcsshim's callers had to ask IsPending of an error",
    needs: ["host.refuse"],
    checks: { accepted: "uvm.terminate.accepted" },
    async run({ fresh, check, host }) {
      const vm = await fresh.running();
      await host.refuse(vm.id, "terminate", { code: "0xC0370117" });
      await check.succeeds("accepted", vmSubject(vm), () => vm.terminate());
    },
  },
  {
    id: "uvm.terminate.created",
    title: "A VM that was never started can be terminated",
    why: "Book-keeping that begins with the start",
    checks: { accepted: "uvm.terminate.created", ended: "uvm.terminate.created" },
    async run({ fresh, check }) {
      const vm = await fresh.created();
      await check.answers("accepted", vmSubject(vm), () => vm.terminate(), { changed: true });
      check.equal("ended", vmSubject(vm), (await vm.wait(LONG)).verdict, "exited");
    },
  },
  {
    id: "uvm.terminate.race",
    title: "Of several terminates at once each one succeeds",
    why: "The second one meets 0x80370110, which is no failure",
    boots: true,
    checks: { all: "uvm.terminate.race", ended: "uvm.terminate.race" },
    async run({ fresh, check, settled }) {
      const vm = await fresh.running();
      const calls = Array.from({ length: 5 }, () => vm.terminate());
      const seen = (await settled(calls)).map(told);
      check.equal("all", vmSubject(vm), seen, seen.map(() => "success"));
      check.equal("ended", vmSubject(vm), (await vm.wait(LONG)).verdict, "exited");
    },
  },
];
