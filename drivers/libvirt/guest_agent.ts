/**
 * What a guest does from inside when the suite asks it to.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { Clock } from "../contract/mod.ts";
import type { DomainRef } from "./backend.ts";
import type { LibvirtClient } from "./rpc/client.ts";
import { DomainState, Flags } from "./rpc/constants.ts";
import { ErrorNumber, LibvirtError } from "./rpc/errors.ts";

const POLL_MS = 100;
/** libvirt's own patience with an agent. */
const AGENT_DEFAULT = -1;
/** A key, in Linux's numbers. */
const ENTER = 28;
/** What asking needs. */
export interface GuestWay {
  /** Who carries it over. */
  readonly client: LibvirtClient;
  /** Time. */
  readonly clock: Clock;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** Restarts a guest by its agent, as soon as that is there. */
export async function restartGuest(way: GuestWay, domain: DomainRef): Promise<void> {
  while (!await asks(way, domain, "domainReboot")) await pause(way);
}

/**
 * Has a guest switch itself off, and answers when its machine is off. A guest without an agent may be
 * the suite's smallest one, which waits for a key; those that are pressed too early are lost.
 */
export async function endGuest(way: GuestWay, domain: DomainRef): Promise<void> {
  const { client, signal } = way;
  const wire = { ...domain, id: -1 };
  let isAsked = false;
  while (true) {
    const { state } = await client.call("domainGetState", { domain: wire }, { signal });
    if (state === DomainState.SHUTOFF) return;
    isAsked ||= await asks(way, domain, "domainShutdownFlags");
    if (!isAsked) {
      const keys = { domain: wire, codeset: 0, holdtime: 0, keycodes: [ENTER] };
      await unlessNotNow(client.call("domainSendKey", keys, { signal }));
    }
    await pause(way);
  }
}

/**
 * Runs a program in a guest, as soon as its agent is there; answers what it printed.
 *
 * @throws {BackendError} refused, with the code `guest-exec`, if the program fails
 */
export async function runInGuest(
  way: GuestWay,
  domain: DomainRef,
  [path, ...arg]: readonly string[],
): Promise<string> {
  while (!await asks(way, domain, "guest-ping")) await pause(way);
  const { pid } = await command(way, domain, "guest-exec", { path, arg, "capture-output": true });
  while (true) {
    const status = await command(way, domain, "guest-exec-status", { pid });
    if (status.exited) {
      const text = new TextDecoder().decode(
        Uint8Array.from(atob(status["out-data"] ?? ""), (letter) => letter.charCodeAt(0)),
      );
      if (status.exitcode === 0) return text;
      const message = `"${path}" ended with ${status.exitcode} in the guest`;
      throw new BackendError("refused", "guest-exec", message);
    }
    await pause(way);
  }
}

/** What an agent answers, as far as it is of use here. */
interface Answer {
  readonly pid?: number;
  readonly exited?: boolean;
  readonly exitcode?: number;
  readonly "out-data"?: string;
}

async function command(
  { client, signal }: GuestWay,
  domain: DomainRef,
  execute: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const text = JSON.stringify({ execute, arguments: parameters });
  const params = { domain: { ...domain, id: -1 }, command: text, timeout: AGENT_DEFAULT };
  const reply = await client.call("domainAgentCommand", params, { signal });
  return JSON.parse(reply ?? "{}").return ?? {};
}

/** Asks the agent; answers whether it heard. */
async function asks(
  way: GuestWay,
  domain: DomainRef,
  what: "guest-ping" | "domainReboot" | "domainShutdownFlags",
): Promise<boolean> {
  if (what === "guest-ping") return await unlessNotNow(command(way, domain, what, {}));
  const { client, signal } = way;
  const params = { domain: { ...domain, id: -1 }, flags: Flags.domainShutdown.AGENT };
  return await unlessNotNow(client.call(what, params, { signal }));
}

/**
 * Whether a call was taken. If not, no agent answers yet, or the machine has just ended, or ends under the
 * very call, for which libvirt has many numbers: the next look at its state tells.
 */
async function unlessNotNow(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof LibvirtError && error.code !== ErrorNumber.NO_DOMAIN) return false;
    throw error;
  }
}

async function pause({ clock, signal }: GuestWay): Promise<void> {
  await clock.sleep(POLL_MS, { signal });
}
