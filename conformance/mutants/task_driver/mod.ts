/**
 * The mutants of task drivers, in the order of the clauses.
 *
 * @module
 */

import { TASK_DESTROY_MUTANTS } from "./destroy.ts";
import { TASK_EXEC_MUTANTS } from "./exec.ts";
import { TASK_GUEST_MUTANTS } from "./guest.ts";
import { TASK_IMAGE_MUTANTS } from "./images.ts";
import { TASK_NETWORK_MUTANTS } from "./networks.ts";
import { TASK_PLUGIN_MUTANTS } from "./plugin.ts";
import { TASK_INSPECT_MUTANTS, TASK_RECOVER_MUTANTS } from "./recover.ts";
import { TASK_START_MUTANTS } from "./start.ts";
import { TASK_STOP_MUTANTS } from "./stop.ts";
import { TASK_EVENT_MUTANTS, TASK_STATS_MUTANTS } from "./streams.ts";
import type { TaskMutant } from "./task_mutant.ts";
import { TASK_WAIT_MUTANTS } from "./wait.ts";

/** The mutants. */
export const TASK_MUTANTS: readonly TaskMutant[] = [
  ...TASK_PLUGIN_MUTANTS,
  ...TASK_START_MUTANTS,
  ...TASK_WAIT_MUTANTS,
  ...TASK_STOP_MUTANTS,
  ...TASK_DESTROY_MUTANTS,
  ...TASK_INSPECT_MUTANTS,
  ...TASK_RECOVER_MUTANTS,
  ...TASK_IMAGE_MUTANTS,
  ...TASK_GUEST_MUTANTS,
  ...TASK_NETWORK_MUTANTS,
  ...TASK_STATS_MUTANTS,
  ...TASK_EVENT_MUTANTS,
  ...TASK_EXEC_MUTANTS,
];
