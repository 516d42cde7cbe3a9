/**
 * The life of one utility VM as its handle knows it: from the service's events, and from looking where
 * they say nothing.
 *
 * @module
 */

import type { Trouble } from "../backend/driver_errors.ts";
import type { UvmExit } from "../contract/mod.ts";
import { EVENTS, type HcsEvent, type SystemProperties, type SystemRef } from "./backend.ts";
import { CODES, isRefused, isServiceLost, trouble } from "./errors.ts";
import type { Session } from "./session.ts";
import { exitOf, stateOf, UNKNOWN_EXIT } from "./state.ts";

/** How long an exit that was seen may take to be told. */
const EXIT_EVENT_MS = 1000;

/** How it came to an end: by an exit, or for want of anybody who could tell. */
export type End = { readonly exit: UvmExit } | { readonly trouble: Trouble };

/** What the contract lets happen at the moment. */
export type Phase = "created" | "starting" | "running";

/** One life. It ends once. */
export class Life {
  /** What the VM was last brought into. */
  phase: Phase = "created";
  /** Whether the handle was closed, or is being closed. */
  closed = false;
  /** Settles when it has ended. */
  readonly over: Promise<End>;
  readonly #session: Session;
  readonly #ref: SystemRef;
  readonly #settle: (end: End) => void;
  #end: End | undefined;

  /** Begins; events have to be handed to {@linkcode on}. */
  constructor(session: Session, ref: SystemRef) {
    const { promise, resolve } = Promise.withResolvers<End>();
    this.over = promise;
    this.#settle = resolve;
    this.#session = session;
    this.#ref = ref;
  }

  /** How it has ended, if it has. */
  get end(): End | undefined {
    return this.#end;
  }

  /** Takes an event, of any system and handle; undefined means that some may have been missed. */
  on(event: HcsEvent | undefined): void {
    if (event === undefined) return void this.look().catch(() => {});
    if (event.handle !== this.#ref.handle || event.system !== this.#ref.id) return;
    if (event.type === EVENTS.serviceDisconnect) {
      this.finish({ trouble: serviceLost() });
    }
    if (event.type !== EVENTS.exited) return;
    const exit = exitOf(event.data);
    if (exit) this.finish({ exit });
    else this.look().catch(() => {});
  }

  /** It has ended; only the first one counts. */
  finish(end: End): void {
    if (this.#end) return;
    this.#end = end;
    this.#settle(end);
  }

  /**
   * Reads what the host says of it; undefined if it has ended, which is known then, by an event or
   * without.
   *
   * @throws {BackendError}
   */
  async look(options: { signal?: AbortSignal } = {}): Promise<SystemProperties | undefined> {
    try {
      const seen = await this.#session
        .call("system.properties", { ...this.#ref, query: null }, options);
      if (stateOf(seen.State) !== "stopped") return seen;
    } catch (error) {
      if (isServiceLost(error)) this.finish({ trouble: serviceLost() });
      if (!isRefused(error, CODES.alreadyStopped, CODES.systemNotFound)) throw error;
    }
    await this.#awaitExitEvent();
    return undefined;
  }

  /** The event that tells how is on its way, or was lost. */
  async #awaitExitEvent(): Promise<void> {
    const told = new AbortController();
    const late = this.#session.clock.sleep(EXIT_EVENT_MS, { signal: told.signal })
      .then(() => this.finish({ exit: UNKNOWN_EXIT }), () => {});
    await Promise.race([this.over, late]);
    told.abort();
  }

  /** @throws {Trouble} if the handle was closed */
  assertOpen(): void {
    if (this.closed) throw closedTrouble();
  }

  /** @throws {Trouble} unless it runs */
  assertRunning(): void {
    this.assertOpen();
    if (this.#end) throw afterEnd(this.#end);
    if (this.phase === "running") return;
    throw trouble("not-running", "The VM has not been started");
  }

  /**
   * The work, for as long as the VM lives. What is given up is not waited for.
   *
   * @throws {Trouble} when the VM ends first
   */
  async whileAlive<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return await Promise.race([
      work,
      this.over.then((end) => {
        throw afterEnd(end);
      }),
    ]);
  }
}

/** What a call on a closed handle is told. */
export function closedTrouble(): Trouble {
  return trouble("closed", "The handle of the VM was closed");
}

/** What everybody is told once the service has gone. */
function serviceLost(): Trouble {
  return trouble("service-lost", "The service that runs the VM went away");
}

/** What a call is told that needs a VM which has ended. */
function afterEnd(end: End): Trouble {
  if ("trouble" in end) return end.trouble;
  return trouble("not-running", `The VM has ended: ${end.exit.raw || "nobody told how"}`);
}
