/**
 * All mutants, in the order of the clauses, each planted in a driver that conforms.
 *
 * @module
 */

import { ADDRESS_MUTANTS } from "./driver/addresses.ts";
import { COMMAND_MUTANTS } from "./driver/commands.ts";
import { CREATE_MUTANTS } from "./driver/create.ts";
import { DELETE_MUTANTS } from "./driver/delete.ts";
import { DRIVER_MUTANTS } from "./driver/driver.ts";
import { ERROR_MUTANTS } from "./driver/errors.ts";
import { EVENT_GAP_MUTANTS, EVENT_MUTANTS } from "./driver/events.ts";
import { FORWARD_MUTANTS } from "./driver/forwards.ts";
import { IMAGE_FETCH_MUTANTS } from "./driver/image_fetch.ts";
import { IMAGE_FILE_MUTANTS } from "./driver/image_files.ts";
import { IMAGE_LIST_MUTANTS } from "./driver/image_list.ts";
import { LIST_MUTANTS } from "./driver/list.ts";
import { NAME_MUTANTS } from "./driver/names.ts";
import { NETWORK_MUTANTS } from "./driver/networks.ts";
import { POWER_MUTANTS } from "./driver/power.ts";
import { POWER_STATUS_MUTANTS } from "./driver/power_status.ts";
import { REGISTRY_MUTANTS } from "./driver/registry.ts";
import { SSH_MUTANTS } from "./driver/ssh.ts";
import { WAIT_MUTANTS } from "./driver/wait.ts";
import { HYPERV_MUTANTS, SHARED_DEFECTS } from "./hyperv/mod.ts";
import { PLUGIN_MUTANTS } from "./machine_plugin/mod.ts";
import { type Mutant, plantedIn, type PlantedMutant } from "./mutant.ts";
import { TASK_MUTANTS } from "./task_driver/mod.ts";
import { TASK_WIRE_MUTANTS } from "./task_driver/wire.ts";
import { UVM_MUTANTS } from "./utility_vm/mod.ts";

/** The mutants of the `driver` contract. */
const OF_DRIVERS: readonly Mutant[] = [
  ...REGISTRY_MUTANTS,
  ...DRIVER_MUTANTS,
  ...NAME_MUTANTS,
  ...ERROR_MUTANTS,
  ...CREATE_MUTANTS,
  ...LIST_MUTANTS,
  ...DELETE_MUTANTS,
  ...POWER_MUTANTS,
  ...POWER_STATUS_MUTANTS,
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

/** Those of the reference's defects that Hyper-V drivers had, too. */
const HYPERV_DEFECTS: readonly Mutant[] = OF_DRIVERS
  .filter(({ id }) => SHARED_DEFECTS.includes(id))
  .map((mutant) => ({ ...mutant, id: `hyperv-${mutant.id}` }));

/** The driver of mutants that are processes: a plugin of Nomad over memory. */
export const PLUGIN = "nomad";

/** Every mutant. */
export const MUTANTS: readonly PlantedMutant[] = [
  ...plantedIn("memory", "driver", OF_DRIVERS),
  ...plantedIn("memory", "task-driver", TASK_MUTANTS),
  ...plantedIn(PLUGIN, "task-driver", TASK_WIRE_MUTANTS),
  ...plantedIn("kubevirt", "machine-plugin", PLUGIN_MUTANTS),
  ...plantedIn("kubevirt", "driver", EVENT_GAP_MUTANTS),
  ...plantedIn("hcs", "utility-vm", UVM_MUTANTS),
  ...plantedIn("hyperv", "driver", [...HYPERV_MUTANTS, ...HYPERV_DEFECTS]),
];
