/**
 * A deadline for every backend call.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "./backend.ts";

/** The deadline of a call that names none. */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * The backend, with a deadline for each call: its own `timeoutMs`, or half a minute. A call that is
 * late or abandoned is aborted below and settles at once, whatever becomes of it; its reply is dropped.
 */
export function withDeadline<M extends Methods, E extends Json>(
  backend: Backend<M, E>,
  { clock }: { readonly clock: Clock },
): Backend<M, E> {
  return {
    async call(method, params, { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
      signal?.throwIfAborted();
      const abort = new AbortController();
      const done = new AbortController();
      const below = AbortSignal.any(signal ? [signal, abort.signal] : [abort.signal]);
      const late = clock.sleep(timeoutMs, { signal: AbortSignal.any([below, done.signal]) });
      const timeout = late.then(() => {
        const error = new BackendError(
          "timeout",
          "",
          `No reply to "${method}" within ${timeoutMs} ms`,
        );
        abort.abort(error);
        throw error;
      });
      try {
        const reply = Promise.try(() => backend.call(method, params, { signal: below, timeoutMs }));
        return await Promise.race([reply, timeout]);
      } finally {
        done.abort();
      }
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
