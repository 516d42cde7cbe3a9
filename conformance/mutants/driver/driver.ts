/**
 * Mutants of the driver itself.
 *
 * @module
 */

import { type Driver, DriverError } from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { type Mutant, onDriver, onImage, onMachine, onMachines, recode } from "../mutant.ts";

let opened = 0;

/** The mutants. */
export const DRIVER_MUTANTS: readonly Mutant[] = [
  {
    id: "open-writes-a-file",
    breaks: "driver.open.no-effect",
    why: "kutti's drivers write their config at import",
    mutate: (world) =>
      withMembers(world, {
        open: async (options) => {
          await world.files.tamper(`opened-${opened++}`, new Uint8Array([1]));
          return await world.open(options);
        },
      }),
  },
  {
    id: "description-counts-instances",
    breaks: "driver.stable",
    why: "A description with the time or the process in it",
    mutate: onDriver((driver) => ({ description: `${driver.description} #${opened++}` })),
  },
  {
    id: "status-is-never-ready",
    breaks: "driver.status.ready",
    why: "A probe that looks for a service of another version's name",
    mutate: onDriver((driver) => ({
      status: () =>
        Promise.resolve({
          state: "error",
          error: new DriverError({
            code: "unavailable",
            operation: "driver.status",
            subject: `driver:${driver.name}`,
            message: "The service is not there",
          }).toJSON(),
        }),
    })),
  },
  {
    id: "status-is-always-ready",
    breaks: "driver.status.error",
    why: "A status that never asks the hypervisor",
    mutate: onDriver(() => ({ status: () => Promise.resolve({ state: "ready", facts: {} }) })),
  },
  {
    id: "status-error-sticks",
    breaks: "driver.status.recovers",
    why: "kutti's Hyper-V driver never clears its error",
    mutate: onDriver((driver) => {
      let first: Awaited<ReturnType<Driver["status"]>> | undefined;
      return {
        status: async (options) => {
          const now = await driver.status(options);
          if (now.state === "error") first ??= now;
          return first ?? now;
        },
      };
    }),
  },
  {
    id: "status-asks-every-machine",
    breaks: "driver.status.cheap",
    why: "A number of machines by state, for a table that shows none",
    mutate: onDriver((driver) => ({
      status: async (options) => {
        for (const machine of await driver.machines.list(options)) await machine.status(options);
        return await driver.status(options);
      },
    })),
  },
  {
    id: "creates-hold-up-all-reads",
    breaks: "machine.responsive",
    why: "One lock for everything",
    mutate: (world) => {
      let creating: Promise<unknown> = Promise.resolve();
      const locked = onMachines((machines) => ({
        create: (...args) => {
          const made = machines.create(...args);
          creating = made.catch(() => {});
          return made;
        },
      }));
      const waiting = onMachine((machine) => ({
        status: async (options) => {
          await creating;
          return await machine.status(options);
        },
      }));
      return waiting(locked(world));
    },
  },
  {
    id: "unavailable-is-internal",
    breaks: "driver.unavailable",
    why: "One code for all that goes wrong",
    mutate: recode(["unavailable"], "internal"),
  },
  {
    id: "permission-is-not-found",
    breaks: "driver.permission",
    why: "Hyper-V's unspecific error read as a missing machine",
    mutate: recode(["permission-denied"], "not-found"),
  },
  {
    id: "listed-machines-lack-facets",
    breaks: "driver.facets.stable",
    why: "The list is built by another constructor",
    mutate: onMachines((machines) => ({
      list: async (...args) =>
        (await machines.list(...args)).map((each) => withMembers(each, { suspension: undefined })),
    })),
  },
  {
    id: "fetch-keeps-a-second-copy",
    breaks: "driver.directories",
    why: "The archive stays beside the image that was unpacked from it",
    mutate: onImage((image, _, world) => ({
      fetch: async (options) => {
        const result = await image.fetch(options);
        await world.files.tamper(`archives/${image.version}`, new Uint8Array([1]));
        return result;
      },
    })),
  },
  {
    id: "dispose-stops-machines",
    breaks: "driver.dispose",
    why: "libvirt's autodestroy flag left on",
    mutate: onDriver((driver) => ({
      [Symbol.asyncDispose]: async () => {
        for (const machine of await driver.machines.list()) await machine.forceStop();
        await driver[Symbol.asyncDispose]();
      },
    })),
  },
];
