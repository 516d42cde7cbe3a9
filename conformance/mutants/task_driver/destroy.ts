/**
 * Mutants of destroying tasks.
 *
 * @module
 */

import type { ErrorCode, TaskStatus } from "../../../drivers/contract/mod.ts";
import {
  afterFailure,
  forgiving,
  leaveBehind,
  machineOf,
  type MutateTasks,
  noTask,
  onTasks,
  onTasksAndHost,
  seenEnds,
  taken,
  taskError,
  type TaskMutant,
} from "./task_mutant.ts";

/** Refuses to destroy a task to whose machine that was done behind the driver's back. */
function refusingToDestroy(done: "vanish" | "pause", code: ErrorCode): MutateTasks {
  return onTasksAndHost((driver, machines) => ({
    destroyTask: async (id, options) => {
      if (machines.size > 0 && machines.has(await machineOf(driver, id))) throw taskError(code, id);
      await driver.destroyTask(id, options);
    },
  }), done);
}

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
      const { ended, calls } = seenEnds(driver);
      return {
        ...calls,
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
    mutate: refusingToDestroy("vanish", "internal"),
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
      const { started, calls } = taken(driver);
      return {
        ...calls,
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
    mutate: refusingToDestroy("pause", "failed-precondition"),
  },
  {
    id: "task-destroy-finds-only-what-runs",
    breaks: "task.destroy.orphan",
    why: "A machine that was defined and never booted is none of the running ones",
    mutate: (world) => {
      const failed = new Set<string>();
      return onTasks((driver) => ({
        startTask: async (spec, options) =>
          await afterFailure(() => driver.startTask(spec, options), () => failed.add(spec.id)),
        destroyTask: async (id, options) => {
          if (failed.delete(id)) throw noTask(id);
          await driver.destroyTask(id, options);
        },
      }))(world);
    },
  },
  {
    id: "task-destroy-knows-its-own-tasks-alone",
    breaks: "task.destroy.orphan",
    why: "What is not in the map is not found, and what is on the host stays for ever",
    mutate: onTasks((driver) => {
      const { started, recovered, calls } = taken(driver);
      return {
        ...calls,
        destroyTask: async (id, options) => {
          if (!started.has(id) && !recovered.has(id)) throw noTask(id);
          await driver.destroyTask(id, options);
        },
      };
    }),
  },
];
