/**
 * Mutants of stopping tasks.
 *
 * @module
 */

import { failingLate, forgiving, onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

/** The mutants of stopping. */
export const TASK_STOP_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-stop-does-not-wait",
    breaks: "task.stop.kept",
    why: "The request was sent, and that is called stopped",
    mutate: onTasks((driver) => ({
      stopTask: async (id, options) => {
        await driver.inspectTask(id);
        driver.stopTask(id, options).catch(() => {});
      },
    })),
  },
  {
    id: "task-stop-cuts-the-power",
    breaks: "task.stop.graceful",
    why: "What libvirt calls graceful asks its own process, not the guest",
    mutate: onTasks((driver) => ({
      stopTask: (id, options) =>
        driver.stopTask(id, options.timeoutMs > 0 ? { ...options, timeoutMs: 0 } : options),
    })),
  },
  {
    id: "task-stop-ignores-its-timeout",
    breaks: "task.stop.forced",
    why: "A timeout of the driver's own, whatever the job says",
    mutate: onTasks((driver) => ({
      stopTask: (id, options) =>
        driver.stopTask(id, options.timeoutMs > 0 ? { ...options, timeoutMs: 60_000 } : options),
    })),
  },
  {
    id: "task-stop-takes-0-for-the-default",
    breaks: "task.stop.zero",
    why: "0 is the zero value, so it was taken for none",
    mutate: onTasks((driver) => ({
      stopTask: (id, options) =>
        driver.stopTask(id, options.timeoutMs === 0 ? { ...options, timeoutMs: 30_000 } : options),
    })),
  },
  {
    id: "task-stop-sleeps-its-whole-timeout",
    breaks: "task.stop.early",
    why: "It asks, sleeps, and looks",
    mutate: onTasks((driver, { clock }) => ({
      stopTask: async (id, options) => {
        const end = clock.now() + options.timeoutMs;
        await driver.stopTask(id, options);
        await clock.sleep(Math.max(0, end - clock.now()));
      },
    })),
  },
  {
    id: "task-stop-of-an-ended-task-fails",
    breaks: "task.stop.exited",
    why: "The operation is not valid for a machine that is off, and agents try five times",
    mutate: onTasks((driver) => ({
      stopTask: async (id, options) => {
        const { state } = await driver.inspectTask(id);
        if (state === "exited") throw taskError("failed-precondition", id);
        await driver.stopTask(id, options);
      },
    })),
  },
  {
    id: "task-stop-of-nothing-succeeds",
    breaks: "task.stop.missing",
    why: "The reference answers nil",
    mutate: onTasks((driver) => ({
      stopTask: async (...args) => await forgiving("not-found", () => driver.stopTask(...args)),
    })),
  },
  {
    id: "task-stop-takes-any-timeout",
    breaks: "task.stop.invalid",
    why: "What is below 0 is over already",
    mutate: onTasks((driver) => ({
      stopTask: async (...args) =>
        await forgiving("invalid-argument", () => driver.stopTask(...args)),
    })),
  },
  {
    id: "task-stop-drops-the-signal",
    breaks: "task.stop.signal",
    why: "The reference takes a signal and a timeout, and looks at neither",
    mutate: onTasks((driver) => ({
      stopTask: (id, { signalName: _, ...options }) => driver.stopTask(id, options),
    })),
  },
  {
    id: "task-stops-disturb-each-other",
    breaks: "task.stop.concurrent",
    why: "The second one meets the first one's lock, and fails",
    mutate: onTasks((driver) => {
      const stopping = new Set<string>();
      return {
        stopTask: async (id, options) => {
          if (stopping.has(id)) throw taskError("aborted", id);
          stopping.add(id);
          try {
            await driver.stopTask(id, options);
          } finally {
            stopping.delete(id);
          }
        },
      };
    }),
  },
  {
    id: "task-stop-waits-for-the-hypervisor",
    breaks: "task.stop.bounded",
    why: "A call without a deadline: a daemon that hung blocked the end of jobs for ever",
    mutate: onTasks((driver, { clock }) => ({
      stopTask: (...args) => failingLate(clock, () => driver.stopTask(...args)),
    })),
  },
];
