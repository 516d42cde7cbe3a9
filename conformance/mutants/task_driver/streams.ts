/**
 * Mutants of what tasks use, and of events.
 *
 * @module
 */

import type { TaskEvent, TaskResourceUsage } from "../../../drivers/contract/mod.ts";
import { codeOf } from "../mutant.ts";
import { onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

async function* none(): AsyncGenerator<never> {}

/** The same stream, which fails where it should end. */
async function* failing<T>(stream: AsyncIterable<T>, when: () => boolean): AsyncGenerator<T> {
  yield* stream;
  if (when()) throw taskError("unavailable", "");
}

/** A sample with one figure in another unit. */
function inKib(
  { memory: { usage = 0, ...memory }, ...others }: TaskResourceUsage,
): TaskResourceUsage {
  return { ...others, memory: { ...memory, usage: usage / 1024 } };
}

/** The mutants of what tasks use. */
export const TASK_STATS_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-stats-have-an-interval-of-their-own",
    breaks: "task.stats.interval",
    why: "The interval is a field that all streams share",
    mutate: onTasks((driver) => ({
      taskStats: (id, options) =>
        driver.taskStats(
          id,
          options.intervalMs > 0 ? { ...options, intervalMs: options.intervalMs * 3 } : options,
        ),
    })),
  },
  {
    id: "task-stats-take-any-interval",
    breaks: "task.stats.invalid",
    why: "A default for what is no interval",
    mutate: onTasks((driver) => ({
      taskStats: (id, options) =>
        driver.taskStats(
          id,
          options.intervalMs > 0 ? options : { ...options, intervalMs: 1_000 },
        ),
    })),
  },
  {
    id: "task-memory-is-in-kib",
    breaks: "task.stats.bytes",
    why: "The hypervisor's KiB in a field for bytes",
    mutate: onTasks((driver) => ({
      taskStats: async (...args) => {
        const stream = await driver.taskStats(...args);
        return (async function* (): AsyncGenerator<TaskResourceUsage> {
          for await (const usage of stream) yield inKib(usage);
        })();
      },
    })),
  },
  {
    id: "task-stats-fail-when-aborted",
    breaks: "task.stats.abort",
    why: "The end of the context is told as an error",
    mutate: onTasks((driver) => ({
      taskStats: async (id, options) =>
        failing(await driver.taskStats(id, options), () => options.signal.aborted),
    })),
  },
  {
    id: "task-stats-fail-at-the-end",
    breaks: "task.stats.exit",
    why: "The machine is gone, which was an error: agents asked again, for ever",
    mutate: onTasks((driver) => ({
      taskStats: async (id, options) =>
        failing(await driver.taskStats(id, options), () => !options.signal.aborted),
    })),
  },
  {
    id: "task-stats-of-nothing-are-none",
    breaks: "task.stats.missing",
    why: "An empty stream for what there is not",
    mutate: onTasks((driver) => ({
      taskStats: async (...args) => {
        try {
          return await driver.taskStats(...args);
        } catch (error) {
          if (codeOf(error) !== "not-found") throw error;
          return none();
        }
      },
    })),
  },
  {
    id: "task-processors-are-measured-since-the-start",
    breaks: "task.stats.percent",
    why: "The counter of the processors' time by the time since the start",
    mutate: onTasks((driver) => ({
      taskStats: async (...args) => {
        const stream = await driver.taskStats(...args);
        return (async function* (): AsyncGenerator<TaskResourceUsage> {
          let [sum, count] = [0, 0];
          for await (const { cpu, ...usage } of stream) {
            sum += cpu.percent ?? 0;
            yield { ...usage, cpu: { ...cpu, percent: sum / ++count } };
          }
        })();
      },
    })),
  },
  {
    id: "task-stats-share-one-interval",
    breaks: "task.stats.two",
    why: "The interval is a field of the task, and the last stream sets it",
    mutate: onTasks((driver) => {
      const intervals = new Map<string, number>();
      return {
        taskStats: (id, options) => {
          const { intervalMs } = options;
          // What is no interval is refused as it was.
          const least = Math.min(intervalMs, intervals.get(id) ?? intervalMs);
          if (intervalMs > 0) intervals.set(id, least);
          return driver.taskStats(id, { ...options, intervalMs: least });
        },
      };
    }),
  },
];

/** The mutants of events. */
export const TASK_EVENT_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-events-have-one-reader",
    breaks: "task.events.all",
    why: "One channel for all: each event reaches one reader alone",
    mutate: onTasks((driver) => {
      const taken = new Set<string>();
      return {
        taskEvents: async (options) => {
          const stream = await driver.taskEvents(options);
          return (async function* (): AsyncGenerator<TaskEvent> {
            for await (const event of stream) {
              const key = JSON.stringify(event);
              const isTaken = taken.has(key);
              taken.add(key);
              yield isTaken ? { ...event, taskId: "" } : event;
            }
          })();
        },
      };
    }),
  },
  {
    id: "task-events-have-no-time",
    breaks: "task.events.all",
    why: "The time of an event is left to whoever reads it, hours later",
    mutate: onTasks((driver) => ({
      taskEvents: async (options) => {
        const stream = await driver.taskEvents(options);
        return (async function* (): AsyncGenerator<TaskEvent> {
          for await (const event of stream) yield { ...event, timestamp: -62_135_596_800_000 };
        })();
      },
    })),
  },
  {
    id: "task-events-wait-for-slow-readers",
    breaks: "task.events.slow",
    why: "Readers are served one after the other, two seconds for each that does not read",
    mutate: onTasks((driver, { clock }) => {
      let readers = 0;
      return {
        taskEvents: async (options) => {
          const before = readers++;
          const stream = await driver.taskEvents(options);
          return (async function* (): AsyncGenerator<TaskEvent> {
            for await (const event of stream) {
              await clock.sleep(before * 5_000);
              yield event;
            }
          })();
        },
      };
    }),
  },
  {
    id: "task-events-fail-when-aborted",
    breaks: "task.events.abort",
    why: "The end of the context is told as an error",
    mutate: onTasks((driver) => ({
      taskEvents: async (options) =>
        failing(await driver.taskEvents(options), () => options.signal.aborted),
    })),
  },
];
