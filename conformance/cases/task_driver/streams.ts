/**
 * Cases about what tasks use, and about events.
 *
 * @module
 */

import type { TaskEvent } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { notFound, refusal } from "./refusals.ts";

const MIB = 1024 * 1024;
/** How far from the interval the samples may come on average. */
const SLACK = 0.25;
/** The interval that is measured. */
const INTERVAL_MS = 1_000;

/** Keeps a processor of a guest busy for some seconds, and does not wait for that. */
const BUSY = "timeout 3 dd if=/dev/zero of=/dev/null >/dev/null 2>&1 &";
/** How many measurements are read: as many again after that as before. */
const READ = 8;
/** The most that a guest without work uses of what one with work does. */
const IDLE = 0.25;

/** Cases about what tasks use. */
export const TASK_STATS_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.stats.interval",
    title: "Measurements come once per interval, in bytes, and at most what the machine has",
    why: "KiB in a field for bytes, and a list of what is measured that was empty",
    needs: ["task.stats"],
    checks: {
      order: "task.stats.interval",
      pace: "task.stats.interval",
      measured: "task.stats.bytes",
      bytes: "task.stats.bytes",
    },
    async run({ driver, fresh, read, check }) {
      const { id } = await fresh.task({ resources: { memoryMiB: 256 } });
      const stop = new AbortController();
      const stream = await driver.taskStats(id, { intervalMs: INTERVAL_MS, signal: stop.signal });
      const samples = await read(stream, 4);
      stop.abort();
      const times = samples.map(({ timestamp }) => timestamp);
      const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      check.holds("order", "steps", steps.every((step) => step > 0), "each above 0", steps);
      // Together: on a busy host one comes late, and the next one in time again.
      const mean = ((times[3] ?? Infinity) - (times[0] ?? 0)) / 3;
      const right = Math.abs(mean - INTERVAL_MS) <= INTERVAL_MS * SLACK;
      const pace = `3 of ${INTERVAL_MS} on average, give or take a quarter`;
      check.holds("pace", "steps", right, pace, steps);
      const memory = samples.flatMap((sample) => Object.values(sample.memory));
      check.holds("measured", "memory", memory.length > 0, "something is measured", samples[0]);
      const most = 256 * MIB * 2;
      // These are never small; the others may be nothing.
      const large = samples.flatMap((
        { memory: { rss, usage, maxUsage } },
      ) => [rss, usage, maxUsage]);
      const plausible = memory.every((bytes) => bytes >= 0 && bytes <= most) &&
        large.every((bytes = MIB) => bytes >= MIB) && Math.max(...memory) >= MIB;
      check.holds("bytes", "memory", plausible, `from ${MIB} to ${most}`, samples[0]?.memory);
    },
  },
  {
    id: "task.stats.percent",
    title: "A guest that had much to do, and has nothing more to do, is measured as idle",
    why: "The processors' time since the start, told as what they do now",
    boots: true,
    needs: ["task.stats", "task.address", "host.run"],
    checks: { measured: "task.stats.percent", idle: "task.stats.percent" },
    async run({ driver, fresh, host, read, check }) {
      const { id, machine } = await fresh.guest();
      await host.run(machine, ["sh", "-c", BUSY]);
      const stop = new AbortController();
      const stream = await driver.taskStats(id, { intervalMs: INTERVAL_MS, signal: stop.signal });
      const samples = await read(stream, READ);
      stop.abort();
      const percents = samples.flatMap(({ cpu: { percent } }) => percent ?? []);
      const most = Math.max(0, ...percents);
      check.holds("measured", "processors", most > 0, "something is measured", samples[0]?.cpu);
      const last = percents.at(-1) ?? Infinity;
      const expected = `in the end at most ${IDLE} of the most`;
      check.holds("idle", "percent of a core", last <= most * IDLE, expected, percents);
    },
  },
  {
    id: "task.stats.invalid",
    title: "What is no interval is refused, and so is a task that there is not",
    why: "A ticker of 0 ended the plugin, with all its tasks",
    needs: ["task.stats"],
    checks: {
      zero: "task.stats.invalid",
      negative: "task.stats.invalid",
      nonsense: "task.stats.invalid",
      missing: "task.stats.missing",
      destroyed: "task.stats.missing",
    },
    async run({ driver, fresh, check }) {
      const { id } = await fresh.task();
      const { signal } = new AbortController();
      const stats = (task: string, intervalMs: number) => (): Promise<unknown> =>
        driver.taskStats(task, { intervalMs, signal });
      await check.refused("zero", stats(id, 0), refusal("invalid-argument", id));
      await check.refused("negative", stats(id, -1), refusal("invalid-argument", id));
      await check.refused("nonsense", stats(id, NaN), refusal("invalid-argument", id));
      const missing = fresh.id();
      await check.refused("missing", stats(missing, 1_000), notFound(missing));
      await driver.destroyTask(id, { force: true });
      await check.refused("destroyed", stats(id, 1_000), notFound(id));
    },
  },
  {
    id: "task.stats.ends",
    title: "An abort ends one stream, and the end of the task the others",
    why: "Agents open an ended stream again and again, for ever",
    needs: ["task.stats"],
    checks: {
      abort: "task.stats.abort",
      two: "task.stats.two",
      exit: "task.stats.exit",
    },
    async run({ driver, fresh, read, settled, check }) {
      const { id } = await fresh.task();
      const [stop, stay] = [new AbortController(), new AbortController()];
      const fast = await driver.taskStats(id, { intervalMs: 200, signal: stop.signal });
      const slow = await driver.taskStats(id, { intervalMs: 1_000, signal: stay.signal });
      const aborted = fast[Symbol.asyncIterator]();
      await aborted.next();
      const next = settled([aborted.next()]);
      stop.abort();
      const [{ value, error } = {}] = await next;
      const after = error === undefined ? await settled([aborted.next()]) : [];
      const ended = value?.done === true || after[0]?.value?.done === true;
      check.holds("abort", "stream", ended, "it has ended", error ?? value);
      const rest = settled([read(slow, Infinity)]);
      await driver.stopTask(id, { timeoutMs: 2_500 });
      const [{ value: seen, error: thrown } = {}] = await rest;
      check.equal("exit", "error of the other stream", thrown, undefined);
      const count = seen?.length ?? 0;
      check.holds("two", "samples of the other stream", count >= 2 && count <= 4, "2 to 4", count);
    },
  },
];

