/**
 * The clauses of the `driver` contract, as data.
 *
 * @module
 */

import { ADDRESS_CLAUSES } from "./addresses.ts";
import type { ClauseTopics } from "../../clauses/clause.ts";
import { DRIVER_CLAUSES } from "./driver.ts";
import { ERROR_CLAUSES } from "./errors.ts";
import { EVENT_CLAUSES } from "./events.ts";
import { FORWARD_CLAUSES } from "./forwards.ts";
import { GUEST_CLAUSES } from "./guests.ts";
import { IMAGE_CLAUSES } from "./images.ts";
import { LIFE_CLAUSES } from "./life.ts";
import { NAME_CLAUSES } from "./names.ts";
import { NETWORK_CLAUSES } from "./networks.ts";
import { POWER_CLAUSES } from "./power.ts";
import { REGISTRY_CLAUSES } from "./registry.ts";
import { WAIT_CLAUSES } from "./wait.ts";

/** The clauses by topic, in reading order. */
export const DRIVER_CLAUSE_TOPICS: ClauseTopics = [
  ["Registry", REGISTRY_CLAUSES],
  ["Driver", DRIVER_CLAUSES],
  ["Names", NAME_CLAUSES],
  ["Errors", ERROR_CLAUSES],
  ["Life of a machine", LIFE_CLAUSES],
  ["Power", POWER_CLAUSES],
  ["Waits", WAIT_CLAUSES],
  ["Addresses", ADDRESS_CLAUSES],
  ["Guests", GUEST_CLAUSES],
  ["Events", EVENT_CLAUSES],
  ["Images", IMAGE_CLAUSES],
  ["Networks", NETWORK_CLAUSES],
  ["Port forwards", FORWARD_CLAUSES],
];
