/**
 * A deadline for every backend call.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "./backend.ts";

/** The deadline of a call that names none. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Why a timer ends early. A reason made once is cheaper than one with a stack for each call. */
const SETTLED = "settled";

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
      const timer = new AbortController();
      const abandon = (): void => {
        below.abort(signal?.reason);
        timer.abort(signal?.reason);
      };
      signal?.addEventListener("abort", abandon, { once: true });
      const limitMs = timeoutMs + patienceMs;
      const timeout = clock.sleep(limitMs, { signal: timer.signal }).then(() => {
        const error = new BackendError(
          "timeout",
          "",
          `No reply to "${method}" within ${limitMs} ms`,
        );
        below.abort(error);
        throw error;
      });
      try {
        const options = { signal: below.signal, timeoutMs };
        const reply = Promise.try(() => backend.call(method, params, options));
        const answer = await Promise.race([reply, timeout]);
        patienceMs = 0;
        return answer;
      } finally {
        timer.abort(SETTLED);
        signal?.removeEventListener("abort", abandon);
      }
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
