/**
 * Calls that nobody waits for any more, and that may still do their work.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";

/** A call that hangs must not hold up all others about its subject for ever. */
const PATIENCE_MS = 10_000;

/**
 * Lets calls about one subject follow each other although one of them was given up: whoever undoes what
 * an abandoned call began has to find it done.
 */
export class Abandoned {
  readonly #clock: Pick<Clock, "sleep">;
  readonly #calls = new Map<string, Promise<void>>();

  /** Nothing is abandoned yet. */
  constructor(clock: Pick<Clock, "sleep">) {
    this.#clock = clock;
  }

  /**
   * Makes a call once what was abandoned about its subject is over. An abort settles it at once. Of a call
   * without a signal nobody hears when its caller gives up, so later ones wait for it in any case.
   *
   * @throws the signal's reason, and what the call throws
   */
  async run<T>(
    subject: string,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    await this.#earlier(subject, signal);
    signal?.throwIfAborted();
    const working = call();
    if (!signal) {
      this.#keep(subject, working);
      return await working;
    }
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([working, aborted.promise]);
    } catch (error) {
      if (signal.aborted) this.#keep(subject, working);
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #keep(subject: string, working: Promise<unknown>): void {
    const over = Promise.allSettled([this.#calls.get(subject), working]).then(() => {
      if (this.#calls.get(subject) === over) this.#calls.delete(subject);
    });
    this.#calls.set(subject, over);
  }

  async #earlier(subject: string, signal: AbortSignal | undefined): Promise<void> {
    const over = this.#calls.get(subject);
    if (!over) return;
    const end = new AbortController();
    const either = AbortSignal.any(signal ? [signal, end.signal] : [end.signal]);
    const patience = this.#clock.sleep(PATIENCE_MS, { signal: either }).catch(() => {});
    await Promise.race([over, patience]);
    end.abort();
    await patience;
  }
}
