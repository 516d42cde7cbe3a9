/**
 * Mutants of errors.
 *
 * @module
 */

import { DriverError, isDriverError, type MachineStatus } from "../../../drivers/contract/mod.ts";
import {
  keyOf,
  machineError,
  type Mutant,
  onDriver,
  onErrors,
  onMachine,
  onMachines,
  recode,
  withMachines,
} from "../mutant.ts";

let planted = 0;

/** The mutants. */
export const ERROR_MUTANTS: readonly Mutant[] = [
  {
    id: "errors-lack-the-operation",
    breaks: "error.shape",
    why: "An error made where nobody knows what was asked",
    mutate: onErrors((error) =>
      isDriverError(error) ? new DriverError({ ...error.toJSON(), operation: "" }) : error
    ),
  },
  {
    id: "missing-is-unknown",
    breaks: "error.missing",
    why: "kutti's Hyper-V driver has one error for everything",
    mutate: recode(["not-found"], "unknown"),
  },
  {
    id: "unsure-is-not-found",
    breaks: "error.unsure",
    why: "vbox says not found for any failure",
    mutate: recode(["unavailable", "internal", "deadline-exceeded", "unknown"], "not-found"),
  },
  {
    id: "no-memory-is-internal",
    breaks: "error.no-memory",
    why: "The code of the hypervisor is not in the table",
    mutate: recode(["resource-exhausted"], "internal"),
  },
  {
    id: "garbled-reply-panics",
    breaks: "error.garbled",
    why: "A type assertion on the reply",
    mutate: onErrors((error) =>
      isDriverError(error) && ["internal", "unknown", "data-loss"].includes(error.code)
        ? new TypeError("Cannot read properties of undefined")
        : error
    ),
  },
  {
    id: "timeout-is-internal",
    breaks: "error.timeout",
    why: "The abort of the call is passed on as it is",
    mutate: recode(["deadline-exceeded", "unavailable"], "internal"),
  },
  {
    id: "late-reply-answers-the-next-call",
    breaks: "error.late",
    why: "A session without request ids is off by one after a timeout",
    mutate: onDriver((driver) => {
      let late: MachineStatus | undefined;
      return withMachines(driver, (machine) => ({
        status: async (options) => {
          const answer = late;
          late = undefined;
          if (answer !== undefined) return answer;
          try {
            return await machine.status(options);
          } catch (error) {
            late = { state: "running", raw: "late" };
            throw error;
          }
        },
      }));
    }),
  },
  {
    id: "one-error-for-all-machines",
    breaks: "error.isolated",
    why: "kutti's drivers have one error field",
    mutate: onDriver((driver) => {
      let last: unknown;
      return withMachines(driver, (machine) => ({
        start: async (options) => {
          if (last !== undefined) throw last;
          try {
            return await machine.start(options);
          } catch (error) {
            last = error;
            throw error;
          }
        },
      }));
    }),
  },
  {
    id: "failed-create-leaves-a-machine",
    breaks: "error.rollback",
    why: "kutti's Hyper-V driver removes the files and leaves the registration",
    mutate: onMachines((machines, _, world) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          const failed = !isDriverError(error) || error.code === "internal";
          if (failed) await world.host?.plantMachine?.(`half-made-${planted++}`);
          throw error;
        }
      },
    })),
  },
  {
    id: "failed-create-blocks-the-name",
    breaks: "error.retry",
    why: "The reservation of the name is not taken back",
    mutate: onMachines((machines) => {
      const failed = new Set<string>();
      return {
        create: async (spec, options) => {
          if (failed.has(keyOf(spec))) throw machineError("aborted", "machines.create", spec);
          try {
            return await machines.create(spec, options);
          } catch (error) {
            failed.add(keyOf(spec));
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "status-is-optimistic",
    breaks: "error.truthful",
    why: "The old kutti core set Running when start was called",
    mutate: onMachine((machine) => {
      let hoped: MachineStatus | undefined;
      return {
        start: async (options) => {
          hoped = { state: "running", raw: "hoped" };
          const change = await machine.start(options);
          hoped = undefined;
          return change;
        },
        status: async (options) => hoped ?? await machine.status(options),
      };
    }),
  },
  {
    id: "signal-is-ignored",
    breaks: "error.canceled",
    why: "The signal is taken and never looked at",
    mutate: onMachines((machines) => ({
      create: (spec) => machines.create(spec),
      list: (options) => machines.list({ cluster: options?.cluster }),
    })),
  },
];
