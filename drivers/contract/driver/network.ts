/**
 * Networks: one per cluster, where a driver offers that.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";

/** What a network is made from. */
export interface NetworkSpec {
  /** The cluster it belongs to. */
  readonly cluster: string;
  /** IPv4 in CIDR notation, such as `192.168.125.0/24`; the driver picks a free one if absent. */
  readonly cidr?: string;
}

/** An address that a network's DHCP server gave out. */
export interface Lease {
  /** The hardware address, lower-case with colons. */
  readonly mac: string;
  /** The IP address. */
  readonly address: string;
  /** The host name that the guest told, if it told one. */
  readonly hostname?: string;
}

/** Facet: the network has a DHCP server that can be asked. */
export interface Dhcp {
  /** The leases that are valid now. */
  leases(options?: CallOptions): Promise<Lease[]>;
}

/** The facets that a network may have. */
export const NETWORK_FACETS = ["dhcp"] as const;

/** One of {@linkcode NETWORK_FACETS}. */
export type NetworkFacet = typeof NETWORK_FACETS[number];

/** A private network of one cluster. */
export interface Network {
  /** The cluster it belongs to. */
  readonly cluster: string;
  /** The qualified name. */
  readonly name: string;
  /** IPv4 in CIDR notation. */
  readonly cidr: string;
  /** Facet: present if the network's DHCP server can be asked. */
  readonly dhcp?: Dhcp;
}

/** Facet: the driver makes a network for each cluster. */
export interface Networks {
  /** The facets that every network of this driver has; known before the first one is made. */
  readonly facets: readonly NetworkFacet[];
  /**
   * The hypervisor's name of a cluster's network; two clusters never share one.
   *
   * @throws {DriverError} `invalid-argument`
   */
  qualifiedName(cluster: string): string;
  /**
   * Makes a cluster's network.
   *
   * @throws {DriverError} `already-exists`, also for a foreign one of that qualified name;
   * `invalid-argument` for a bad cluster name or CIDR
   */
  create(spec: NetworkSpec, options?: CallOptions): Promise<Network>;
  /**
   * A cluster's network.
   *
   * @throws {DriverError} `not-found`
   */
  get(cluster: string, options?: CallOptions): Promise<Network>;
  /** The networks of this owner, in any order. */
  list(options?: CallOptions): Promise<Network[]>;
  /**
   * Removes a cluster's network.
   *
   * @throws {DriverError} `not-found`; `failed-precondition` while a machine is attached
   */
  delete(cluster: string, options?: CallOptions): Promise<void>;
}
