/**
 * One observer per machine, that all who wait share.
 *
 * @module
 */

import { waitFor } from "../backend/wait_for.ts";
import type { CallOptions, Clock } from "../contract/mod.ts";
import type { Sight } from "./machines.ts";

/** A sight after which there is no other. */
export type LastSight = Extract<Sight, { readonly state: "ended" | "gone" }>;

/** What an {@linkcode Observer} needs. */
export interface ObserverOptions {
  /** Time. */
  readonly clock: Clock;
  /** The longest pause between two looks. */
  readonly pollMs: number;
  /** Looks at the machine. */
  look(options: CallOptions): Promise<Sight>;
  /** Each item is a reason to look again. */
  readonly changes?: (signal: AbortSignal) => AsyncIterable<unknown>;
  /** Is told of the end, once. */
  onEnd(sight: LastSight): void;
}

/**
 * Looks at a machine for as long as somebody wants to know how it ends. A look that fails tells
 * nothing: the next one may. What it saw last stays: a machine that ended does not come back.
 */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #end = Promise.withResolvers<void>();
  readonly #closed = new AbortController();
  #last: LastSight | undefined;
  #watchers = 0;
  #isKept = false;
  #loop: AbortController | undefined;

  /** Looks at nothing yet. */
  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#end.promise.catch(() => {});
  }

  /** How the machine ended, if it has and somebody looked. */
  get last(): LastSight | undefined {
    return this.#last;
  }

  /** Looks now, unless the machine's end is known. */
  async look(options: CallOptions = {}): Promise<Sight> {
    if (this.#last) return this.#last;
    const sight = await this.#options.look(options);
    if (sight.state === "ended" || sight.state === "gone") this.#settle(sight);
    return this.#last ?? sight;
  }

  /** Settles when the machine has ended; rejects with the reason of the signal or of {@linkcode close}. */
  async ended(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#last) return;
    this.#closed.signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#watchers++;
    this.#turn();
    try {
      await Promise.race([this.#end.promise, aborted.promise]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#watchers--;
      this.#turn();
    }
  }

  /** Whether to look although nobody waits. */
  keep(isKept: boolean): void {
    this.#isKept = isKept;
    this.#turn();
  }

  /** Ends all waits with that reason. */
  close(reason: unknown): void {
    this.#closed.abort(reason);
    this.#end.reject(reason);
    this.#turn();
  }

  #settle(sight: LastSight): void {
    if (this.#last) return;
    this.#last = sight;
    this.#options.onEnd(sight);
    this.#end.resolve();
    this.#turn();
  }

  /** Starts or ends the loop. */
  #turn(): void {
    const isWanted = (this.#watchers > 0 || this.#isKept) && !this.#last &&
      !this.#closed.signal.aborted;
    if (isWanted && !this.#loop) {
      this.#loop = new AbortController();
      this.#run(this.#loop.signal).catch(() => {});
    } else if (!isWanted && this.#loop) {
      this.#loop.abort();
      this.#loop = undefined;
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, pollMs, changes } = this.#options;
    await waitFor({
      ...{ clock, pollMs, signal, timeoutMs: Infinity },
      wake: changes,
      look: async (options) => {
        const sight = await this.look(options).catch(() => undefined);
        return sight === this.#last ? sight : undefined;
      },
    });
  }
}
