/**
 * Cases about hypervisors that fail, or do not answer.
 *
 * @module
 */

import { isDriverError, type TaskSpec } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { notFound } from "./refusals.ts";
import { added, MOST_CALLS } from "./sweep.ts";

/** What a call may take at most although the hypervisor does not answer: some deadlines of half a minute. */
const BOUND_MS = 180_000;

/** Whether the agent may try again; undefined for what is no error of the contract. */
function retryable(error: unknown): boolean | undefined {
  return isDriverError(error) ? error.retryable : undefined;
}

/** Cases about faults. */
export const TASK_FAULT_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.start.rollback",
    title: "A start that fails at any step leaves nothing, and not the id either",
    why:
      "The network failed, the start with it, and the machine ran on: agents never stop such a task",
    needs: ["faults", "host"],
    checks: {
      contract: "task.start.rollback",
      inventory: "task.start.rollback",
      unknown: "task.start.failed-id",
      again: "task.start.failed-id",
    },
    async run({ driver, fresh, faults, host, settled, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const before = await host.inventory();
      const odd: string[] = [];
      const left: string[] = [];
      let known = 0;
      for (let call = 1; call <= MOST_CALLS; call++) {
        const plan = { kind: "error", among: "changes", call } as const;
        const { error, met } = await faults.during(plan, () => driver.startTask(spec));
        if (met === 0) break;
        if (error === undefined) {
          await driver.destroyTask(spec.id, { force: true });
          continue;
        }
        if (!isDriverError(error)) odd.push(String(error));
        left.push(...added(await host.inventory(), { before, call }));
        const [inspected] = await settled([driver.inspectTask(spec.id)]);
        if (inspected?.error === undefined) known++;
      }
      check.equal("contract", "errors of no contract", odd, []);
      check.equal("inventory", "what is left, by the call that failed", left, []);
      check.equal("unknown", "how many failed starts left a task", known, 0);
      const runs = async (): Promise<string> => (await driver.inspectTask(spec.id)).state;
      check.equal("again", "the last start, without a fault", await runs(), "running");
    },
  },
  {
    id: "task.destroy.half",
    title: "What is left of a start whose hypervisor went away can be removed",
    why: "The driver could not take back what it had made, and nobody else knew of it",
    needs: ["faults", "host"],
    checks: { inventory: "task.destroy.orphan", again: "task.destroy.orphan" },
    async run({ driver, fresh, faults, host, settled, successor, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const spec = await fresh.spec();
      const left: string[] = [];
      for (let call = 1; call <= MOST_CALLS; call++) {
        const dying = await successor();
        const plan = { kind: "disconnect", among: "changes", call, times: Infinity } as const;
        const { met } = await faults.during(plan, () => dying.startTask(spec));
        await dying[Symbol.asyncDispose]();
        await settled([driver.destroyTask(spec.id, { force: true })]);
        left.push(...added(await host.inventory(), { before, call }));
        if (met === 0) break;
      }
      check.equal("inventory", "what is left, by the call from which nothing worked", left, []);
      await check.succeeds("again", "startTask", () => driver.startTask(spec));
    },
  },
  {
    id: "task.start.no-space",
    title: "A host without room for a disk is told as such, and left as it was",
    why: "An error without a name, and half a disk that took the rest of the room",
    needs: ["faults", "host"],
    checks: { code: "task.start.no-space", inventory: "task.start.no-space" },
    async run({ driver, fresh, faults, host, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const before = await host.inventory();
      const plan = { kind: "error", situation: "disk-full", among: "changes", call: 1 } as const;
      const { error } = await faults.during(plan, () => driver.startTask(spec));
      const code = isDriverError(error) ? error.code : String(error);
      check.equal("code", "code", code, "resource-exhausted");
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.start.recoverable",
    title: "An error says whether another try may succeed",
    why: "The flag got lost on the way, and every mistake in a job was tried again for ever",
    needs: ["faults"],
    checks: { down: "task.start.recoverable", bad: "task.start.recoverable" },
    async run({ driver, fresh, faults, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const start = (one: TaskSpec) => (): Promise<unknown> => driver.startTask(one);
      const down = await faults.during(
        { kind: "disconnect", call: 1, times: Infinity },
        start(spec),
      );
      check.equal("down", "retryable", retryable(down.error), true);
      const bad = await faults.during(
        { kind: "error", call: 1_000 },
        start({ ...spec, config: { image: 7 } }),
      );
      check.equal("bad", "retryable", retryable(bad.error), false);
    },
  },
  {
    id: "task.start.canceled",
    title: "An abort ends a start at any step, and leaves nothing",
    why: "A start that goes on unheard makes a machine that nobody knows",
    needs: ["faults", "host"],
    checks: { code: "task.start.canceled", inventory: "task.start.canceled" },
    async run({ driver, fresh, faults, host, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const before = await host.inventory();
      const codes = new Set<string>();
      const left: string[] = [];
      for (let call = 1; call <= MOST_CALLS; call++) {
        const stop = new AbortController();
        const plan = {
          kind: "late-reply",
          among: "changes",
          call,
          onMet: () => stop.abort(),
        } as const;
        const start = (): Promise<unknown> => driver.startTask(spec, { signal: stop.signal });
        const { error, met } = await faults.during(plan, start);
        if (met === 0) break;
        if (error === undefined) await driver.destroyTask(spec.id, { force: true });
        else codes.add(isDriverError(error) ? error.code : String(error));
        left.push(...added(await host.inventory(), { before, call }));
      }
      check.equal("code", "codes", [...codes], ["canceled"]);
      check.equal("inventory", "what is left, by the call at which it was aborted", left, []);
    },
  },
  {
    id: "task.wait.transient",
    title: "A hypervisor that does not answer for a moment does not end a wait",
    why: "An error of one query was taken for the end of the task",
    needs: ["faults", "host.turnOff"],
    checks: { running: "task.wait.transient", end: "task.wait.transient" },
    async run({ driver, fresh, faults, host, check }) {
      const { id, machine } = await fresh.task();
      const wait = driver.waitTask(id);
      faults.plan({ kind: "disconnect", call: 1, times: 3 });
      await driver.inspectTask(id);
      await driver.inspectTask(id);
      await driver.inspectTask(id);
      await driver.inspectTask(id);
      faults.clear();
      check.equal("running", "state", (await driver.inspectTask(id)).state, "running");
      await host.turnOff(machine);
      check.equal("end", "exit code", (await wait).exitCode, 0);
    },
  },
  {
    id: "task.stop.bounded",
    title: "A stop ends although the hypervisor does not answer",
    why: "A stop that hangs blocks the end of a job for ever: agents set no deadline",
    needs: ["faults"],
    checks: { ends: "task.stop.bounded", known: "task.stop.bounded" },
    async run({ driver, fresh, faults, clock, check }) {
      const { id } = await fresh.task();
      const begun = clock.now();
      const stop = (): Promise<void> => driver.stopTask(id, { timeoutMs: 1_000 });
      await faults.during({ kind: "timeout", call: 1, times: Infinity }, stop);
      const took = clock.now() - begun;
      check.holds("ends", "milliseconds", took <= BOUND_MS, `at most ${BOUND_MS}`, took);
      const { state } = await driver.inspectTask(id);
      check.holds("known", "state", state !== "unknown", "the task is still known", state);
    },
  },
  {
    id: "task.recover.bounded",
    title: "Taking a task over ends although the hypervisor does not answer",
    why: "A hypervisor that hung kept whole agents from starting",
    needs: ["faults"],
    checks: { ends: "task.recover.bounded", later: "task.recover.bounded" },
    async run({ driver, fresh, faults, clock, stored, successor, check }) {
      const { id, handle } = await fresh.task();
      const other = await successor();
      const begun = clock.now();
      const recover = (): Promise<void> => other.recoverTask(stored(handle));
      await faults.during({ kind: "timeout", call: 1, times: Infinity }, recover);
      const took = clock.now() - begun;
      check.holds("ends", "milliseconds", took <= BOUND_MS, `at most ${BOUND_MS}`, took);
      await check.succeeds("later", "recoverTask", recover);
      await driver.inspectTask(id);
    },
  },
  {
    id: "task.destroy.partial",
    title: "A destroy that fails keeps the task, and another one finishes it",
    why: "What the first try had removed already was an error for every other one",
    needs: ["faults", "host"],
    checks: {
      kept: "task.destroy.partial",
      finished: "task.destroy.partial",
      inventory: "task.destroy.partial",
    },
    async run({ driver, fresh, faults, host, settled, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const lost: number[] = [];
      const stuck: string[] = [];
      for (let call = 1; call <= MOST_CALLS; call++) {
        const { id } = await fresh.task();
        const destroy = (): Promise<void> => driver.destroyTask(id, { force: true });
        const plan = { kind: "error", among: "changes", call } as const;
        const { error, met } = await faults.during(plan, destroy);
        if (error !== undefined) {
          const [inspected] = await settled([driver.inspectTask(id)]);
          if (inspected?.error !== undefined) lost.push(call);
          const [late] = await settled([destroy()]);
          if (late?.error !== undefined) stuck.push(`${call}: ${late.error}`);
        }
        if (met === 0) break;
      }
      check.equal("kept", "calls after whose failure the task was lost", lost, []);
      check.equal("finished", "calls after whose failure it could not be finished", stuck, []);
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.fault.unknown",
    title: "A task of which nobody can tell is unknown, and not gone",
    why: "A query that failed was told as not found, and the agent destroyed what ran",
    needs: ["faults"],
    checks: { state: "task.inspect.live", missing: "task.inspect.live" },
    async run({ driver, fresh, faults, check }) {
      const { id } = await fresh.task();
      faults.plan({ kind: "disconnect", call: 1, times: Infinity });
      const { state } = await driver.inspectTask(id);
      faults.clear();
      check.equal("state", "state", state, "unknown");
      const missing = fresh.id();
      await check.refused("missing", () => driver.inspectTask(missing), notFound(missing));
    },
  },
];
