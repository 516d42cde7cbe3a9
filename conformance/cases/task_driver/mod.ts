/**
 * The cases of the `task-driver` contract, in reading order.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { TASK_DESTROY_CASES } from "./destroy.ts";
import { TASK_EXEC_CASES } from "./exec.ts";
import { TASK_FAULT_CASES } from "./faults.ts";
import { TASK_FINGERPRINT_CASES } from "./fingerprints.ts";
import { TASK_DISK_CASES, TASK_GUEST_CASES } from "./guest.ts";
import { TASK_IMAGE_CASES } from "./images.ts";
import { TASK_NETWORK_CASES } from "./networks.ts";
import { TASK_CONFIG_CASES, TASK_PLUGIN_CASES } from "./plugin.ts";
import { TASK_INSPECT_CASES, TASK_RECOVER_CASES } from "./recover.ts";
import { TASK_START_CASES } from "./start.ts";
import { TASK_STOP_CASES } from "./stop.ts";
import { TASK_EVENT_CASES, TASK_STATS_CASES } from "./streams.ts";
import { TASK_WAIT_CASES } from "./wait.ts";
import { TASK_WIRE_CASES } from "./wire.ts";

/** The cases. */
export const TASK_DRIVER_CASES: readonly Case<"task-driver">[] = [
  ...TASK_PLUGIN_CASES,
  ...TASK_CONFIG_CASES,
  ...TASK_FINGERPRINT_CASES,
  ...TASK_START_CASES,
  ...TASK_WAIT_CASES,
  ...TASK_STOP_CASES,
  ...TASK_DESTROY_CASES,
  ...TASK_INSPECT_CASES,
  ...TASK_RECOVER_CASES,
  ...TASK_IMAGE_CASES,
  ...TASK_DISK_CASES,
  ...TASK_GUEST_CASES,
  ...TASK_NETWORK_CASES,
  ...TASK_STATS_CASES,
  ...TASK_EVENT_CASES,
  ...TASK_EXEC_CASES,
  ...TASK_FAULT_CASES,
  ...TASK_WIRE_CASES,
];
