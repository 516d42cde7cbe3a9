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
      const below = new AbortController();
      const timer = new AbortController();
      const abandon = (): void => {
        below.abort(signal?.reason);
        timer.abort(signal?.reason);
      };
      signal?.addEventListener("abort", abandon, { once: true });
      const timeout = clock.sleep(timeoutMs, { signal: timer.signal }).then(() => {
        const error = new BackendError(
          "timeout",
          "",
          `No reply to "${method}" within ${timeoutMs} ms`,
        );
        below.abort(error);
        throw error;
      });
      try {
        const options = { signal: below.signal, timeoutMs };
        const reply = Promise.try(() => backend.call(method, params, options));
        return await Promise.race([reply, timeout]);
      } finally {
        timer.abort(SETTLED);
        signal?.removeEventListener("abort", abandon);
      }
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
