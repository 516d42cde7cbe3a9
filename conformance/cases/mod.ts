/**
 * All cases, in reading order.
 *
 * @module
 */

import { type AnyCase, casesOf } from "../case.ts";
import { ADDRESS_CASES } from "./driver/addresses.ts";
import { COMMAND_CASES } from "./driver/commands.ts";
import { CREATE_CASES } from "./driver/create.ts";
import { DELETE_CASES } from "./driver/delete.ts";
import { DRIVER_CASES } from "./driver/driver.ts";
import { ERROR_SWEEP_CASES } from "./driver/error_sweeps.ts";
import { ERROR_CASES } from "./driver/errors.ts";
import { EVENT_CASES } from "./driver/events.ts";
import { FORWARD_CASES } from "./driver/forwards.ts";
import { HOSTILE_NAME_CASES } from "./driver/hostile_names.ts";
import { IMAGE_FETCH_CASES } from "./driver/image_fetch.ts";
import { IMAGE_FILE_CASES } from "./driver/image_files.ts";
import { IMAGE_LIST_CASES } from "./driver/image_list.ts";
import { IMAGE_PROGRESS_CASES } from "./driver/image_progress.ts";
import { LIST_CASES } from "./driver/list.ts";
import { NAME_CASES } from "./driver/names.ts";
import { NETWORK_CASES } from "./driver/networks.ts";
import { POWER_CASES } from "./driver/power.ts";
import { POWER_MATRIX_CASES } from "./driver/power_matrix.ts";
import { POWER_STATUS_CASES } from "./driver/power_status.ts";
import { POWER_SUSPENSION_CASES } from "./driver/power_suspension.ts";
import { REGISTRY_CASES } from "./driver/registry.ts";
import { SSH_CASES } from "./driver/ssh.ts";
import { WAIT_CASES } from "./driver/wait.ts";
import { PLUGIN_CASES } from "./machine_plugin/mod.ts";
import { TASK_DRIVER_CASES } from "./task_driver/mod.ts";
import { UVM_CASES } from "./utility_vm/mod.ts";

const DRIVER: readonly AnyCase[] = casesOf("driver", [
  ...REGISTRY_CASES,
  ...DRIVER_CASES,
  ...NAME_CASES,
  ...HOSTILE_NAME_CASES,
  ...CREATE_CASES,
  ...LIST_CASES,
  ...DELETE_CASES,
  ...POWER_CASES,
  ...POWER_SUSPENSION_CASES,
  ...POWER_STATUS_CASES,
  ...POWER_MATRIX_CASES,
  ...WAIT_CASES,
  ...ADDRESS_CASES,
  ...COMMAND_CASES,
  ...SSH_CASES,
  ...EVENT_CASES,
  ...ERROR_CASES,
  ...ERROR_SWEEP_CASES,
  ...IMAGE_LIST_CASES,
  ...IMAGE_FETCH_CASES,
  ...IMAGE_PROGRESS_CASES,
  ...IMAGE_FILE_CASES,
  ...NETWORK_CASES,
  ...FORWARD_CASES,
]);

/** The cases of every contract. */
export const CASES: readonly AnyCase[] = [
  ...DRIVER,
  ...casesOf("utility-vm", UVM_CASES),
  ...casesOf("task-driver", TASK_DRIVER_CASES),
  ...casesOf("machine-plugin", PLUGIN_CASES),
];
