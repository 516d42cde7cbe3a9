/**
 * Waiting for a condition on a host, the same way in every adapter.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";

/** The pause between two looks where no event tells. */
const DEFAULT_POLL_MS = 250;

/** What {@linkcode waitFor} needs. */
export interface WaitOptions<T> {
  /** Time. */
  readonly clock: Clock;
  /** How long to wait at most; 0 looks once. */
  readonly timeoutMs: number;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal;
  /**
   * Looks at the host; undefined means "not yet". `remainingMs` is what is left of the time, for calls that
   * should not outlast it.
   */
  look(about: { signal: AbortSignal; remainingMs: number }): Promise<T | undefined>;
  /**
   * Events, each of them a reason to look again. Subscribed to before the first look, so that nothing
   * is missed; without them, or when they end early, there is a look every `pollMs`.
   */
  readonly wake?: (signal: AbortSignal) => AsyncIterable<unknown>;
  /**
   * The longest pause between two looks, or how it follows from the time waited so far. By default none
   * with events, and 250 ms without.
   */
  readonly pollMs?: number | ((waitedMs: number) => number);
}

/** Why a pause ends early. A reason made once is cheaper than one with a stack for each. */
const OVER = "over";

/**
 * Looks until a look answers something, and answers that; undefined when the time is over. There is
 * always a first look, and a last one when the time is over.
 *
 * @throws what a look throws, and the signal's reason
 */
export async function waitFor<T>(options: WaitOptions<T>): Promise<T | undefined> {
  const { clock, timeoutMs, signal, look, wake } = options;
  signal?.throwIfAborted();
  const begun = clock.now();
  const deadline = begun + timeoutMs;
  const end = new AbortController();
  const until = AbortSignal.any(signal ? [signal, end.signal] : [end.signal]);
  const bell = new Bell();
  if (wake && timeoutMs > 0) bell.follow(wake(until));
  try {
    while (true) {
      bell.reset();
      const remainingMs = Math.max(0, deadline - clock.now());
      const seen = await look({ signal: until, remainingMs });
      signal?.throwIfAborted();
      if (seen !== undefined) return seen;
      const left = deadline - clock.now();
      if (left <= 0 || timeoutMs === 0) return undefined;
      const { pollMs: poll = bell.rings ? Infinity : DEFAULT_POLL_MS } = options;
      const pollMs = typeof poll === "number" ? poll : poll(clock.now() - begun);
      await bell.within(clock, Math.min(pollMs, left), until);
    }
  } finally {
    end.abort(OVER);
  }
}

/** Wakes the waiting when an event comes, also one that came while nobody waited yet. */
class Bell {
  /** Whether there are events to expect. */
  rings = false;
  #rung = Promise.withResolvers<void>();

  reset(): void {
    this.#rung = Promise.withResolvers();
  }

  async follow(events: AsyncIterable<unknown>): Promise<void> {
    this.rings = true;
    try {
      for await (const _ of events) this.#rung.resolve();
    } catch {
      // Polling takes over; the next look tells what is wrong.
    }
    this.rings = false;
    this.#rung.resolve();
  }

  /** Settles when it rings, or when the time is over. @throws the signal's reason */
  async within(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const { promise: rung, resolve } = this.#rung;
    const ring = (): void => resolve();
    const cancel = clock.timer(ms, ring);
    signal.addEventListener("abort", ring);
    await rung;
    signal.removeEventListener("abort", ring);
    cancel();
    signal.throwIfAborted();
  }
}
