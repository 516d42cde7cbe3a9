/**
 * One backend, many users.
 *
 * @module
 */

import type { Backend, Json, Methods } from "./backend.ts";
import { EventHub } from "./event_hub.ts";

/**
 * The backend for many users: it is subscribed to once while anybody listens, and disposing of what
 * comes back ends the listeners' streams and leaves the backend itself open.
 */
export function shareBackend<M extends Methods, E extends Json>(
  backend: Backend<M, E>,
  onEvent?: (event: E) => void,
): Backend<M, E> {
  const hub = new EventHub<E>();
  let upstream: AbortController | undefined;
  const listen = async (events: AsyncIterable<E>, mine: AbortController): Promise<void> => {
    try {
      for await (const event of events) {
        if (upstream !== mine) return;
        onEvent?.(event);
        hub.emit(event);
      }
    } catch {
      // A stream that breaks ends: whoever listens looks for himself, and that call tells why.
    }
    if (upstream !== mine) return;
    upstream = undefined;
    hub.end();
  };
  const leave = (): void => {
    if (hub.size > 0) return;
    upstream?.abort();
    upstream = undefined;
  };
  return {
    call: (method, params, options) => backend.call(method, params, options),
    events({ signal }) {
      const stream = hub.subscribe({ signal, onEnd: leave });
      if (!upstream && hub.size > 0) {
        upstream = new AbortController();
        listen(backend.events({ signal: upstream.signal }), upstream);
      }
      return stream;
    },
    [Symbol.asyncDispose](): Promise<void> {
      hub.end();
      return Promise.resolve();
    },
  };
}
