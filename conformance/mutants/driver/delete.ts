/**
 * Mutants of delete.
 *
 * @module
 */

import type { Change, MachineRef } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  codeOf,
  keyOf,
  machineError,
  type Mutant,
  onDriver,
  onMachine,
  onMachines,
  recode,
  withMachines,
} from "../mutant.ts";

let made = 0;

/** Whether a start of a machine is on its way, in any instance. */
const starting = new Set<string>();

/** The mutants. */
export const DELETE_MUTANTS: readonly Mutant[] = [
  {
    id: "deleted-machine-haunts",
    breaks: "machine.delete.gone",
    why: "A handle that is kept in a map, and answered from it",
    mutate: onMachines((machines) => {
      const kept = new Map<string, Awaited<ReturnType<typeof machines.get>>>();
      return {
        create: async (spec, options) => {
          const machine = await machines.create(spec, options);
          kept.set(keyOf(spec), machine);
          return machine;
        },
        get: async (ref, options) => kept.get(keyOf(ref)) ?? await machines.get(ref, options),
      };
    }),
  },
  {
    id: "delete-leaves-something",
    breaks: "machine.delete.complete",
    why: "Folders and checkpoints that nobody removes",
    mutate: onMachines((machines, driver, world) => ({
      delete: async (ref, options) => {
        await machines.delete(ref, options);
        await world.host?.plantMachine?.(`${driver.qualifiedMachineName(ref)}.left-${made++}`);
      },
    })),
  },
  {
    id: "deleting-nothing-succeeds",
    breaks: "machine.delete.again",
    why: "Removing with force hides that there was nothing",
    mutate: onMachines((machines) => ({
      delete: async (ref, options) => {
        try {
          await machines.delete(ref, options);
        } catch (error) {
          if (codeOf(error) !== "not-found") throw error;
        }
      },
    })),
  },
  {
    id: "delete-is-always-forced",
    breaks: "machine.delete.running",
    why: "Remove-VM -Force, as it is in the manual",
    mutate: onMachines((machines) => ({
      delete: (ref, options) => machines.delete(ref, { ...options, force: true }),
    })),
  },
  {
    id: "force-is-forgotten",
    breaks: "machine.delete.force",
    why: "The option is taken and not passed on",
    mutate: onMachines((machines) => ({
      delete: (ref, options) => machines.delete(ref, { signal: options?.signal }),
    })),
  },
  {
    id: "half-delete-is-stuck",
    breaks: "machine.delete.partial",
    why: "kutti's Hyper-V driver: the disk was locked, and the next delete finds no machine",
    mutate: onMachines((machines) => {
      const failed = new Set<string>();
      return {
        delete: async (ref, options) => {
          if (failed.has(keyOf(ref))) throw machineError("internal", "machines.delete", ref);
          try {
            await machines.delete(ref, options);
          } catch (error) {
            if (codeOf(error) !== "not-found") failed.add(keyOf(ref));
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "delete-needs-the-disk",
    breaks: "machine.delete.disk-gone",
    why: "kutti returns at the first file that is missing",
    mutate: onMachines((machines, driver, world) => ({
      delete: async (ref, options) => {
        const name = driver.qualifiedMachineName(ref);
        const entries = await world.host?.inventory() ?? [];
        const registered = entries.includes(`machine:${name}`);
        const disk = entries.some((entry) => entry.startsWith("disk:") && entry.includes(name));
        if (registered && !disk) throw machineError("internal", "machines.delete", ref);
        await machines.delete(ref, options);
      },
    })),
  },
  {
    id: "delete-ignores-a-start",
    breaks: "machine.delete.race",
    why: "The state was read before the start came through",
    mutate: onDriver((driver) => {
      const { machines } = withMachines(driver, (machine) => ({
        start: async (options): Promise<Change> => {
          starting.add(keyOf(machine));
          try {
            return await machine.start(options);
          } finally {
            starting.delete(keyOf(machine));
          }
        },
      }));
      return {
        machines: withMembers(machines ?? driver.machines, {
          delete: async (ref: MachineRef, options) => {
            const races = starting.has(keyOf(ref));
            try {
              await driver.machines.delete(ref, options);
            } catch (error) {
              if (!races) throw error;
            }
          },
        }),
      };
    }),
  },
  {
    id: "stop-writes-into-the-image",
    breaks: "machine.image.unchanged",
    why: "A shared parent disk that is writable",
    mutate: onMachine((machine, _, world) => ({
      forceStop: async (options) => {
        const change = await machine.forceStop(options);
        for (const file of await world.files.cached()) {
          await world.files.tamper(file, new Uint8Array([made++ & 0xff]));
        }
        return change;
      },
    })),
  },
  {
    id: "start-needs-the-image",
    breaks: "machine.image.purged",
    why: "The disk has the cached file as its parent",
    mutate: onMachine((machine, driver) => ({
      start: async (options) => {
        const images = await driver.images.list();
        const statuses = await Promise.all(images.map((image) => image.status()));
        if (!statuses.includes("downloaded")) {
          throw machineError("internal", "machine.start", machine);
        }
        return await machine.start(options);
      },
    })),
  },
  {
    id: "gone-is-unknown",
    breaks: "machine.status.gone",
    why: "Everything that is not two words is unknown",
    mutate: recode(["not-found"], "unavailable"),
  },
];
