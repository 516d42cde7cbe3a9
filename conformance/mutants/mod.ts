/**
 * All mutants of the reference driver, in the order of the clauses.
 *
 * @module
 */

import { ADDRESS_MUTANTS } from "./driver/addresses.ts";
import { COMMAND_MUTANTS } from "./driver/commands.ts";
import { CREATE_MUTANTS } from "./driver/create.ts";
import { DELETE_MUTANTS } from "./driver/delete.ts";
import { DRIVER_MUTANTS } from "./driver/driver.ts";
import { ERROR_MUTANTS } from "./driver/errors.ts";
import { EVENT_MUTANTS } from "./driver/events.ts";
import { FORWARD_MUTANTS } from "./driver/forwards.ts";
import { IMAGE_FETCH_MUTANTS } from "./driver/image_fetch.ts";
import { IMAGE_FILE_MUTANTS } from "./driver/image_files.ts";
import { IMAGE_LIST_MUTANTS } from "./driver/image_list.ts";
import { LIST_MUTANTS } from "./driver/list.ts";
import { NAME_MUTANTS } from "./driver/names.ts";
import { NETWORK_MUTANTS } from "./driver/networks.ts";
import { POWER_MUTANTS } from "./driver/power.ts";
import { REGISTRY_MUTANTS } from "./driver/registry.ts";
import { SSH_MUTANTS } from "./driver/ssh.ts";
import { WAIT_MUTANTS } from "./driver/wait.ts";
import type { Mutant } from "./mutant.ts";

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
  ...COMMAND_MUTANTS,
  ...SSH_MUTANTS,
  ...EVENT_MUTANTS,
  ...IMAGE_LIST_MUTANTS,
  ...IMAGE_FETCH_MUTANTS,
  ...IMAGE_FILE_MUTANTS,
  ...NETWORK_MUTANTS,
  ...FORWARD_MUTANTS,
];
