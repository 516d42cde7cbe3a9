/**
 * All mutants of the reference driver, in the order of the clauses.
 *
 * @module
 */

import { DRIVER_MUTANTS, ERROR_MUTANTS, NAME_MUTANTS, REGISTRY_MUTANTS } from "./foundation.ts";
import { CREATE_MUTANTS, DELETE_MUTANTS, LIST_MUTANTS } from "./life.ts";
import {
  ADDRESS_MUTANTS,
  EVENT_MUTANTS,
  GUEST_MUTANTS,
  POWER_MUTANTS,
  WAIT_MUTANTS,
} from "./machine.ts";
import type { Mutant } from "./mutant.ts";
import {
  FORWARD_MUTANTS,
  IMAGE_FETCH_MUTANTS,
  IMAGE_FILE_MUTANTS,
  IMAGE_LIST_MUTANTS,
  NETWORK_MUTANTS,
} from "./resources.ts";

export type { Mutant } from "./mutant.ts";

/** Every mutant. */
export const MUTANTS: readonly Mutant[] = [
  ...REGISTRY_MUTANTS,
  ...DRIVER_MUTANTS,
  ...NAME_MUTANTS,
  ...ERROR_MUTANTS,
  ...CREATE_MUTANTS,
  ...LIST_MUTANTS,
  ...DELETE_MUTANTS,
  ...POWER_MUTANTS,
  ...WAIT_MUTANTS,
  ...ADDRESS_MUTANTS,
  ...GUEST_MUTANTS,
  ...EVENT_MUTANTS,
  ...IMAGE_LIST_MUTANTS,
  ...IMAGE_FETCH_MUTANTS,
  ...IMAGE_FILE_MUTANTS,
  ...NETWORK_MUTANTS,
  ...FORWARD_MUTANTS,
];
