/**
 * Mutants of lists, owners and what belongs to others.
 *
 * @module
 */

import { DriverError, isDriverError } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  keyOf,
  machineError,
  type Mutant,
  type Mutate,
  onErrors,
  onMachine,
  onMachines,
  reasonOf,
} from "../mutant.ts";

/** Says not-found for errors of that reason. */
const notFoundFor = (reason: string): Mutate =>
  onErrors((error) =>
    isDriverError(error) && error.reason === reason
      ? new DriverError({ ...error.toJSON(), code: "not-found", reason: undefined })
      : error
  );

/** The mutants. */
export const LIST_MUTANTS: readonly Mutant[] = [
  {
    id: "list-omits-the-last",
    breaks: "machine.list",
    why: "kutti's VirtualBox driver drops machines whose name has a space",
    mutate: onMachines((machines) => ({
      list: async (...args) => (await machines.list(...args)).slice(0, -1),
    })),
  },
  {
    id: "list-ignores-the-cluster",
    breaks: "machine.list.cluster",
    why: "The filter is forgotten",
    mutate: onMachines((machines) => ({
      list: (options) => machines.list({ signal: options?.signal }),
    })),
  },
  {
    id: "foreign-machines-are-saved",
    breaks: "machine.foreign",
    why: "packer acted on the machine that it found under the name",
    mutate: onMachines((machines, driver, world) => ({
      delete: async (ref, options) => {
        try {
          await machines.delete(ref, options);
        } catch (error) {
          if (reasonOf(error) === "foreign") {
            await world.host?.force?.(driver.qualifiedMachineName(ref), "saved");
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "foreign-is-not-found",
    breaks: "machine.foreign.code",
    why: "Not ours is read as not there, and the next create runs into it",
    mutate: notFoundFor("foreign"),
  },
  {
    id: "ambiguous-is-not-found",
    breaks: "machine.ambiguous",
    why: "A list of two is not the one that was looked for",
    mutate: notFoundFor("ambiguous"),
  },
  {
    id: "one-owner-for-all",
    breaks: "machine.owner",
    why: "Two workspaces share one list",
    mutate: (world) => {
      let first: string | undefined;
      return withMembers(world, {
        open: (options) => world.open({ ...options, owner: first ??= options.owner }),
      });
    },
  },
  {
    id: "handles-live-in-memory",
    breaks: "machine.adopt",
    why: "lima keeps what it knows in the process",
    mutate: onMachines((machines) => {
      const known = new Set<string>();
      return {
        create: async (spec, options) => {
          const machine = await machines.create(spec, options);
          known.add(keyOf(spec));
          return machine;
        },
        get: async (ref, options) => {
          const machine = await machines.get(ref, options);
          if (!known.has(keyOf(ref))) throw machineError("not-found", "machines.get", ref);
          return machine;
        },
      };
    }),
  },
  {
    id: "start-touches-the-neighbours",
    breaks: "machine.bystander",
    why: "A wildcard in a command that is meant for one machine",
    mutate: onMachine((machine, driver, world) => ({
      start: async (options) => {
        const own = `machine:${driver.owner}.`;
        for (const entry of await world.host?.inventory() ?? []) {
          if (!entry.startsWith("machine:") || entry.startsWith(own)) continue;
          await world.host?.force?.(entry.slice("machine:".length), "saved");
        }
        return await machine.start(options);
      },
    })),
  },
  {
    id: "create-makes-a-shadow",
    breaks: "leak.none",
    why: "A temporary machine for the set-up that nobody removes",
    mutate: onMachines((machines, driver, world) => ({
      create: async (spec, options) => {
        const machine = await machines.create(spec, options);
        await world.host?.plantMachine?.(`${driver.qualifiedMachineName(spec)}.shadow`);
        return machine;
      },
    })),
  },
];
