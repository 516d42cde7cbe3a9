/**
 * The rigs, by contract.
 *
 * @module
 */

import type { ContractName } from "../../drivers/contract/mod.ts";
import { DRIVER_RIG } from "./driver/rig.ts";
import { PLUGIN_RIG } from "./machine_plugin/rig.ts";
import type { Rig } from "./rig.ts";
import { TASK_DRIVER_RIG } from "./task_driver/rig.ts";
import { UVM_RIG } from "./utility_vm/rig.ts";

const RIGS: { readonly [C in ContractName]: Rig<C> } = {
  "driver": DRIVER_RIG,
  "task-driver": TASK_DRIVER_RIG,
  "utility-vm": UVM_RIG,
  "machine-plugin": PLUGIN_RIG,
};

/** The rig of a contract. */
export function rigOf(contract: ContractName): Rig {
  return RIGS[contract];
}
