/**
 * The contracts: what is under test in each, and the ways behind its back.
 *
 * @module
 */

import type { Driver } from "./driver/driver.ts";
import type { HostControls } from "./driver/host.ts";
import type { PluginHost } from "./machine_plugin/host.ts";
import type { MachinePlugin } from "./machine_plugin/plugin.ts";
import type { TaskHost } from "./task_driver/host.ts";
import type { TaskDriver } from "./task_driver/task_driver.ts";
import type { UtilityVmHost } from "./utility_vm/host.ts";
import type { UtilityVms } from "./utility_vm/utility_vm.ts";

/** A row for each contract. */
export interface Contracts {
  /** Machines, networks and images of one hypervisor. */
  readonly driver: { readonly subject: Driver; readonly host: HostControls };
  /** Small virtual machines that hold containers, as hcsshim makes them. */
  readonly "utility-vm": { readonly subject: UtilityVms; readonly host: UtilityVmHost };
  /** Virtual machines as the tasks of an orchestrator, as Nomad's driver plugins offer them. */
  readonly "task-driver": { readonly subject: TaskDriver; readonly host: TaskHost };
  /** The machines of a Kubernetes cluster, as Gardener's controller asks for them. */
  readonly "machine-plugin": { readonly subject: MachinePlugin; readonly host: PluginHost };
}

/** The name of a contract. */
export type ContractName = keyof Contracts;

/** The names of the contracts, in reading order. */
export const CONTRACTS: readonly ContractName[] = [
  "driver",
  "utility-vm",
  "task-driver",
  "machine-plugin",
];

/** What is under test in a contract. */
export type SubjectOf<C extends ContractName> = Contracts[C]["subject"];

/** The ways behind its back. */
export type HostOf<C extends ContractName> = Contracts[C]["host"];
