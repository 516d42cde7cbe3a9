/**
 * What a case of the `utility-vm` contract gets.
 *
 * @module
 */

import type {
  GuestSystem,
  LinuxUtilityVmOptions,
  PlantedNamespace,
  UtilityVm,
  UtilityVmOptions,
  UtilityVms,
  UvmFacet,
  WindowsUtilityVmOptions,
} from "../../../drivers/contract/mod.ts";
import type { CommonContext } from "../../case.ts";
import { commonContext, type ContextParts } from "../rig.ts";
import { FreshUtilityVms } from "./fresh.ts";

/** The guests, and the facets of VMs with them, that a case can need. */
export type UvmNeed = GuestSystem | `${GuestSystem}.${UvmFacet}`;

/** Makes resources with names of their own; all of it goes when the case ends. */
export interface UvmFresh {
  /** A new id, different from all others of the run. */
  id(): string;
  /** Options for a Linux guest with an id of its own. */
  linux(overrides?: Partial<LinuxUtilityVmOptions>): Promise<LinuxUtilityVmOptions>;
  /** Options for a Windows guest with an id and a scratch folder of its own. */
  windows(overrides?: Partial<WindowsUtilityVmOptions>): Promise<WindowsUtilityVmOptions>;
  /** Options for a guest that is claimed, a Linux guest if there is the choice. */
  options(): Promise<UtilityVmOptions>;
  /** A VM that was not started. */
  created(options?: UtilityVmOptions): Promise<UtilityVm>;
  /** A VM that runs. */
  running(options?: UtilityVmOptions): Promise<UtilityVm>;
  /** The path of a new disk. */
  disk(extension?: "vhd" | "vhdx"): Promise<string>;
  /** The paths of so many new disks. */
  disks(count: number): Promise<string[]>;
  /** The path of a new folder. */
  folder(): Promise<string>;
  /** A path in the host of nothing, that a scratch folder can be made at. */
  scratch(): Promise<string>;
  /** A new namespace with so many endpoints. */
  namespace(endpoints: number): Promise<PlantedNamespace>;
}

/** What a case gets. */
export interface UvmContext extends CommonContext<"utility-vm"> {
  /** What is under test; what is made through it is tracked. */
  readonly vms: UtilityVms;
  /** Makes resources. */
  readonly fresh: UvmFresh;
}

/** What the case's function gets. */
export function uvmContext(parts: ContextParts<"utility-vm">): UvmContext {
  const { subject: vms, names, host } = parts;
  return { ...commonContext(parts), vms, fresh: new FreshUtilityVms({ vms, names, host }) };
}
