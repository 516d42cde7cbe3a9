/**
 * The mutants of machine plugins, in the order of the clauses: the defects of Gardener's KubeVirt
 * plugin, and likely ones of others.
 *
 * @module
 */

import { PLUGIN_CREATE_MUTANTS } from "./create.ts";
import { PLUGIN_DELETE_MUTANTS } from "./delete.ts";
import { PLUGIN_ERROR_MUTANTS } from "./errors.ts";
import { PLUGIN_LATE_MUTANTS } from "./late.ts";
import { PLUGIN_OTHERS_MUTANTS } from "./others.ts";
import type { PluginMutant } from "./plugin_mutant.ts";
import { PLUGIN_REQUEST_MUTANTS } from "./requests.ts";
import { PLUGIN_STATUS_MUTANTS } from "./status.ts";
import { PLUGIN_UNTRUE_MUTANTS } from "./untrue.ts";

/** All of them. */
export const PLUGIN_MUTANTS: readonly PluginMutant[] = [
  ...PLUGIN_CREATE_MUTANTS,
  ...PLUGIN_STATUS_MUTANTS,
  ...PLUGIN_DELETE_MUTANTS,
  ...PLUGIN_ERROR_MUTANTS,
  ...PLUGIN_REQUEST_MUTANTS,
  ...PLUGIN_LATE_MUTANTS,
  ...PLUGIN_OTHERS_MUTANTS,
  ...PLUGIN_UNTRUE_MUTANTS,
];
