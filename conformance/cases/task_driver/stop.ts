/**
 * Cases about stopping tasks.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { ENDS, notFound, refusal } from "./refusals.ts";

/** How much longer than its timeout a stop may take: switching off, and one slow look. */
const GRACE_MS = 15_000;
/** What a guest that obeys is given: emulated processors are slow. */
const LONG_MS = 120_000;

/** Cases about stopping. */
export const TASK_STOP_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.stop.kept",
    title: "A stopped task has ended, and is kept with all that belongs to it",
    why: "Cleaning up at the stop takes away what the agent still asks for",
    needs: ["host"],
    checks: {
      state: "task.stop.kept",
      inventory: "task.stop.kept",
      again: "task.stop.exited",
      end: "task.stop.exited",
    },
    async run({ driver, fresh, host, check }) {
      const { id } = await fresh.task();
      // What there is of a machine only while it runs, goes.
      const kept = async (): Promise<string[]> =>
        (await host.inventory()).filter((entry) => /^(?:machine|disk):/.test(entry));
      const before = await kept();
      await driver.stopTask(id, { timeoutMs: 0 });
      const { state, exit } = await driver.inspectTask(id);
      check.equal("state", "state", state, "exited");
      check.equal("inventory", "machines and disks", await kept(), before);
      await check.succeeds("again", "stopTask", () => driver.stopTask(id, { timeoutMs: 1_000 }));
      check.equal("end", "end", (await driver.inspectTask(id)).exit, exit);
    },
  },
  {
    id: "task.stop.graceful",
    title: "A guest that obeys ends by itself, long before its time is over",
    why: "What was called graceful cut the power, and nobody looked into the guest",
    needs: ["task.graceful-stop", "task.address"],
    boots: true,
    checks: { end: "task.stop.graceful", early: "task.stop.early" },
    async run({ driver, fresh, clock, check }) {
      const { id } = await fresh.guest();
      const begun = clock.now();
      await driver.stopTask(id, { timeoutMs: LONG_MS });
      const took = clock.now() - begun;
      check.equal("end", "end", await driver.waitTask(id), ENDS.clean);
      check.holds("early", "milliseconds", took < LONG_MS / 2, `less than ${LONG_MS / 2}`, took);
    },
  },
  {
    id: "task.stop.forced",
    title: "A guest that does not obey is switched off when its time is over",
    why: "The timeout was ignored, in both directions",
    checks: {
      "not-before": "task.stop.forced",
      "not-long-after": "task.stop.forced",
      end: "task.stop.forced",
    },
    async run({ driver, fresh, clock, check }) {
      const { id } = await fresh.task();
      const timeoutMs = 3_000;
      const begun = clock.now();
      await driver.stopTask(id, { timeoutMs });
      const took = clock.now() - begun;
      // A timer may fire a moment early by the clock that it is measured with.
      check.holds(
        "not-before",
        "milliseconds",
        took >= timeoutMs - 5,
        `at least ${timeoutMs}`,
        took,
      );
      const most = timeoutMs + GRACE_MS;
      check.holds("not-long-after", "milliseconds", took <= most, `at most ${most}`, took);
      check.equal("end", "end", await driver.waitTask(id), ENDS.forced);
    },
  },
  {
    id: "task.stop.zero",
    title: "A timeout of 0 switches off at once, and what is no timeout is refused",
    why: "0 was taken for the default, or for no timeout at all",
    checks: {
      soon: "task.stop.zero",
      state: "task.stop.zero",
      negative: "task.stop.invalid",
      endless: "task.stop.invalid",
      nonsense: "task.stop.invalid",
    },
    async run({ driver, fresh, clock, check }) {
      const { id } = await fresh.task();
      const bad = { negative: -1, endless: Infinity, nonsense: NaN };
      for (const [which, timeoutMs] of Object.entries(bad)) {
        const stop = (): Promise<void> => driver.stopTask(id, { timeoutMs });
        await check.refused(which, stop, refusal("invalid-argument", id));
      }
      const begun = clock.now();
      await driver.stopTask(id, { timeoutMs: 0 });
      const took = clock.now() - begun;
      check.holds("soon", "milliseconds", took <= GRACE_MS / 2, `at most ${GRACE_MS / 2}`, took);
      check.equal("state", "state", (await driver.inspectTask(id)).state, "exited");
    },
  },
  {
    id: "task.stop.signal",
    title: "A job that wants SIGKILL waits for no guest",
    why: "The signal was dropped on the way, and with it what the job's author wanted",
    checks: { soon: "task.stop.signal", end: "task.stop.signal" },
    async run({ driver, fresh, clock, check }) {
      const { id } = await fresh.task();
      const begun = clock.now();
      await driver.stopTask(id, { timeoutMs: LONG_MS, signalName: "SIGKILL" });
      const took = clock.now() - begun;
      check.holds("soon", "milliseconds", took <= GRACE_MS, `at most ${GRACE_MS}`, took);
      check.equal("end", "end", await driver.waitTask(id), ENDS.forced);
    },
  },
  {
    id: "task.stop.missing",
    title: "Stopping a task that there is not is refused",
    why: "Success is believed, and what runs runs on",
    checks: { refused: "task.stop.missing" },
    async run({ driver, fresh, check }) {
      await fresh.configured(driver);
      const id = fresh.id();
      const stop = (): Promise<void> => driver.stopTask(id, { timeoutMs: 1_000 });
      await check.refused("refused", stop, notFound(id));
    },
  },
  {
    id: "task.stop.concurrent",
    title: "Several stops of one task all succeed",
    why: "The second one met a machine that was off, which was an error: five tries, six minutes",
    checks: { errors: "task.stop.concurrent", state: "task.stop.concurrent" },
    async run({ driver, fresh, settled, check }) {
      const { id } = await fresh.task();
      const stops = [0, 1_000, 0, 2_000, 500]
        .map((timeoutMs) => driver.stopTask(id, { timeoutMs }));
      const errors = (await settled(stops))
        .flatMap(({ error }) => error === undefined ? [] : [String(error)]);
      check.equal("errors", "errors", errors, []);
      check.equal("state", "state", (await driver.inspectTask(id)).state, "exited");
    },
  },
  {
    id: "task.stop.dead",
    title: "Stopping a task that has ended unseen succeeds",
    why: "Agents try five times to stop what is off already",
    needs: ["host.turnOff"],
    checks: { stops: "task.stop.exited", end: "task.stop.exited" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.task();
      await host.turnOff(machine);
      await check.succeeds("stops", "stopTask", () => driver.stopTask(id, { timeoutMs: 1_000 }));
      check.equal("end", "end", await driver.waitTask(id), ENDS.clean);
    },
  },
];
