/**
 * Mutants of stopping and destroying tasks.
 *
 * @module
 */

import {
  afterFailure,
  forgiving,
  leaveBehind,
  machineOf,
  noTask,
  onTasks,
  onTasksAndHost,
  taskError,
  type TaskMutant,
} from "./task_mutant.ts";
import type { TaskStatus } from "../../../drivers/contract/mod.ts";

/** Longer than the bound of the suite, and shorter than what a case may take. */
const TOO_LONG_MS = 200_000;

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
      stopTask: async (...args) =>
        await afterFailure(() => driver.stopTask(...args), () => clock.sleep(TOO_LONG_MS)),
    })),
  },
];

/** The mutants of destroying. */
export const TASK_DESTROY_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-destroy-needs-no-force",
    breaks: "task.destroy.running",
    why: "The flag is taken and never looked at",
    mutate: onTasks((driver) => ({
      destroyTask: (id, options) => driver.destroyTask(id, { ...options, force: true }),
    })),
  },
  {
    id: "task-destroy-ignores-force",
    breaks: "task.destroy.force",
    why: "The guard against running tasks comes first",
    mutate: onTasks((driver) => ({
      destroyTask: (id, options) => driver.destroyTask(id, { ...options, force: false }),
    })),
  },
  {
    id: "task-destroy-believes-its-own-state",
    breaks: "task.destroy.dead",
    why: "The state changes while somebody waits, and only then",
    mutate: onTasks((driver) => {
      const ended = new Set<string>();
      return {
        waitTask: async (id, options) => {
          const exit = await driver.waitTask(id, options);
          ended.add(id);
          return exit;
        },
        stopTask: async (id, options) => {
          await driver.stopTask(id, options);
          ended.add(id);
        },
        destroyTask: async (id, options) => {
          if (!options?.force && !ended.has(id)) throw taskError("failed-precondition", id);
          await driver.destroyTask(id, options);
        },
      };
    }),
  },
  {
    id: "task-destroy-leaves-the-thin-copy",
    breaks: "task.destroy.clean",
    why: "The reference never deleted its thin copies",
    mutate: onTasks((driver, world) => ({
      destroyTask: async (...args) => {
        await driver.destroyTask(...args);
        await leaveBehind(world);
      },
    })),
  },
  {
    id: "task-destroy-of-nothing-succeeds",
    breaks: "task.destroy.again",
    why: "The reference answers nil",
    mutate: onTasks((driver) => ({
      destroyTask: async (...args) =>
        await forgiving("not-found", () => driver.destroyTask(...args)),
    })),
  },
  {
    id: "task-destroyed-is-still-known",
    breaks: "task.destroy.forgotten",
    why: "Kept under the task's id, and deleted under its machine's name",
    mutate: onTasks((driver) => {
      const last = new Map<string, TaskStatus>();
      return {
        destroyTask: async (id, options) => {
          const status = await driver.inspectTask(id);
          await driver.destroyTask(id, options);
          last.set(id, { ...status, state: "exited" });
        },
        inspectTask: async (id, options) => last.get(id) ?? await driver.inspectTask(id, options),
      };
    }),
  },
  {
    id: "task-destroy-needs-the-machine",
    breaks: "task.destroy.vanished",
    why: "The machine is not found, so the rest is never removed",
    mutate: onTasksAndHost((driver, vanished) => ({
      destroyTask: async (id, options) => {
        if (vanished.size > 0 && vanished.has(await machineOf(driver, id))) {
          throw taskError("internal", id);
        }
        await driver.destroyTask(id, options);
      },
    }), "vanish"),
  },
  {
    id: "task-destroy-that-fails-forgets",
    breaks: "task.destroy.partial",
    why: "The entry is deleted first, and what is left has no name any more",
    mutate: onTasks((driver) => {
      const lost = new Set<string>();
      return {
        destroyTask: async (id, options) =>
          await afterFailure(() => driver.destroyTask(id, options), () => lost.add(id)),
        inspectTask: async (id, options) => {
          if (lost.has(id)) throw noTask(id);
          return await driver.inspectTask(id, options);
        },
      };
    }),
  },
  {
    id: "task-stop-falls-over-a-destroy",
    breaks: "task.destroy.race",
    why: "The stop in flight used what the destroy had set to nil",
    mutate: onTasks((driver) => {
      const destroying = new Set<string>();
      return {
        destroyTask: async (id, options) => {
          destroying.add(id);
          await driver.destroyTask(id, options);
        },
        stopTask: async (id, options) => {
          if (destroying.has(id)) throw taskError("internal", id);
          await driver.stopTask(id, options);
        },
      };
    }),
  },
  {
    id: "task-destroy-takes-names-that-begin-alike",
    breaks: "task.destroy.neighbour",
    why: "What belongs to the task is looked for by the beginning of its name",
    mutate: onTasks((driver) => {
      const started = new Set<string>();
      return {
        startTask: async (spec, options) => {
          started.add(spec.id);
          return await driver.startTask(spec, options);
        },
        destroyTask: async (id, options) => {
          await driver.destroyTask(id, options);
          for (const other of started) {
            if (other === id || !other.startsWith(id)) continue;
            await driver.stopTask(other, { timeoutMs: 0 });
          }
        },
      };
    }),
  },
  {
    id: "task-destroy-knows-no-pause",
    breaks: "task.destroy.paused",
    why:
      "A machine that is paused is not running, so it is not switched off, and cannot be removed",
    mutate: onTasksAndHost((driver, paused) => ({
      destroyTask: async (id, options) => {
        if (paused.size > 0 && paused.has(await machineOf(driver, id))) {
          throw taskError("failed-precondition", id);
        }
        await driver.destroyTask(id, options);
      },
    }), "pause"),
  },
  {
    id: "task-destroy-knows-its-own-tasks-alone",
    breaks: "task.destroy.orphan",
    why: "What is not in the map is not found, and what is on the host stays for ever",
    mutate: onTasks((driver) => {
      const known = new Set<string>();
      return {
        startTask: async (spec, options) => {
          const started = await driver.startTask(spec, options);
          known.add(spec.id);
          return started;
        },
        recoverTask: async (handle, options) => {
          await driver.recoverTask(handle, options);
          known.add(handle.config.id);
        },
        destroyTask: async (id, options) => {
          if (!known.has(id)) throw noTask(id);
          await driver.destroyTask(id, options);
        },
      };
    }),
  },
];
