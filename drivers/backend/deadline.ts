/**
 * A deadline for every backend call.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "./backend.ts";

/** The deadline of a call that names none. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** What {@linkcode withDeadline} needs. */
export interface DeadlineOptions {
  /** Time. */
  readonly clock: Clock;
  /** How much longer calls may take until one was answered: what lies below is started by the first. */
  readonly startMs?: number;
}

/**
 * The backend, with a deadline for each call: its own `timeoutMs`, or half a minute. A call that is
 * late or abandoned is aborted below and settles at once, whatever becomes of it; its reply is dropped.
 */
export function withDeadline<M extends Methods, E extends Json>(
  backend: Backend<M, E>,
  { clock, startMs = 0 }: DeadlineOptions,
): Backend<M, E> {
  let patienceMs = startMs;
  return {
    async call(method, params, { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
      signal?.throwIfAborted();
      const below = new AbortController();
      const { promise: givenUp, reject } = Promise.withResolvers<never>();
      const giveUp = (reason: unknown): void => {
        below.abort(reason);
        reject(reason);
      };
      const abandon = (): void => giveUp(signal?.reason);
      const limitMs = timeoutMs + patienceMs;
      const late = `No reply to "${method}" within ${limitMs} ms`;
      const stop = clock.timer(limitMs, () => giveUp(new BackendError("timeout", "", late)));
      signal?.addEventListener("abort", abandon, { once: true });
      try {
        const options = { signal: below.signal, timeoutMs };
        const reply = Promise.try(() => backend.call(method, params, options));
        const answer = await Promise.race([reply, givenUp]);
        patienceMs = 0;
        return answer;
      } finally {
        stop();
        signal?.removeEventListener("abort", abandon);
      }
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
