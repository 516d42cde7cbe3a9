/**
 * From the way in which a machine ended to how its task did.
 *
 * @module
 */

import type { TaskExit } from "../contract/mod.ts";
import type { EndReason } from "./machines.ts";
import type { LastSight } from "./observer.ts";

/** The number of SIGKILL. */
const KILLED = 9;

const EXITS: Readonly<Record<EndReason, TaskExit>> = {
  "off": { exitCode: 0, signal: 0, oomKilled: false },
  "forced": { exitCode: 0, signal: KILLED, oomKilled: false },
  "crashed": { exitCode: 1, signal: 0, oomKilled: false, error: "The guest crashed" },
  "killed": {
    ...{ exitCode: 0, signal: KILLED, oomKilled: false },
    error: "The host's process of the machine was killed",
  },
  "out-of-memory": {
    ...{ exitCode: 0, signal: KILLED, oomKilled: true },
    error: "The host had no memory left for the machine",
  },
};

/** How a task ended. `isForced` tells that this driver switched the machine off. */
export function exitOf(sight: LastSight, isForced: boolean): TaskExit {
  if (sight.state === "gone") {
    return { exitCode: 1, signal: 0, oomKilled: false, error: "The machine is gone" };
  }
  const { reason, detail } = sight;
  if (isForced && reason === "off") return EXITS.forced;
  const exit = EXITS[reason];
  return exit.error !== undefined && detail ? { ...exit, error: `${exit.error}: ${detail}` } : exit;
}
