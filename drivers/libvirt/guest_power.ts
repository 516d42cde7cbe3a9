/**
 * What a guest does to its own power when the suite asks it to.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import type { DomainRef } from "./backend.ts";
import type { LibvirtClient } from "./rpc/client.ts";
import { DomainState, Flags } from "./rpc/constants.ts";
import { ErrorNumber, LibvirtError } from "./rpc/errors.ts";

const POLL_MS = 100;
/** A key, in Linux's numbers. */
const ENTER = 28;
/** No agent answers yet, or the machine has just ended. */
const NOT_NOW: readonly number[] = [
  ErrorNumber.AGENT_UNRESPONSIVE,
  ErrorNumber.OPERATION_INVALID,
];

/** What asking needs. */
export interface GuestPower {
  /** Who carries it over. */
  readonly client: LibvirtClient;
  /** Time. */
  readonly clock: Clock;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** Restarts a guest by its agent, as soon as that is there. */
export async function restartGuest(power: GuestPower, domain: DomainRef): Promise<void> {
  while (!await asks(power, domain, "domainReboot")) await pause(power);
}

/**
 * Has a guest switch itself off, and answers when its machine is off. A guest without an agent may be
 * the suite's smallest one, which waits for a key; those that are pressed too early are lost.
 */
export async function endGuest(power: GuestPower, domain: DomainRef): Promise<void> {
  const { client, signal } = power;
  const wire = { ...domain, id: -1 };
  let isAsked = false;
  while (true) {
    const { state } = await client.call("domainGetState", { domain: wire }, { signal });
    if (state === DomainState.SHUTOFF) return;
    isAsked ||= await asks(power, domain, "domainShutdownFlags");
    if (!isAsked) {
      const keys = { domain: wire, codeset: 0, holdtime: 0, keycodes: [ENTER] };
      await unlessNotNow(client.call("domainSendKey", keys, { signal }));
    }
    await pause(power);
  }
}

/** Asks the agent; answers whether it heard. */
async function asks(
  { client, signal }: GuestPower,
  domain: DomainRef,
  procedure: "domainReboot" | "domainShutdownFlags",
): Promise<boolean> {
  const params = { domain: { ...domain, id: -1 }, flags: Flags.domainShutdown.AGENT };
  return await unlessNotNow(client.call(procedure, params, { signal }));
}

async function unlessNotNow(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof LibvirtError && NOT_NOW.includes(error.code)) return false;
    throw error;
  }
}

async function pause({ clock, signal }: GuestPower): Promise<void> {
  await clock.sleep(POLL_MS, { signal });
}
