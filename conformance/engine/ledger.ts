/**
 * What is written down before it is made, so that a run that dies leaves nothing unknown.
 *
 * @module
 */

import type { ContractName } from "../../drivers/contract/mod.ts";

/** Something that a case makes through what is under test; by its owner it can be removed. */
export type OwnedResource =
  | {
    /** A machine of the driver. */
    readonly kind: "machine";
    /** Whose. */
    readonly owner: string;
    /** Its cluster. */
    readonly cluster: string;
    /** Its name. */
    readonly name: string;
  }
  | {
    /** A network of the driver. */
    readonly kind: "network";
    /** Whose. */
    readonly owner: string;
    /** Its cluster. */
    readonly cluster: string;
  }
  | {
    /** An image in the driver's cache. */
    readonly kind: "image";
    /** Whose. */
    readonly owner: string;
    /** Its version. */
    readonly version: string;
  }
  | {
    /** A utility VM, or a task. */
    readonly kind: "utility-vm" | "task";
    /** Whose. */
    readonly owner: string;
    /** Its identity. */
    readonly id: string;
  }
  | {
    /** A machine of a machine plugin. */
    readonly kind: "plugin-machine";
    /** Whose. */
    readonly owner: string;
    /** Its name. */
    readonly name: string;
  };

/** The contract by which a resource is removed. */
export const CONTRACT_OF: Readonly<Record<OwnedResource["kind"], ContractName>> = {
  "machine": "driver",
  "network": "driver",
  "image": "driver",
  "utility-vm": "utility-vm",
  "task": "task-driver",
  "plugin-machine": "machine-plugin",
};

/** Something that a case is about to make. */
export type Resource =
  | OwnedResource
  | {
    /** A scratch folder of the suite on this machine. */
    readonly kind: "folder";
    /** Its absolute path. */
    readonly path: string;
  }
  | {
    /** Made behind the back of what is under test, by its qualified name. */
    readonly kind: "planted-machine" | "planted-network" | "planted-file" | "planted-disk";
    /** The contract whose host controls made it. */
    readonly contract: ContractName;
    /** The qualified name. */
    readonly name: string;
  };

/** A resource that a driver or a host removes; a folder is not. */
export type HostResource = Exclude<Resource, { readonly kind: "folder" }>;

/** A resource in words, such as `machine:owner.cluster.name`. */
export function resourceName(resource: Resource): string {
  switch (resource.kind) {
    case "machine":
      return `machine:${resource.owner}.${resource.cluster}.${resource.name}`;
    case "network":
      return `network:${resource.owner}.${resource.cluster}`;
    case "image":
      return `image:${resource.version}`;
    case "utility-vm":
      return `machine:${resource.owner}.${resource.id}`;
    case "task":
      return `task:${resource.id}`;
    case "plugin-machine":
      return `machine:${resource.owner}.${resource.name}`;
    case "folder":
      return `folder:${resource.path}`;
    default:
      return `${resource.kind}:${resource.name}`;
  }
}

/** Where resources are written down. */
export interface Ledger {
  /** Writes a resource down; it may be made once this has settled. Answers its number. */
  intend(resource: Resource): Promise<number>;
  /** Strikes out resources that are gone. */
  strike(numbers: readonly number[]): Promise<void>;
}

/** A ledger for hosts that end with the process. */
export class MemoryLedger implements Ledger {
  readonly #open = new Map<number, Resource>();
  #count = 0;

  /** Writes a resource down. */
  intend(resource: Resource): Promise<number> {
    this.#open.set(++this.#count, resource);
    return Promise.resolve(this.#count);
  }

  /** Strikes out resources. */
  strike(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.#open.delete(number);
    return Promise.resolve();
  }

  /** What is not struck out. */
  open(): Resource[] {
    return [...this.#open.values()];
  }
}
