/**
 * Free networks, and free addresses in them.
 *
 * @module
 */

import {
  type Cidr,
  formatCidr,
  formatIpv4,
  overlap,
  parseCidr,
  sizeOf,
} from "../../contract/mod.ts";
import type { SimulatedMachine, Store } from "./store.ts";

/** Where networks are picked from. */
const POOL = cidrOf("10.64.0.0/10");

/** A network in CIDR notation that is known to be well-formed. */
export function cidrOf(text: string): Cidr {
  return parseCidr(text) as Cidr;
}

/** A /24 that overlaps none of the taken ones. */
export function freeCidr(taken: readonly Cidr[]): string | undefined {
  for (let base = POOL.base; base < POOL.base + sizeOf(POOL.prefix); base += sizeOf(24)) {
    const cidr = { base, prefix: 24 };
    if (!taken.some((other) => overlap(other, cidr))) return formatCidr(cidr);
  }
  return undefined;
}

/** An address for a machine's next boot, as a rule another one than for its last. */
export function freeAddress(store: Store, { network }: SimulatedMachine): string | undefined {
  const text = store.networks.get(network ?? "")?.cidr;
  if (text === undefined) return undefined;
  const { base, prefix } = cidrOf(text);
  const taken = [...store.machines.values()].map((machine) => machine.boot?.address);
  // The network's own address comes first, then the gateway's; the last one is the broadcast.
  const usable = sizeOf(prefix) - 3;
  for (let tries = 0; tries < usable; tries++) {
    const address = formatIpv4(base + 2 + store.count() % usable);
    if (!taken.includes(address)) return address;
  }
  return undefined;
}
