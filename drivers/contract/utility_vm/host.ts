/**
 * What the suite may do behind the back of utility VMs.
 *
 * @module
 */

import type { HostBase } from "../world.ts";
import type { NetworkEndpoint } from "./attachments.ts";
import type { UvmExitKind } from "./utility_vm.ts";

/** An operation of the host that can be made to fail, stay pending or end without effect. */
export type UvmHostOperation = "create" | "start" | "terminate" | "modify" | "properties";

/** An event that the host sends although nothing of the kind has happened. */
export type StrangeEvent =
  /** Of a type that nobody knows. */
  | "unknown"
  /** An exit without any data. */
  | "empty"
  /** An exit with data that is no JSON. */
  | "malformed"
  /** The exit of a VM that has ended before, once more. */
  | "repeated-exit";

/** A namespace that the suite made. */
export interface PlantedNamespace {
  /** Its GUID. */
  readonly id: string;
  /** Its endpoints. */
  readonly endpoints: readonly NetworkEndpoint[];
}

/** Each optional member is a facet of the subject. VMs go by their id. */
export interface UtilityVmHost extends HostBase {
  /** The read-only layers of a Windows guest, top-most first. */
  windowsLayers?(): Promise<readonly string[]>;
  /** A folder with `kernel`, `initrd.img` and `rootfs.vhd`. */
  bootFiles?(): Promise<string>;
  /** Makes a disk file of that name, which ends with `.vhd` or `.vhdx`, and answers its path. */
  plantDisk?(name: string): Promise<string>;
  /** Makes a folder with a file in it, and answers its path. */
  plantFolder?(name: string): Promise<string>;
  /** The path of a folder that is not there, for a scratch disk to be made in. */
  scratchPath?(name: string): Promise<string>;
  /** Removes a planted disk or folder, or what was made at a scratch path, by its name. */
  uprootFile?(name: string): Promise<void>;
  /** Whether there is such a file or folder. */
  hasFile?(path: string): Promise<boolean>;
  /** Makes network endpoints, and a namespace with them. */
  plantNetwork?(name: string, endpoints: number): Promise<PlantedNamespace>;
  /** Removes them, by their name. */
  uprootNetwork?(name: string): Promise<void>;
  /**
   * What the host has attached to a VM, sorted: `scsi:<controller>:<lun>=<path>`,
   * `vpmem:<device>=<path> <vhd1|vhdx>`, `vsmb:<name>=<path>`, `plan9:<name>=<path>`, `nic:<adapter>=<endpoint>`,
   * with ` ro` after those that cannot be written to.
   */
  devices?(id: string): Promise<readonly string[]>;
  /**
   * What the guest has, sorted: `disk:<guest path>`, `vpmem:<guest path>`, `share:<guest path>`,
   * `namespace:<id>`, `nic:<adapter>`.
   */
  guestDevices?(id: string): Promise<readonly string[]>;
  /** The files that VMs are let in to, as `<id> <path>`, sorted. */
  grants?(): Promise<readonly string[]>;
  /** The document that a VM was made from, as JSON. */
  document?(id: string): Promise<unknown>;
  /** Ends a VM from within, or has its process die. */
  exit?(id: string, kind: UvmExitKind): Promise<void>;
  /** The next operations of a kind on a VM are refused with that code of the host. */
  refuse?(
    id: string,
    operation: UvmHostOperation,
    plan: { readonly code?: string; readonly times?: number },
  ): Promise<void>;
  /** The next requests to a VM's guest fail in the guest. */
  failGuest?(id: string, times: number): Promise<void>;
  /** Operations of a VM are accepted and do not end before {@linkcode release}. */
  hold?(id: string): Promise<void>;
  /** Lets held operations end. */
  release?(id: string): Promise<void>;
  /** Sends a strange event about a VM. */
  sendEvent?(id: string, event: StrangeEvent): Promise<void>;
  /** The service goes away and comes back, without its VMs. */
  loseService?(): Promise<void>;
}