/** Cases about events. */
export const TASK_EVENT_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.events.all",
    title: "Every reader hears of every task",
    why: "One channel for all: each event reaches one reader alone",
    needs: ["task.events"],
    checks: {
      tasks: "task.events.all",
      words: "task.events.all",
      when: "task.events.all",
      second: "task.events.all",
      abort: "task.events.abort",
    },
    async run({ driver, fresh, clock, read, settled, check }) {
      await fresh.configured(driver);
      const stop = new AbortController();
      const { signal } = stop;
      const begun = clock.now();
      const streams = [await driver.taskEvents({ signal }), await driver.taskEvents({ signal })];
      const heard = settled(streams.map((stream) => read(stream, 2)));
      const idle = settled([read(await driver.taskEvents({ signal }), Infinity)]);
      const a = await fresh.task();
      const b = await fresh.task();
      const [one, two] = await heard;
      const tasks = (one?.value ?? []).map(({ taskId }) => taskId);
      check.equal("tasks", "tasks", tasks, [a.id, b.id]);
      const words = ({ allocId, taskName }: Partial<TaskEvent>) => ({ allocId, taskName });
      const { allocId, name: taskName } = a.spec;
      check.equal("words", "the first event", words(one?.value?.[0] ?? {}), { allocId, taskName });
      const times = (one?.value ?? []).map(({ timestamp }) => timestamp);
      const ended = clock.now();
      const isThen = times.length > 0 &&
        times.every((time) => time >= begun - 5 && time <= ended + 5);
      check.holds("when", "times", isThen, `from ${begun} to ${ended}, more or less`, times);
      check.equal("second", "what the other one heard", two?.value, one?.value);
      stop.abort();
      const [idled] = await idle;
      check.equal("abort", "error of a stream", idled?.error, undefined);
    },
  },
  {
    id: "task.events.slow",
    title: "A reader that does not read holds up nobody",
    why: "Events go to the readers one after the other, and the first one does not read",
    needs: ["task.events"],
    checks: { soon: "task.events.slow", heard: "task.events.slow" },
    async run({ driver, fresh, read, settlesWithin, check }) {
      await fresh.configured(driver);
      const stop = new AbortController();
      const { signal } = stop;
      await driver.taskEvents({ signal });
      const heard = read(await driver.taskEvents({ signal }), 1);
      const { id } = await fresh.task();
      const isSoon = await settlesWithin(heard, () => driver.inspectTask(id));
      const [event] = await heard;
      stop.abort();
      check.equal("heard", "task", event?.taskId, id);
      check.equal("soon", "whether it was at once", isSoon, true);
    },
  },
];
