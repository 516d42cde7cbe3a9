/**
 * Mutants of plugins that are processes: what their host sees.
 *
 * @module
 */

import type { TaskDriver, TaskId, TaskWire } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { type MutateTasks, onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

/** Changes the wire of every task driver that is opened. */
function onWire(change: (wire: TaskWire, driver: TaskDriver) => Partial<TaskWire>): MutateTasks {
  return onTasks((driver) => {
    const { wire } = driver;
    return wire ? { wire: withMembers(wire, change(wire, driver)) } : {};
  });
}

/** Plugins that take their tasks along, however they end. */
const TAKES_TASKS_ALONG: MutateTasks = onTasks((driver) => {
  const ids: TaskId[] = [];
  const { wire } = driver;
  const removeAll = async (): Promise<void> => {
    for (const id of ids) await driver.destroyTask(id, { force: true });
  };
  return {
    startTask: async (spec, options) => {
      const started = await driver.startTask(spec, options);
      ids.push(spec.id);
      return started;
    },
    ...(wire && {
      wire: withMembers(wire, {
        end: async () => {
          await removeAll();
          return await wire.end();
        },
        kill: async () => {
          await removeAll();
          await wire.kill();
        },
      }),
    }),
  };
});

/** The mutants; they are planted in a driver that is a process. */
export const TASK_WIRE_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-plugin-serves-whoever-starts-it",
    breaks: "task.wire.by-hand",
    why: "The cookie is not looked at",
    mutate: onWire((wire) => ({
      startByHand: async (options) => ({ ...await wire.startByHand(options), exitCode: 0 }),
    })),
  },
  {
    id: "task-plugin-prints-a-banner",
    breaks: "task.wire.handshake",
    why: "A library greets on standard output",
    mutate: onWire((wire) => ({ printed: async () => ["Welcome", ...await wire.printed()] })),
  },
  {
    id: "task-plugin-chats",
    breaks: "task.wire.handshake",
    why: "The log goes to standard output",
    mutate: onWire((wire) => ({ printed: async () => [...await wire.printed(), "Ready"] })),
  },
  {
    id: "task-plugin-does-not-say-that-it-serves",
    breaks: "task.wire.serving",
    why: "The health service knows another name",
    mutate: onWire(() => ({ isServing: () => Promise.resolve(false) })),
  },
  {
    id: "task-plugin-answers-what-there-is-not",
    breaks: "task.wire.unknown",
    why: "A proxy in between says internal",
    mutate: onWire(() => ({ callUnknown: () => Promise.resolve("internal") })),
  },
  {
    id: "task-plugin-does-what-it-does-not-declare",
    breaks: "task.capabilities.undeclared",
    why: "Success without an effect is believed",
    mutate: onWire(() => ({ callUndeclared: () => Promise.resolve() })),
  },
  {
    id: "task-plugin-omits-the-result",
    breaks: "task.wire.parts",
    why: "What is not there yet is left out, and the agent crashes",
    mutate: onWire(() => ({ missingParts: () => Promise.resolve(["result"]) })),
  },
  {
    id: "task-plugin-knows-one-host",
    breaks: "task.wire.come-back",
    why: "A second connection has to be configured first",
    mutate: onWire(() => ({
      comeBack: (id) => Promise.reject(taskError("failed-precondition", id)),
    })),
  },
  {
    id: "task-plugin-ends-by-an-interrupt",
    breaks: "task.wire.interrupt",
    why: "The default of most runtimes",
    mutate: onWire((wire) => ({ interrupt: () => wire.kill() })),
  },
  {
    id: "task-plugin-leaves-its-socket",
    breaks: "task.wire.end",
    why: "The process exits without cleaning up",
    mutate: onWire((wire) => ({ end: async () => ({ ...await wire.end(), socketLeft: true }) })),
  },
  {
    id: "task-plugin-takes-its-tasks-along",
    breaks: "task.wire.tasks-live",
    why: "Guests are children of the plugin",
    mutate: TAKES_TASKS_ALONG,
  },
];
