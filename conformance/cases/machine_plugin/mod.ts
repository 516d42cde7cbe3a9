/**
 * The cases of the `machine-plugin` contract.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { PLUGIN_ABORT_CASES } from "./abort.ts";
import { PLUGIN_CREATE_CASES } from "./create.ts";
import { PLUGIN_DELETE_CASES } from "./delete.ts";
import { PLUGIN_ERROR_SWEEP_CASES } from "./error_sweeps.ts";
import { PLUGIN_ERROR_CASES } from "./errors.ts";
import { PLUGIN_INITIALIZE_CASES } from "./initialize.ts";
import { PLUGIN_OTHERS_CASES } from "./others.ts";
import { PLUGIN_REQUEST_CASES } from "./requests.ts";
import { PLUGIN_SECRET_CASES } from "./secrets.ts";
import { PLUGIN_SHUTDOWN_CASES } from "./shutdown.ts";
import { PLUGIN_STATUS_CASES } from "./status.ts";

/** All of them. The sweeps are first as they take longest: one that is last has a thread for itself. */
export const PLUGIN_CASES: readonly Case<"machine-plugin">[] = [
  ...PLUGIN_ERROR_SWEEP_CASES,
  ...PLUGIN_CREATE_CASES,
  ...PLUGIN_INITIALIZE_CASES,
  ...PLUGIN_STATUS_CASES,
  ...PLUGIN_DELETE_CASES,
  ...PLUGIN_SHUTDOWN_CASES,
  ...PLUGIN_OTHERS_CASES,
  ...PLUGIN_ERROR_CASES,
  ...PLUGIN_ABORT_CASES,
  ...PLUGIN_REQUEST_CASES,
  ...PLUGIN_SECRET_CASES,
];
