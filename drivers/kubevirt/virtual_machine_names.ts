/**
 * How a plugin's machine and its parts are named, and told from others.
 *
 * @module
 */

import { qualifiedName } from "../contract/mod.ts";
import type { KubeObject, MachineOutline, ObjectMeta, OwnerReference } from "./backend.ts";

/** Whose. */
export const OWNER_LABEL = "machine-plugin.vmtck.dev/owner";
/** Which machine. */
export const MACHINE_LABEL = "machine-plugin.vmtck.dev/machine";
/** The digest of what was asked for. */
export const REQUEST_ANNOTATION = "machine-plugin.vmtck.dev/request";

/** A machine and its parts. */
export interface MachineNames {
  /** Whose. */
  readonly owner: string;
  /** The machine's own name, and that of its node. */
  readonly machine: string;
  /** The name of the virtual machine. */
  readonly vm: string;
  /** The name of the Secret with its user data. */
  readonly userData: string;
}

/** The names of a machine. They are injective: no label has a dot. */
export function machineNames(owner: string, machine: string): MachineNames {
  const vm = qualifiedName(owner, machine);
  return { owner, machine, vm, userData: qualifiedName(vm, "userdata") };
}

/** The name of the data volume behind a disk. */
export function diskOf(vm: string, disk: string): string {
  return qualifiedName(vm, disk);
}

/** The labels that all parts of a machine carry. */
export function ownLabels({ owner, machine }: MachineNames): Readonly<Record<string, string>> {
  return { [OWNER_LABEL]: owner, [MACHINE_LABEL]: machine };
}

/** A selector of labels that have exactly these values. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).sort().join(",");
}

/** Whether an object carries all of these labels. */
export function carries(
  { metadata }: KubeObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** The machine that owns an object, whether it is there or not. */
export function ownerOf({ ownerReferences }: ObjectMeta): OwnerReference | undefined {
  return ownerReferences?.find(({ kind }) => kind === "VirtualMachine");
}

/** What makes the cluster remove an object with its machine. */
export function ownedBy({ metadata }: MachineOutline): OwnerReference {
  return {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachine",
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    controller: true,
  };
}
