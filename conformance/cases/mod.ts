/**
 * All cases, in reading order.
 *
 * @module
 */

import type { Case } from "../case.ts";
import { CREATE_CASES } from "./driver/create.ts";
import { DELETE_CASES } from "./driver/delete.ts";
import { DRIVER_CASES } from "./driver/driver.ts";
import { ERROR_CASES } from "./driver/errors.ts";
import { EVENT_CASES } from "./driver/events.ts";
import { FORWARD_CASES } from "./driver/forwards.ts";
import { ADDRESS_CASES, COMMAND_CASES, SSH_CASES } from "./driver/guest.ts";
import { IMAGE_CASES } from "./driver/images.ts";
import { LIST_CASES } from "./driver/list.ts";
import { NAME_CASES } from "./driver/names.ts";
import { NETWORK_CASES } from "./driver/networks.ts";
import { POWER_CASES } from "./driver/power.ts";
import { POWER_MATRIX_CASES } from "./driver/power_matrix.ts";
import { REGISTRY_CASES } from "./driver/registry.ts";
import { WAIT_CASES } from "./driver/wait.ts";

/** The cases of the `driver` contract. */
export const CASES: readonly Case[] = [
  ...REGISTRY_CASES,
  ...DRIVER_CASES,
  ...NAME_CASES,
  ...CREATE_CASES,
  ...LIST_CASES,
  ...DELETE_CASES,
  ...POWER_CASES,
  ...POWER_MATRIX_CASES,
  ...WAIT_CASES,
  ...ADDRESS_CASES,
  ...COMMAND_CASES,
  ...SSH_CASES,
  ...EVENT_CASES,
  ...ERROR_CASES,
  ...IMAGE_CASES,
  ...NETWORK_CASES,
  ...FORWARD_CASES,
];
