/**
 * The clauses of the `driver` contract, as data.
 *
 * @module
 */

import type { Clause } from "./clause.ts";
import { DRIVER_CLAUSES, ERROR_CLAUSES, NAME_CLAUSES, REGISTRY_CLAUSES } from "./foundation.ts";
import {
  ADDRESS_CLAUSES,
  EVENT_CLAUSES,
  GUEST_CLAUSES,
  LIFE_CLAUSES,
  POWER_CLAUSES,
  WAIT_CLAUSES,
} from "./machine.ts";
import { FORWARD_CLAUSES, IMAGE_CLAUSES, LEAK_CLAUSES, NETWORK_CLAUSES } from "./resources.ts";

export type { Clause, Level } from "./clause.ts";

/** Every clause of the `driver` contract, in reading order. */
export const CLAUSES: readonly Clause[] = [
  ...REGISTRY_CLAUSES,
  ...DRIVER_CLAUSES,
  ...NAME_CLAUSES,
  ...ERROR_CLAUSES,
  ...LIFE_CLAUSES,
  ...POWER_CLAUSES,
  ...WAIT_CLAUSES,
  ...ADDRESS_CLAUSES,
  ...GUEST_CLAUSES,
  ...EVENT_CLAUSES,
  ...IMAGE_CLAUSES,
  ...NETWORK_CLAUSES,
  ...FORWARD_CLAUSES,
  ...LEAK_CLAUSES,
];
