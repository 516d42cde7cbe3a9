/**
 * Mutants of inspecting tasks, and of taking them over.
 *
 * @module
 */

import type { TaskExit, TaskHandle, TaskStatus } from "../../../drivers/contract/mod.ts";
import {
  failingLate,
  forgiving,
  leaveBehind,
  noTask,
  onTasks,
  seenEnds,
  taken,
  taskError,
  type TaskMutant,
} from "./task_mutant.ts";

/** The mutants of inspecting. */
export const TASK_INSPECT_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-end-is-in-the-year-1",
    breaks: "task.inspect.fields",
    why: "A time that is not set is the first second of the year 1",
    mutate: onTasks((driver) => ({
      inspectTask: async (...args) => ({
        completedAt: -62_135_596_800_000,
        ...await driver.inspectTask(...args),
      }),
    })),
  },
  {
    id: "task-state-is-set-by-waits",
    breaks: "task.inspect.live",
    why: "One poller for each wait, and none otherwise",
    mutate: onTasks((driver) => {
      const { ended, calls } = seenEnds(driver);
      return {
        ...calls,
        inspectTask: async (id, options) => {
          const status = await driver.inspectTask(id, options);
          const { exit: _, completedAt: __, ...rest } = status;
          return ended.has(id) ? status : { ...rest, state: "running" };
        },
      };
    }),
  },
  {
    id: "task-status-is-the-drivers-own",
    breaks: "task.inspect.copy",
    why: "The entry of the map is handed out itself",
    mutate: onTasks((driver) => {
      const own = new Map<string, TaskStatus>();
      return {
        inspectTask: async (id, options) => {
          const status = await driver.inspectTask(id, options);
          if (status.state !== "exited") return status;
          const kept = own.get(id) ?? status;
          own.set(id, kept);
          return kept;
        },
      };
    }),
  },
  {
    id: "task-end-is-the-drivers-own",
    breaks: "task.inspect.copy",
    why: "All who wait get the entry of the map itself",
    mutate: onTasks((driver) => {
      const own = new Map<string, TaskExit>();
      return {
        waitTask: async (id, options) => {
          const exit = await driver.waitTask(id, options);
          const kept = own.get(id) ?? exit;
          own.set(id, kept);
          return kept;
        },
      };
    }),
  },
];

/** The mutants of taking over. */
export const TASK_RECOVER_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-recovered-is-unknown",
    breaks: "task.recover.goes-on",
    why: "The state of a task that was taken over waits for somebody to look",
    mutate: onTasks((driver) => {
      const { recovered, calls } = taken(driver);
      return {
        ...calls,
        inspectTask: async (id, options) => {
          const status = await driver.inspectTask(id, options);
          return recovered.has(id) ? { ...status, state: "unknown" } : status;
        },
      };
    }),
  },
  {
    id: "task-handle-works-in-its-process-alone",
    breaks: "task.recover.bytes",
    why: "The notes had a type that was another one after the bytes",
    mutate: (world) => {
      const made = new WeakSet<TaskHandle>();
      return onTasks((driver) => ({
        startTask: async (...args) => {
          const started = await driver.startTask(...args);
          made.add(started.handle);
          return started;
        },
        recoverTask: async (handle, options) => {
          if (!made.has(handle)) throw taskError("internal", handle.config.id);
          await driver.recoverTask(handle, options);
        },
      }))(world);
    },
  },
  {
    id: "task-handle-cannot-be-stored",
    breaks: "task.recover.bytes",
    why: "What takes the network back referred to the machine, and that back to it",
    mutate: onTasks((driver) => ({
      startTask: async (...args) => {
        const { handle, ...started } = await driver.startTask(...args);
        const circular = { ...handle };
        return { ...started, handle: Object.assign(circular, { teardown: { of: circular } }) };
      },
    })),
  },
  {
    id: "task-recovered-keeps-its-rules",
    breaks: "task.recover.teardown",
    why: "The rules in the handle had another type after the bytes, so they were not removed",
    mutate: onTasks((driver, world) => {
      const { recovered, calls } = taken(driver);
      return {
        ...calls,
        destroyTask: async (id, options) => {
          await driver.destroyTask(id, options);
          if (recovered.get(id)?.resources.ports?.length) await leaveBehind(world);
        },
      };
    }),
  },
  {
    id: "task-recover-of-a-known-task-fails",
    breaks: "task.recover.again",
    why: "The map has it already, and that is an error",
    mutate: onTasks((driver) => {
      const { started, calls } = taken(driver);
      return {
        ...calls,
        recoverTask: async (handle, options) => {
          const { id } = handle.config;
          if (started.has(id)) throw taskError("already-exists", id);
          await driver.recoverTask(handle, options);
        },
      };
    }),
  },
  {
    id: "task-recover-forgets-the-end",
    breaks: "task.recover.exited",
    why: "A task that has ended is taken for one that never was, and started anew",
    mutate: onTasks((driver) => ({
      recoverTask: async (handle, options) => {
        const { id } = handle.config;
        await driver.recoverTask(handle, options);
        if ((await driver.inspectTask(id)).state === "exited") throw noTask(id);
      },
    })),
  },
  {
    id: "task-recover-needs-no-machine",
    breaks: "task.recover.gone",
    why: "The handle is believed, and nobody looks",
    mutate: onTasks((driver) => ({
      recoverTask: async (...args) =>
        await forgiving("not-found", () => driver.recoverTask(...args)),
    })),
  },
  {
    id: "task-recover-ignores-the-version",
    breaks: "task.recover.bad",
    why: "The version is written and never read",
    mutate: onTasks((driver) => ({
      recoverTask: (handle, options) => driver.recoverTask({ ...handle, version: 1 }, options),
    })),
  },
  {
    id: "task-recover-takes-any-machine",
    breaks: "task.recover.foreign",
    why: "A process of that id is there, and whose it is was not asked",
    mutate: onTasks((driver) => ({
      recoverTask: async (...args) =>
        await forgiving(
          "invalid-argument",
          () => forgiving("not-found", () => driver.recoverTask(...args)),
        ),
    })),
  },
  {
    id: "task-recover-waits-for-the-hypervisor",
    breaks: "task.recover.bounded",
    why: "A hypervisor that hung kept agents from starting",
    mutate: onTasks((driver, { clock }) => ({
      recoverTask: (...args) => failingLate(clock, () => driver.recoverTask(...args)),
    })),
  },
  {
    id: "task-recovered-starts-anew",
    breaks: "task.recover.started-at",
    why: "The time of the start is that of the process that knows the task",
    mutate: onTasks((driver, { clock }) => {
      const since = new Map<string, number>();
      return {
        recoverTask: async (handle, options) => {
          await driver.recoverTask(handle, options);
          since.set(handle.config.id, clock.now());
        },
        inspectTask: async (id, options) => {
          const status = await driver.inspectTask(id, options);
          return { ...status, startedAt: since.get(id) ?? status.startedAt };
        },
      };
    }),
  },
  {
    id: "task-recovered-loses-its-power-button",
    breaks: "task.recover.graceful",
    why: "The way to the guest was a pipe of the process that had started it",
    mutate: onTasks((driver) => {
      const { recovered, calls } = taken(driver);
      return {
        ...calls,
        stopTask: (id, options) =>
          driver.stopTask(id, recovered.has(id) ? { ...options, timeoutMs: 0 } : options),
      };
    }),
  },
];
