/**
 * The driver: what an adapter of one hypervisor offers.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";
import type { DriverErrorData } from "../errors.ts";
import type { Images } from "./image.ts";
import type { MachineFacet, MachineId, Machines } from "./machine.ts";
import type { MachineRef, NameRule } from "../names.ts";
import type { Networks } from "./network.ts";
import type { PowerState } from "./power.ts";
import type { SshClient } from "./ssh.ts";

/** Whether the driver can work, and what it found out about its host. */
export type DriverStatus =
  | {
    /** The hypervisor answers. */
    readonly state: "ready";
    /** What a user may want to know, such as `acceleration: "none"`. */
    readonly facts: Readonly<Record<string, string>>;
  }
  | {
    /** It does not. */
    readonly state: "error";
    /** Why. */
    readonly error: DriverErrorData;
  };

/** Something happened to a machine. Per machine in order; perhaps before the call that caused it returns. */
export interface MachineEvent {
  /** The machine. */
  readonly machine: MachineRef;
  /** Its identity. */
  readonly id: MachineId;
  /** The state it went into; `absent` when it was removed. */
  readonly state: PowerState;
  /** The hypervisor's own words. */
  readonly raw: string;
}

/** Facet: the driver tells what happens to its machines. */
export interface Events {
  /**
   * The events of this owner's machines from the moment when the promise settles; the stream ends when
   * the signal aborts.
   */
  subscribe(options: { signal: AbortSignal }): Promise<AsyncIterable<MachineEvent>>;
}

/**
 * A driver. Opening one has no side effect; the first call that needs the hypervisor connects.
 * Disposing of it closes what it opened, and touches no machine.
 */
export interface Driver extends AsyncDisposable {
  /** Lower-case, such as `libvirt`; the name in the registry. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Whose machines these are: two owners on one host never see each other's. */
  readonly owner: string;
  /** The names that it accepts for machines and clusters. */
  readonly nameRule: NameRule;
  /** Whether a client reaches a guest's ports at its address, or through forwards only. */
  readonly reachability: "direct" | "forwarded";
  /** Asks the hypervisor whether it can work. Never throws; read afresh at every call. */
  status(options?: CallOptions): Promise<DriverStatus>;
  /**
   * The hypervisor's name of a machine; injective over owner, cluster and name.
   *
   * @throws {DriverError} `invalid-argument`
   */
  qualifiedMachineName(ref: MachineRef): string;
  /** The facets that every machine of this driver has; known before the first one is made. */
  readonly machineFacets: readonly MachineFacet[];
  /** Its machines. */
  readonly machines: Machines;
  /** The images that machines are made from. */
  readonly images: Images;
  /** Facet: a network for each cluster. */
  readonly networks?: Networks;
  /** Facet: commands in its guests. */
  readonly ssh?: SshClient;
  /** Facet: events. */
  readonly events?: Events;
}
