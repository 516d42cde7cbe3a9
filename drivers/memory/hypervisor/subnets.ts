/**
 * IPv4 networks, and free addresses in them.
 *
 * @module
 */

import type { SimulatedMachine, Store } from "./store.ts";

/** The first and the last address of a network, as numbers. */
export type Range = readonly [first: number, last: number];

/** The range of a network in CIDR notation that is known to be well-formed. */
export function rangeOf(cidr: string): Range {
  const [address = "", bits] = cidr.split("/");
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

/** Whether two ranges have an address in common. */
export function overlap([first, last]: Range, [from, to]: Range): boolean {
  return first <= to && from <= last;
}

/** An address from its number. */
export function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** A /24 of 10.64.0.0/10 that overlaps none of the taken ones. */
export function freeCidr(taken: readonly Range[]): string | undefined {
  const [start, end] = rangeOf("10.64.0.0/10");
  for (let first = start; first <= end; first += 256) {
    if (!taken.some((range) => overlap(range, [first, first + 255]))) {
      return `${addressOf(first)}/24`;
    }
  }
  return undefined;
}

/** An address for a machine's next boot, as a rule another one than for its last. */
export function freeAddress(store: Store, { network }: SimulatedMachine): string | undefined {
  const cidr = store.networks.get(network ?? "")?.cidr;
  if (cidr === undefined) return undefined;
  const [first, last] = rangeOf(cidr);
  const taken = [...store.machines.values()].map((machine) => machine.boot?.address);
  // The first address is the gateway's, the last one the broadcast.
  const usable = last - first - 2;
  for (let tries = 0; tries < usable; tries++) {
    const address = addressOf(first + 2 + store.count() % usable);
    if (!taken.includes(address)) return address;
  }
  return undefined;
}
