/**
 * Waiting for a machine.
 *
 * @module
 */

import { waitFor } from "../backend/wait_for.ts";
import { DriverError, type PowerState, type WaitResult, type WaitTarget } from "../contract/mod.ts";
import { addressOf, ALL_SOURCES, LEASE_ONLY, sshAddressOf } from "./addresses.ts";
import { BackendError } from "../backend/backend.ts";
import type { DomainRef, LibvirtEvent } from "./backend.ts";
import { look } from "./domains.ts";
import { type About, driverError } from "./errors.ts";
import type { Session } from "./session.ts";

/** No event tells of an address or an SSH server. */
const POLL_MS = 250;
/** Agents are asked less often than the network: most guests have a lease, and some have a slow agent. */
const ALL_SOURCES_EVERY = 8;
const SSH_MS = 5000;

interface Look {
  readonly signal: AbortSignal;
  readonly remainingMs: number;
}

/** Waits as {@linkcode Machine.wait} says. */
export async function waitForTarget(
  session: Session,
  domain: DomainRef,
  target: WaitTarget,
  options: { timeoutMs: number; signal?: AbortSignal; about: About },
): Promise<WaitResult> {
  const { timeoutMs, signal, about } = options;
  assertTimeout(timeoutMs, about);
  const needsState = target === "running" || target === "stopped";
  const probe = new Probe(session, domain, target);
  try {
    const reached = await waitFor({
      clock: session.clock,
      timeoutMs,
      signal,
      look: (it) => probe.look(it),
      wake: needsState ? (it) => newsOf(session, domain, it) : undefined,
      pollMs: needsState ? undefined : POLL_MS,
    });
    return { verdict: reached ? "reached" : "timeout", state: probe.state };
  } catch (cause) {
    const error = driverError(cause, about);
    const isMissing = error.code === "not-found" && probe.looks <= 1;
    if (error.code === "canceled" || isMissing) throw error;
    const state = error.code === "not-found" ? "absent" : "unknown";
    return { verdict: "failed", state, error: error.toJSON() };
  }
}

/** Whether the target is reached. */
class Probe {
  state: PowerState = "unknown";
  looks = 0;
  readonly #session: Session;
  readonly #domain: DomainRef;
  readonly #target: WaitTarget;

  constructor(session: Session, domain: DomainRef, target: WaitTarget) {
    this.#session = session;
    this.#domain = domain;
    this.#target = target;
  }

  async look({ signal, remainingMs }: Look): Promise<true | undefined> {
    this.looks++;
    const { state } = await look(this.#session, this.#domain, { signal });
    this.state = state;
    if (this.#target === "running" || this.#target === "stopped") {
      return state === this.#target || undefined;
    }
    if (state !== "running") return undefined;
    const sources = this.looks % ALL_SOURCES_EVERY === 0 ? ALL_SOURCES : LEASE_ONLY;
    const address = await addressOf(this.#session, this.#domain, { signal, sources });
    if (address === undefined) return undefined;
    if (this.#target === "address") return true;
    const timeoutMs = Math.max(1, Math.min(SSH_MS, remainingMs || SSH_MS));
    return await this.#answers(sshAddressOf(address), { signal, timeoutMs });
  }

  async #answers(
    address: string,
    options: { signal: AbortSignal; timeoutMs: number },
  ): Promise<true | undefined> {
    try {
      await this.#session.call("ssh.run", { address, argv: ["true"] }, options);
      return true;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (error.code === "ssh-unreachable" || error.kind === "timeout") return undefined;
      throw error;
    }
  }
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

function assertTimeout(timeoutMs: number, about: About): void {
  if (Number.isFinite(timeoutMs) && timeoutMs >= 0) return;
  throw new DriverError({
    ...about,
    code: "invalid-argument",
    message: `Cannot wait: the timeout must be a number of milliseconds from 0: ${timeoutMs}`,
  });
}
