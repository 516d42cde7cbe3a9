/**
 * Mutants of what is told of a machine's power.
 *
 * @module
 */

import type { MachineStatus, PowerState } from "../../../drivers/contract/mod.ts";
import { type Mutant, onMachine } from "../mutant.ts";
import { showAs } from "./power.ts";

/** The mutants. */
export const POWER_STATUS_MUTANTS: readonly Mutant[] = [
  {
    id: "status-is-remembered",
    breaks: "machine.status.live",
    why: "kutti's Hyper-V driver answers from a field",
    mutate: onMachine((machine) => {
      let known: MachineStatus | undefined;
      return {
        start: async (options) => {
          const change = await machine.start(options);
          known = { state: change.state, raw: "remembered" };
          return change;
        },
        forceStop: async (options) => {
          known = undefined;
          return await machine.forceStop(options);
        },
        status: async (options) => known ?? await machine.status(options),
      };
    }),
  },
  {
    id: "raw-word-is-the-state",
    breaks: "machine.status.declared",
    why: "lima passes its own word through",
    mutate: onMachine((machine) => ({
      status: async (options) => {
        const status = await machine.status(options);
        return { ...status, state: status.state.toUpperCase() as PowerState };
      },
    })),
  },
  {
    id: "unknown-shows-stopped",
    breaks: "machine.status.unknown",
    why: "The last branch of a switch",
    mutate: showAs("unknown", "stopped"),
  },
  {
    id: "off-without-a-stop-shows-unknown",
    breaks: "machine.host-reboot",
    why: "The process that ran it is not the one that is remembered",
    mutate: onMachine((machine) => {
      let runs = false;
      return {
        start: async (options) => {
          runs = true;
          return await machine.start(options);
        },
        status: async (options) => {
          const { state, ...rest } = await machine.status(options);
          return { ...rest, state: runs && state === "stopped" ? "unknown" : state };
        },
      };
    }),
  },
];
