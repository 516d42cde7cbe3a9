/**
 * Mutants of starting tasks.
 *
 * @module
 */

import { DriverError, isDriverError, type StartedTask } from "../../../drivers/contract/mod.ts";
import { codeOf, recoded } from "../mutant.ts";
import { afterFailure, leaveBehind, onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

/** The mutants. */
export const TASK_START_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-start-answers-before-it-runs",
    breaks: "task.start.running",
    why: "The state is set by whoever waits, and nobody waits yet",
    mutate: onTasks((driver) => ({
      inspectTask: async (id, options) => {
        const status = await driver.inspectTask(id, options);
        return status.state === "running" ? { ...status, state: "unknown" } : status;
      },
    })),
  },
  {
    id: "task-handle-has-version-0",
    breaks: "task.start.handle",
    why: "Version 0 means a handle from before handles had versions",
    mutate: onTasks((driver) => ({
      startTask: async (...args) => {
        const started = await driver.startTask(...args);
        return { ...started, handle: { ...started.handle, version: 0 } };
      },
    })),
  },
  {
    id: "task-start-again-starts-anew",
    breaks: "task.start.exists",
    why: "The map's entry is overwritten, and its machine forgotten",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        try {
          return await driver.startTask(spec, options);
        } catch (error) {
          if (codeOf(error) !== "already-exists") throw error;
          await driver.destroyTask(spec.id, { force: true });
          return await driver.startTask(spec, options);
        }
      },
    })),
  },
  {
    id: "task-start-race-has-two-winners",
    breaks: "task.start.race",
    why: "Looked first, and made then: both saw nothing",
    mutate: onTasks((driver) => {
      const starting = new Map<string, Promise<StartedTask>>();
      return {
        startTask: (spec, options) => {
          const known = starting.get(spec.id);
          if (known) return known;
          const start = driver.startTask(spec, options).finally(() => starting.delete(spec.id));
          starting.set(spec.id, start);
          return start;
        },
      };
    }),
  },
  {
    id: "task-starts-disturb-each-other",
    breaks: "task.start.concurrent",
    why: "A pool cannot be refreshed while another start writes into it",
    mutate: onTasks((driver) => {
      let starting = 0;
      return {
        startTask: async (spec, options) => {
          if (starting > 0) throw taskError("aborted", spec.id);
          starting++;
          try {
            return await driver.startTask(spec, options);
          } finally {
            starting--;
          }
        },
      };
    }),
  },
  {
    id: "task-start-ignores-unknown-keys",
    breaks: "task.start.invalid",
    why: "A key with a typing error has no effect, and nobody hears of it",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const { no_such_key: _, ...config } = Object(spec.config);
        return await driver.startTask({ ...spec, config }, options);
      },
    })),
  },
  {
    id: "task-start-has-a-default-for-cores",
    breaks: "task.start.invalid",
    why: "Nobody reserved a core, and the task takes one",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const resources = { ...spec.resources, cpuset: spec.resources.cpuset || "0" };
        return await driver.startTask({ ...spec, resources }, options);
      },
    })),
  },
  {
    id: "task-start-that-fails-leaves-a-machine",
    breaks: "task.start.rollback",
    why: "The network failed after the machine was made, and agents never stop such a task",
    mutate: onTasks((driver, world) => ({
      startTask: async (...args) =>
        await afterFailure(() => driver.startTask(...args), async (error) => {
          if (codeOf(error) === "internal") await leaveBehind(world);
        }),
    })),
  },
  {
    id: "task-start-without-room-is-internal",
    breaks: "task.start.no-space",
    why: "The code of the hypervisor is not in the table",
    mutate: onTasks((driver) => ({
      startTask: (...args) =>
        recoded("resource-exhausted", "internal", () => driver.startTask(...args)),
    })),
  },
  {
    id: "task-start-that-fails-is-kept",
    breaks: "task.start.failed-id",
    why: "The map's entry was made first, and stayed",
    mutate: onTasks((driver) => {
      const failed = new Set<string>();
      return {
        startTask: async (spec, options) => {
          if (failed.has(spec.id)) throw taskError("already-exists", spec.id);
          return await afterFailure(() => driver.startTask(spec, options), (error) => {
            if (codeOf(error) === "not-found") failed.add(spec.id);
          });
        },
      };
    }),
  },
  {
    id: "task-start-errors-are-all-final",
    breaks: "task.start.recoverable",
    why: "An error that is wrapped has lost the flag: only the outermost one is asked",
    mutate: onTasks((driver) => ({
      startTask: async (...args) => {
        try {
          return await driver.startTask(...args);
        } catch (error) {
          if (!isDriverError(error)) throw error;
          throw new DriverError({ ...error.toJSON(), retryable: false });
        }
      },
    })),
  },
  {
    id: "task-start-cannot-be-aborted",
    breaks: "task.start.canceled",
    why: "The reference's start takes no context",
    mutate: onTasks((driver) => ({ startTask: (spec) => driver.startTask(spec) })),
  },
  {
    id: "task-memory-in-another-unit",
    breaks: "task.start.size",
    why: "MB here, MiB there",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const memoryMiB = Math.floor(spec.resources.memoryMiB * 1_000_000 / (1024 * 1024));
        return await driver
          .startTask({ ...spec, resources: { ...spec.resources, memoryMiB } }, options);
      },
    })),
  },
  {
    id: "task-mounts-are-left-away",
    breaks: "task.start.mounts",
    why: "Declared as none, and taken all the same",
    mutate: onTasks((driver) => ({
      startTask: ({ mounts: _, ...spec }, options) => driver.startTask(spec, options),
    })),
  },
  {
    id: "task-machine-is-named-by-a-part-of-the-id",
    breaks: "task.start.ids",
    why: "The reference leaves the allocation away, and joins the rest with hyphens",
    mutate: onTasks((driver) => {
      const real = (id: string): string => id.replaceAll(/\W+/g, "-").slice(0, 40);
      return {
        startTask: async (spec, options) =>
          await driver.startTask({ ...spec, id: real(spec.id) }, options),
        inspectTask: (id, options) => driver.inspectTask(real(id), options),
        destroyTask: (id, options) => driver.destroyTask(real(id), options),
      };
    }),
  },
  {
    id: "task-starts-hold-up-all-others",
    breaks: "task.start.isolated",
    why: "One lock for the whole driver, held until the guest has an address",
    mutate: onTasks((driver) => {
      let starting: Promise<unknown> = Promise.resolve();
      return {
        startTask: (...args) => {
          const start = driver.startTask(...args);
          starting = start.catch(() => {});
          return start;
        },
        stopTask: async (...args) => {
          await starting;
          await driver.stopTask(...args);
        },
      };
    }),
  },
];
