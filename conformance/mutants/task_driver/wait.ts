/**
 * Mutants of the ends of tasks, and of waiting for them.
 *
 * @module
 */

import { CLEAN, noTask, onTasks, taskError, type TaskMutant } from "./task_mutant.ts";
import { codeOf } from "../mutant.ts";

/** The hypervisor's words in which the memory driver tells a machine's state. */
const [SUSPENDED, OFF, CRASHED] = ["suspended", "off", "crashed"];

/** A record with another word for a state. */
function reworded(answer: unknown, from: string | undefined, to: string | undefined): unknown {
  if (typeof answer !== "object" || answer === null || !("state" in answer)) return answer;
  return answer.state === from ? { ...answer, state: to } : answer;
}

/** The mutants. */
export const TASK_WAIT_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-stop-ends-waits-without-a-result",
    breaks: "task.wait.before-stop",
    why: "The stop ends the context on which the waits look",
    mutate: onTasks((driver) => {
      const stopped = new Map<string, PromiseWithResolvers<never>>();
      const of = (id: string): PromiseWithResolvers<never> => {
        const known = stopped.get(id) ?? Promise.withResolvers<never>();
        known.promise.catch(() => {});
        stopped.set(id, known);
        return known;
      };
      return {
        waitTask: async (id, options) => {
          const { state } = await driver.inspectTask(id, options);
          const wait = driver.waitTask(id, options);
          wait.catch(() => {});
          return state === "exited" ? await wait : await Promise.race([of(id).promise, wait]);
        },
        stopTask: async (id, options) => {
          of(id).reject(taskError("internal", id));
          await driver.stopTask(id, options);
        },
      };
    }),
  },
  {
    id: "task-late-wait-has-another-end",
    breaks: "task.wait.after-stop",
    why: "The result is not kept, and made up anew for whoever asks later",
    mutate: onTasks((driver) => ({
      waitTask: async (id, options) => {
        const { state } = await driver.inspectTask(id, options);
        const exit = await driver.waitTask(id, options);
        return state === "exited" ? CLEAN : exit;
      },
    })),
  },
  {
    id: "task-wait-takes-a-tick",
    breaks: "task.wait.exited",
    why: "A wait looks for the first time after its first tick of a second",
    mutate: onTasks((driver, world) => ({
      waitTask: async (...args) => {
        const exit = await driver.waitTask(...args);
        await world.clock.sleep(1_000);
        return exit;
      },
    })),
  },
  {
    id: "task-end-has-one-consumer",
    breaks: "task.wait.many",
    why: "One channel for all: the first one takes the result out",
    mutate: onTasks((driver) => {
      const taken = new Set<string>();
      return {
        waitTask: async (id, options) => {
          const exit = await driver.waitTask(id, options);
          if (taken.has(id)) throw taskError("internal", id);
          taken.add(id);
          return exit;
        },
      };
    }),
  },
  {
    id: "task-wait-that-is-aborted-answers",
    breaks: "task.wait.abort",
    why: "The reference's proxy answers an aborted wait with a result",
    mutate: onTasks((driver) => ({
      waitTask: async (id, options) => {
        try {
          return await driver.waitTask(id, options);
        } catch (error) {
          if (codeOf(error) !== "canceled") throw error;
          return { ...CLEAN, error: "context canceled" };
        }
      },
    })),
  },
  {
    id: "task-wait-for-nothing-answers",
    breaks: "task.wait.missing",
    why: "The reference's proxy answers with a result that has an error in it",
    mutate: onTasks((driver) => ({
      waitTask: async (id, options) => {
        try {
          return await driver.waitTask(id, options);
        } catch (error) {
          if (codeOf(error) !== "not-found") throw error;
          return { ...CLEAN, error: "task not found for given id" };
        }
      },
    })),
  },
  {
    id: "task-destroy-breaks-waits",
    breaks: "task.wait.destroyed",
    why: "The channel was closed while somebody still wrote to it",
    mutate: onTasks((driver) => {
      const destroying = new Set<string>();
      return {
        waitTask: async (id, options) => {
          if (destroying.has(id)) throw noTask(id);
          const exit = await driver.waitTask(id, options);
          if (destroying.has(id)) throw taskError("internal", id);
          return exit;
        },
        destroyTask: async (id, options) => {
          if (options?.force) destroying.add(id);
          await driver.destroyTask(id, options);
        },
      };
    }),
  },
  {
    id: "task-end-is-always-an-error",
    breaks: "task.wait.clean",
    why: "A machine that is off is not running, and that is told as a crash",
    mutate: onTasks((driver) => ({
      waitTask: async (...args) => {
        const exit = await driver.waitTask(...args);
        return exit.signal === 0 ? { ...exit, exitCode: 1, error: "task has crashed" } : exit;
      },
    })),
  },
  {
    id: "task-crash-is-a-success",
    breaks: "task.wait.killed",
    why: "Only the state was read, and not its reason: off is off",
    below: (call) => async (method, params) => {
      const answer = await call(method, params);
      return reworded(answer, CRASHED, OFF) as typeof answer;
    },
  },
  {
    id: "task-machine-that-is-gone-is-a-success",
    breaks: "task.wait.vanished",
    why: "There is no machine, so the task must have ended",
    mutate: onTasks((driver) => ({
      waitTask: async (...args) => {
        const { error: _, ...exit } = await driver.waitTask(...args);
        return { ...exit, exitCode: 0 };
      },
    })),
  },
  {
    id: "task-pause-is-an-end",
    breaks: "task.wait.paused",
    why: "The reference takes every state but running for the end",
    below: (call) => async (method, params) => {
      const answer = await call(method, params);
      return reworded(answer, SUSPENDED, OFF) as typeof answer;
    },
  },
  {
    id: "task-query-that-fails-is-an-end",
    breaks: "task.wait.transient",
    why: "A task whose state could not be read was told as ended",
    mutate: onTasks((driver) => {
      const lost = new Set<string>();
      return {
        inspectTask: async (id, options) => {
          const status = await driver.inspectTask(id, options);
          if (status.state === "unknown") lost.add(id);
          return status;
        },
        waitTask: async (id, options) => {
          const exit = await driver.waitTask(id, options);
          return lost.has(id) ? { ...exit, exitCode: 1, error: "task state unknown" } : exit;
        },
      };
    }),
  },
];
