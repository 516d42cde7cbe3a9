/**
 * Waiting for a machine.
 *
 * @module
 */

import type { About } from "../backend/driver_errors.ts";
import { answersSsh } from "../backend/guest_commands.ts";
import { type MachineWait, type Sight, waitForMachine } from "../backend/wait_for_machine.ts";
import type { WaitResult, WaitTarget } from "../contract/mod.ts";
import { addressOf, ALL_SOURCES, LEASE_ONLY } from "./addresses.ts";
import type { DomainRef, LibvirtEvent } from "./backend.ts";
import { look } from "./domains.ts";
import { meaningOf } from "./errors.ts";
import { guestAccess } from "./guest.ts";
import type { Session } from "./session.ts";

/** No event tells of an address or an SSH server. */
const POLL_MS = 250;
/** Agents are asked less often than the network: most guests have a lease, and some have a slow agent. */
const ALL_SOURCES_EVERY = 8;

type Looking = Parameters<MachineWait["look"]>[0];

/** Waits as {@linkcode Machine.wait} says. */
export function waitForTarget(
  session: Session,
  domain: DomainRef,
  target: WaitTarget,
  { timeoutMs, about }: { timeoutMs: number; about: About },
): Promise<WaitResult> {
  const needsState = target === "running" || target === "stopped";
  let looks = 0;
  return waitForMachine({
    clock: session.clock,
    timeoutMs,
    about,
    meaningOf,
    async look(looking): Promise<Sight> {
      const asksAll = ++looks % ALL_SOURCES_EVERY === 0;
      const { state } = await look(session, domain, { signal: looking.signal });
      const isReached = needsState
        ? state === target
        : state === "running" && await hasAnswered(session, domain, target, asksAll, looking);
      return isReached ? { state, verdict: "reached" } : { state };
    },
    wake: needsState ? (signal) => newsOf(session, domain, signal) : undefined,
    pollMs: needsState ? undefined : POLL_MS,
  });
}

/** Whether the guest has an address, and if that is asked for, an SSH server there. */
async function hasAnswered(
  session: Session,
  domain: DomainRef,
  target: WaitTarget,
  asksAll: boolean,
  looking: Looking,
): Promise<boolean> {
  const sources = asksAll ? ALL_SOURCES : LEASE_ONLY;
  const found = await addressOf(session, domain, { signal: looking.signal, sources });
  if (found === undefined || target === "address") return found !== undefined;
  return await answersSsh(guestAccess(session), found, looking);
}

/** The events that can change the answer. */
async function* newsOf(
  session: Session,
  domain: DomainRef,
  signal: AbortSignal,
): AsyncGenerator<LibvirtEvent> {
  for await (const event of session.backend.events({ signal })) {
    const isOurs = event.type === "lifecycle" && event.domain.uuid === domain.uuid;
    if (isOurs || event.type === "lost") yield event;
  }
}
