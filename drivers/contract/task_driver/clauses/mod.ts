/**
 * The clauses of the `task-driver` contract, as data.
 *
 * @module
 */

import type { Clause, ClauseTopics } from "../../clauses/clause.ts";
import { TASK_GUEST_CLAUSES, TASK_IMAGE_CLAUSES, TASK_NETWORK_CLAUSES } from "./images.ts";
import { TASK_CONFIG_CLAUSES, TASK_FINGERPRINT_CLAUSES, TASK_PLUGIN_CLAUSES } from "./plugin.ts";
import { TASK_INSPECT_CLAUSES, TASK_RECOVER_CLAUSES } from "./recover.ts";
import { TASK_START_CLAUSES } from "./start.ts";
import { TASK_DESTROY_CLAUSES, TASK_STOP_CLAUSES } from "./stop.ts";
import { TASK_CALL_CLAUSES, TASK_EVENT_CLAUSES, TASK_STATS_CLAUSES } from "./streams.ts";
import { TASK_WAIT_CLAUSES } from "./wait.ts";
import { TASK_WIRE_CLAUSES } from "./wire.ts";

/** The clauses by topic, in reading order. */
export const TASK_CLAUSE_TOPICS: ClauseTopics = [
  ["Plugin", TASK_PLUGIN_CLAUSES],
  ["Configuration", TASK_CONFIG_CLAUSES],
  ["Fingerprints", TASK_FINGERPRINT_CLAUSES],
  ["Start", TASK_START_CLAUSES],
  ["Wait", TASK_WAIT_CLAUSES],
  ["Stop", TASK_STOP_CLAUSES],
  ["Destroy", TASK_DESTROY_CLAUSES],
  ["Inspect", TASK_INSPECT_CLAUSES],
  ["Recover", TASK_RECOVER_CLAUSES],
  ["Images and disks", TASK_IMAGE_CLAUSES],
  ["Guests", TASK_GUEST_CLAUSES],
  ["Networks", TASK_NETWORK_CLAUSES],
  ["Statistics", TASK_STATS_CLAUSES],
  ["Events", TASK_EVENT_CLAUSES],
  ["Signals and commands", TASK_CALL_CLAUSES],
  ["Wire", TASK_WIRE_CLAUSES],
];

/** Every clause, in reading order. */
export const TASK_CLAUSES: readonly Clause[] = TASK_CLAUSE_TOPICS
  .flatMap(([, clauses]) => clauses);
