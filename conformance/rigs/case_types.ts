/**
 * What the cases of each contract can need, and what they get.
 *
 * @module
 */

import type { ContractName } from "../../drivers/contract/mod.ts";
import type { CaseContext, DriverNeed } from "./driver/context.ts";
import type { PluginContext, PluginNeed } from "./machine_plugin/context.ts";
import type { TaskContext, TaskNeed } from "./task_driver/context.ts";
import type { UvmContext, UvmNeed } from "./utility_vm/context.ts";

/** A row for each contract. */
export interface CaseTypes {
  /** Machines, networks and images of one hypervisor. */
  readonly driver: { readonly need: DriverNeed; readonly context: CaseContext };
  /** Virtual machines as the tasks of an orchestrator. */
  readonly "task-driver": { readonly need: TaskNeed; readonly context: TaskContext };
  /** Small virtual machines that hold containers. */
  readonly "utility-vm": { readonly need: UvmNeed; readonly context: UvmContext };
  /** The machines of a Kubernetes cluster, as Gardener's controller asks for them. */
  readonly "machine-plugin": { readonly need: PluginNeed; readonly context: PluginContext };
}

/** What cases of a contract can need beside what every case can. */
export type NeedOf<C extends ContractName> = CaseTypes[C]["need"];

/** What cases of a contract get. */
export type ContextOf<C extends ContractName> = CaseTypes[C]["context"];
