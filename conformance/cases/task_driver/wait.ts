/**
 * Cases about how tasks end, and about waiting for it.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { ENDS, notFound } from "./refusals.ts";

/** How many wait at once. */
const MANY = 10;

/** Cases about waiting. */
export const TASK_WAIT_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.wait.stop",
    title: "Waits from before and after a stop have the same answer, the later one at once",
    why: "The stop closed the channel of the wait, which ended without any result",
    checks: {
      before: "task.wait.before-stop",
      after: "task.wait.after-stop",
      soon: "task.wait.exited",
      forced: "task.wait.before-stop",
    },
    async run({ driver, fresh, settled, settlesWithin, check }) {
      const { id } = await fresh.task();
      const wait = settled([driver.waitTask(id)]);
      await driver.stopTask(id, { timeoutMs: 0 });
      const [before] = await wait;
      check.equal("before", "error of the wait", before?.error, undefined);
      check.equal("forced", "end", before?.value, ENDS.forced);
      const late = settled([driver.waitTask(id)]);
      const isSoon = await settlesWithin(late, () => driver.inspectTask(id));
      const [after] = await late;
      check.equal("after", "end", after?.value, before?.value);
      check.equal("soon", "whether it was at once", isSoon, true);
    },
  },
  {
    id: "task.wait.many",
    title: "All who wait have the same answer",
    why: "One channel for all: the first one takes the result, the others wait for ever",
    checks: { same: "task.wait.many", late: "task.wait.many" },
    async run({ driver, fresh, settled, check }) {
      const { id } = await fresh.task();
      const waits = Array.from({ length: MANY }, () => driver.waitTask(id));
      const all = settled(waits);
      await driver.stopTask(id, { timeoutMs: 0 });
      const ends = (await all).map(({ value }) => value);
      check.equal("same", "ends", ends, ends.map(() => ENDS.forced));
      check.equal("late", "a late one", await driver.waitTask(id), ENDS.forced);
    },
  },
  {
    id: "task.wait.abort",
    title: "An abort ends one wait alone, and the task runs on",
    why: "The context of a wait was the task's, and ended it",
    checks: {
      code: "task.wait.abort",
      running: "task.wait.abort",
      other: "task.wait.abort",
      later: "task.wait.abort",
    },
    async run({ driver, fresh, settled, check }) {
      const { id } = await fresh.task();
      const stop = new AbortController();
      const other = settled([driver.waitTask(id)]);
      const wait = driver.waitTask(id, { signal: stop.signal });
      const refused = check.refused("code", () => wait, {
        code: "canceled",
        subject: `task:${id}`,
      });
      stop.abort();
      await refused;
      check.equal("running", "state", (await driver.inspectTask(id)).state, "running");
      const later = settled([driver.waitTask(id)]);
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("other", "end for the other one", (await other)[0]?.value, ENDS.forced);
      check.equal("later", "end for a later one", (await later)[0]?.value, ENDS.forced);
    },
  },
  {
    id: "task.wait.missing",
    title: "A wait for a task that there is not is refused at once",
    why: "The error came through the channel, as if the task had ended",
    checks: { refused: "task.wait.missing", soon: "task.wait.missing" },
    async run({ driver, fresh, settlesWithin, check }) {
      await fresh.configured(driver);
      const id = fresh.id();
      const wait = driver.waitTask(id);
      const refused = check.refused("refused", () => wait, notFound(id));
      const isSoon = await settlesWithin(wait, () => driver.inspectTask(id));
      await refused;
      check.equal("soon", "whether it was at once", isSoon, true);
    },
  },
  {
    id: "task.wait.destroyed",
    title: "A wait ends when its task is destroyed",
    why: "Nobody told the waits: they hung for ever",
    checks: { ends: "task.wait.destroyed", after: "task.destroy.forgotten" },
    async run({ driver, fresh, settled, check }) {
      const { id } = await fresh.task();
      const wait = settled([driver.waitTask(id)]);
      await driver.destroyTask(id, { force: true });
      const [{ value, error } = {}] = await wait;
      if (error === undefined) check.equal("ends", "end", value, ENDS.forced);
      else await check.refused("ends", () => Promise.reject(error), notFound(id));
      await check.refused("after", () => driver.waitTask(id), notFound(id));
    },
  },
  {
    id: "task.wait.clean",
    title: "A guest that switches itself off ends its task well",
    why: "Every end was an error",
    needs: ["host.turnOff"],
    checks: { end: "task.wait.clean", state: "task.wait.clean" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.task();
      const wait = driver.waitTask(id);
      await host.turnOff(machine);
      // Nothing else is asked of the driver meanwhile: it notices by itself.
      check.equal("end", "end", await wait, ENDS.clean);
      check.equal("state", "state", (await driver.inspectTask(id)).state, "exited");
    },
  },
  {
    id: "task.wait.killed",
    title: "A machine that was killed is no success",
    why: "Only the state was read, and off is off: a killed hypervisor was a success",
    needs: ["host.killProcess"],
    checks: { failed: "task.wait.killed", text: "task.wait.killed", memory: "task.wait.killed" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.task();
      const wait = driver.waitTask(id);
      await host.killProcess(machine);
      const { exitCode, signal, oomKilled, error = "" } = await wait;
      const failed = exitCode !== 0 || signal !== 0;
      check.holds("failed", "code and signal", failed, "one that is not 0", [exitCode, signal]);
      check.holds("text", "error", error !== "", "it says why", error);
      check.equal("memory", "whether memory was the reason", oomKilled, false);
    },
  },
  {
    id: "task.wait.memory",
    title: "A machine that the host had no memory for says so",
    why: "Whoever is told of a crash looks for a bug in the guest",
    needs: ["host.killForMemory"],
    checks: { memory: "task.wait.memory" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.task();
      const wait = driver.waitTask(id);
      await host.killForMemory(machine);
      check.equal("memory", "whether memory was the reason", (await wait).oomKilled, true);
    },
  },
  {
    id: "task.wait.vanished",
    title: "A machine that was removed ends its task with an error",
    why: "The query failed for ever, and the task ran for ever",
    needs: ["host.vanish"],
    checks: { error: "task.wait.vanished", state: "task.wait.vanished" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.task();
      const wait = driver.waitTask(id);
      await host.vanish(machine);
      const { error = "" } = await wait;
      check.holds("error", "error", error !== "", "it says why", error);
      check.equal("state", "state", (await driver.inspectTask(id)).state, "exited");
    },
  },
  {
    id: "task.wait.paused",
    title: "A machine that is paused has not ended",
    why: "A paused machine was an unexpected state, and so the end of its task",
    needs: ["host.pause", "host.resume"],
    checks: {
      paused: "task.wait.paused",
      resumed: "task.wait.paused",
      end: "task.wait.paused",
    },
    async run({ driver, fresh, host, settled, check }) {
      const { id, machine } = await fresh.task();
      const wait = settled([driver.waitTask(id)]);
      await host.pause(machine);
      check.equal("paused", "state", (await driver.inspectTask(id)).state, "running");
      await host.resume(machine);
      check.equal("resumed", "state", (await driver.inspectTask(id)).state, "running");
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("end", "end", (await wait)[0]?.value, ENDS.forced);
    },
  },
  {
    id: "task.wait.daemon",
    title: "A restart of the hypervisor's daemon ends neither a task nor its wait",
    why: "The old connection was used for ever, until the agent restarted, too",
    needs: ["host.restartDaemon"],
    checks: {
      state: "task.wait.daemon",
      starts: "task.wait.daemon",
      end: "task.wait.daemon",
    },
    async run({ driver, fresh, host, settled, check }) {
      const { id } = await fresh.task();
      const wait = settled([driver.waitTask(id)]);
      await host.restartDaemon();
      check.equal("state", "state", (await driver.inspectTask(id)).state, "running");
      const spec = await fresh.spec();
      await check.succeeds("starts", "startTask", () => driver.startTask(spec));
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("end", "end", (await wait)[0]?.value, ENDS.forced);
    },
  },
  {
    id: "task.wait.reboot",
    title: "A guest that restarts has not ended",
    why: "Every restart of a guest lost its machine and its disk",
    needs: ["host.restartGuest", "task.address"],
    boots: true,
    checks: { state: "task.wait.reboot", machine: "task.wait.reboot" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.guest();
      await host.restartGuest(machine);
      check.equal("state", "state", (await driver.inspectTask(id)).state, "running");
      check.equal("machine", "machine", await fresh.machineOf(driver, id), machine);
    },
  },
];
