/**
 * IPv4 networks as libvirt tells them, and free ones among them.
 *
 * @module
 */

import { type Cidr, overlap, parseIpv4, sizeOf } from "../contract/mod.ts";

/** The network that an address of it, such as the gateway's, is in. */
export function networkOf(address: number, prefix: number): Cidr {
  return { base: address - address % sizeOf(prefix), prefix };
}

/** How many leading bits a netmask such as `255.255.255.0` sets. */
export function prefixOf(netmask: string): number {
  return 32 - Math.log2(2 ** 32 - (parseIpv4(netmask) ?? 0));
}

/**
 * A /24 of a range that overlaps none of the taken ones; undefined if all are taken. The search begins
 * at a place that depends on the name, so that two who search at once rarely find the same.
 */
export function pickFree(range: Cidr, taken: readonly Cidr[], name: string): Cidr | undefined {
  const count = sizeOf(range.prefix) / sizeOf(24);
  const start = hash(name) % count;
  for (let i = 0; i < count; i++) {
    const cidr = { base: range.base + (start + i) % count * sizeOf(24), prefix: 24 };
    if (!taken.some((it) => overlap(it, cidr))) return cidr;
  }
  return undefined;
}

/** FNV-1a. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
