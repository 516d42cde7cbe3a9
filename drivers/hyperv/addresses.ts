/**
 * Where a guest is reached.
 *
 * @module
 */

import type { AdapterRecord } from "./backend.ts";

/** Link-local, loopback and unspecified ones lead nowhere. */
const USELESS = /^(?:fe[89ab][0-9a-f]:|169\.254\.|127\.|0\.|::1?$)/i;

/**
 * The address that leads to a guest, IPv4 before IPv6. For some seconds after a start there is
 * nothing, not even a list, and then a link-local address may come first.
 */
export function addressOf(adapters: readonly AdapterRecord[] | null): string | undefined {
  const usable = (adapters ?? [])
    .flatMap(({ addresses }) => addresses ?? [])
    .filter((address) => !USELESS.test(address));
  return usable.find((address) => !address.includes(":")) ?? usable[0];
}
