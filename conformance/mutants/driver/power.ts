/**
 * Mutants of power.
 *
 * @module
 */

import type { CallOptions, Change, PowerState } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { keyOf, machineError, type Mutant, type Mutate, onDriver, onMachine } from "../mutant.ts";

/** Shows one state as another one. */
export const showAs = (from: PowerState, to: PowerState): Mutate =>
  onMachine((machine) => ({
    status: async (options) => {
      const status = await machine.status(options);
      return status.state === from ? { ...status, state: to } : status;
    },
  }));

/** Refuses an operation where it would change nothing. */
const refusesNoop = (operation: "start" | "stop" | "forceStop"): Mutate =>
  onMachine((machine) => ({
    [operation]: async (options?: CallOptions): Promise<Change> => {
      const change = await machine[operation](options);
      if (!change.changed) {
        throw machineError("failed-precondition", `machine.${operation}`, machine);
      }
      return change;
    },
  }));

/** A machine whose start is refused while another one is on its way. */
function racing<T extends Parameters<typeof keyOf>[0] & { start(): Promise<Change> }>(
  machine: T,
  flying: Set<string>,
): T {
  return withMembers(machine, {
    start: async (...args: []) => {
      const key = keyOf(machine);
      if (flying.has(key)) throw machineError("aborted", "machine.start", machine);
      flying.add(key);
      try {
        return await machine.start(...args);
      } finally {
        flying.delete(key);
      }
    },
  } as Partial<T>);
}

let left = 0;

/** The mutants. */
export const POWER_MUTANTS: readonly Mutant[] = [
  {
    id: "resume-of-a-stopped-machine-succeeds",
    breaks: "machine.power.table",
    why: "libvirt's test driver and its QEMU driver differ in what they refuse",
    mutate: onMachine((machine) =>
      machine.suspension === undefined ? {} : {
        suspension: withMembers(machine.suspension, {
          resume: async (options) => {
            const { state } = await machine.status();
            if (state === "stopped") return { changed: false, state };
            return await machine.suspension?.resume(options) ?? { changed: false, state };
          },
        }),
      }
    ),
  },
  {
    id: "refused-pause-stops",
    breaks: "machine.power.refusal",
    why: "The way back of a refused operation does more than it should",
    mutate: onMachine((machine) =>
      machine.suspension === undefined ? {} : {
        suspension: withMembers(machine.suspension, {
          resume: async (options) => {
            try {
              return await machine.suspension?.resume(options) as Change;
            } catch (error) {
              await machine.forceStop();
              throw error;
            }
          },
        }),
      }
    ),
  },
  {
    id: "start-does-nothing",
    breaks: "machine.start.running",
    why: "A silent no-op that answers success",
    mutate: onMachine(() => ({
      start: () => Promise.resolve({ changed: true, state: "running" }),
    })),
  },
  {
    id: "start-refuses-the-running",
    breaks: "machine.start.idempotent",
    why: "A warning raised to an error",
    mutate: refusesNoop("start"),
  },
  {
    id: "racing-start-is-refused",
    breaks: "machine.start.race",
    why: "libvirt lets one win, and answers 55 to the others",
    mutate: onDriver((driver) => {
      const flying = new Set<string>();
      return {
        machines: withMembers(driver.machines, {
          create: async (...args) => racing(await driver.machines.create(...args), flying),
          get: async (...args) => racing(await driver.machines.get(...args), flying),
        }),
      };
    }),
  },
  {
    id: "failed-start-counts",
    breaks: "machine.start.failed",
    why: "multipass shows starting for ever after a failed start",
    mutate: onMachine((machine) => {
      let failed = false;
      return {
        start: async (options) => {
          if (failed) return { changed: false, state: "starting" };
          try {
            return await machine.start(options);
          } catch (error) {
            failed = true;
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "stop-does-nothing",
    breaks: "machine.stop.stopped",
    why: "libvirt answers 0 for a guest that does not listen, and nobody looks again",
    mutate: onMachine((machine) => ({
      stop: async (options) => {
        const { state } = await machine.status(options);
        return state === "running"
          ? { changed: true, state: "stopping" }
          : await machine.stop(options);
      },
    })),
  },
  {
    id: "stop-refuses-the-stopped",
    breaks: "machine.stop.idempotent",
    why: "A warning raised to an error",
    mutate: refusesNoop("stop"),
  },
  {
    id: "stop-cuts-the-power",
    breaks: "machine.stop.graceful",
    why: "An implicit force after the guest kept silent",
    mutate: onMachine((machine) => ({
      stop: async (options) => {
        const change = await machine.stop(options);
        if (change.changed) await machine.forceStop(options);
        return change;
      },
    })),
  },
  {
    id: "force-stop-only-asks",
    breaks: "machine.force-stop.stopped",
    why: "The same call for both stops",
    mutate: onMachine((machine) => ({
      forceStop: async (options) => {
        const { state } = await machine.status(options);
        if (state !== "running") return await machine.forceStop(options);
        await machine.stop(options);
        return { changed: true, state: "stopped" };
      },
    })),
  },
  {
    id: "force-stop-refuses-the-stopped",
    breaks: "machine.force-stop.idempotent",
    why: "libvirt's destroy of a stopped domain is 55",
    mutate: refusesNoop("forceStop"),
  },
  {
    id: "racing-stop-fails",
    breaks: "machine.stop.race",
    why: "The slower of the two finds nothing to stop",
    mutate: onMachine((machine) => {
      let stopping = false;
      return {
        stop: async (options) => {
          stopping = true;
          try {
            return await machine.stop(options);
          } finally {
            stopping = false;
          }
        },
        forceStop: async (options) => {
          if (stopping) throw machineError("internal", "machine.forceStop", machine);
          return await machine.forceStop(options);
        },
      };
    }),
  },
  {
    id: "stop-leaves-a-checkpoint",
    breaks: "machine.cycle",
    why: "Automatic checkpoints turn the disk into a chain",
    mutate: onMachine((machine, driver, world) => ({
      forceStop: async (options) => {
        const change = await machine.forceStop(options);
        const name = driver.qualifiedMachineName(machine);
        if (change.changed) await world.host?.plantMachine?.(`${name}.checkpoint-${left++}`);
        return change;
      },
    })),
  },
  {
    id: "paused-shows-running",
    breaks: "machine.pause",
    why: "Two words for two states, and nothing for the rest",
    mutate: showAs("paused", "running"),
  },
  {
    id: "saved-shows-stopped",
    breaks: "machine.save",
    why: "libvirt itself says shut off",
    mutate: showAs("saved", "stopped"),
  },
  {
    id: "saved-memory-stays",
    breaks: "machine.save.discard",
    why: "There is no process to stop, so nothing is done",
    mutate: onMachine((machine) => ({
      forceStop: async (options) => {
        const { state } = await machine.status(options);
        return state === "saved" ? { changed: false, state } : await machine.forceStop(options);
      },
    })),
  },
];
