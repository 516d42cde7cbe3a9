/**
 * Where a guest is reached.
 *
 * @module
 */

import { isUsable } from "../contract/mod.ts";
import type { DomainRef, InterfaceAddresses } from "./backend.ts";
import { unlessRefused } from "./errors.ts";
import { AddressSource, AddressType } from "./rpc/constants.ts";
import type { Session } from "./session.ts";

const { LEASE, AGENT, ARP } = AddressSource;

/** The ways to learn an address, best first. */
export const ALL_SOURCES: readonly number[] = [LEASE, AGENT, ARP];
/** The way that works for every guest that asked for an address in its cluster's network. */
export const LEASE_ONLY: readonly number[] = [LEASE];

/** An agent that hangs would block its machine for longer. */
const AGENT_MS = 2000;

/** The guest's address, by the first source that knows one; IPv4 before IPv6. */
export async function addressOf(
  session: Session,
  domain: DomainRef,
  options: { readonly signal?: AbortSignal; readonly sources: readonly number[] },
): Promise<string | undefined> {
  const { signal } = options;
  for (const source of options.sources) {
    const limits = source === AGENT ? { signal, timeoutMs: AGENT_MS } : { signal };
    const interfaces = await session.call("domainInterfaceAddresses", { domain, source }, limits)
      // No agent, no such source: this way is closed, which says nothing about the others.
      .catch(unlessRefused([]));
    const address = bestOf(interfaces);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** The best of addresses, if one can be told to others. */
export function bestOf(interfaces: readonly InterfaceAddresses[]): string | undefined {
  const usable = interfaces.flatMap((it) => it.addresses).filter((it) => isUsable(it.address));
  const best = usable.find((it) => it.type === AddressType.IPV4) ?? usable[0];
  return best?.address;
}
