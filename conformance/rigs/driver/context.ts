/**
 * What a case of the `driver` contract gets.
 *
 * @module
 */

import {
  type Driver,
  type Image,
  type Machine,
  type MachineRef,
  type MachineSpec,
  type Network,
  Registry,
} from "../../../drivers/contract/mod.ts";
import type { CommonContext } from "../../case.ts";
import { HarnessError } from "../../engine/subject.ts";
import { commonContext, type ContextParts } from "../rig.ts";
import { downloaded, FreshResources } from "./fresh.ts";

/** The facets of a driver, its machines and networks that a case can need. */
export type DriverNeed =
  | "networks"
  | "ssh"
  | "events"
  | "machine.suspension"
  | "machine.saving"
  | "machine.forwards"
  | "machine.commands"
  | "machine.console"
  | "network.dhcp";

/**
 * Makes resources with names of their own. All that is made through {@linkcode CaseContext.driver}
 * is written to the ledger before, and removed when the case ends.
 */
export interface Fresh {
  /** A new label that the driver's rule accepts, different from all others of the run. */
  name(): string;
  /** A new machine reference in the case's own cluster, whose network exists if the driver makes networks. */
  ref(): Promise<MachineRef>;
  /** A new cluster, with its network if the driver makes networks. */
  cluster(): Promise<string>;
  /** A spec for a machine with the blank disk, its image downloaded, in the case's own cluster. */
  spec(overrides?: Partial<MachineSpec>): Promise<MachineSpec>;
  /** A stopped machine with the blank disk. */
  machine(overrides?: Partial<MachineSpec>): Promise<Machine>;
  /** A stopped machine with the guest's disk. */
  guest(overrides?: Partial<MachineSpec>): Promise<Machine>;
  /** A running machine with the guest's disk whose SSH server answers. */
  readyGuest(): Promise<Machine>;
  /** A host TCP port that nobody listens on. */
  port(): number;
}

/** What a case gets. */
export interface CaseContext extends CommonContext<"driver"> {
  /** The driver under test; what is made through it is tracked. */
  readonly driver: Driver;
  /** Makes resources. */
  readonly fresh: Fresh;
  /** A registry without entries. */
  readonly registry: Registry<Driver>;
  /** Downloads and returns an image of the list. */
  image(version: string): Promise<Image>;
  /** The network of a cluster; for needs `networks`. */
  network(cluster: string): Promise<Network>;
}

/** What the case's function gets. */
export function driverContext(parts: ContextParts<"driver">): CaseContext {
  const { stage: { world }, subject: driver, names } = parts;
  const common = commonContext(parts);
  const { server } = common;
  return {
    ...common,
    driver,
    fresh: new FreshResources({ driver, names, server, images: world.images }),
    registry: world.registry?.() ?? new Registry<Driver>(),
    image: (version) => downloaded(driver, version),
    network: (cluster) => {
      if (driver.networks) return driver.networks.get(cluster);
      throw new HarnessError("A case asks for a network without the need for networks");
    },
  };
}
