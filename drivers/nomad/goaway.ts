/**
 * A way around a defect of Deno's HTTP/2 (denoland/deno#36788, seen in 2.9.6): the process ends, without
 * an error that could be caught, when a session is destroyed while it tells that the other side goes away.
 * That is what the gRPC library does. Here it is told a turn later, when the frame has been read.
 *
 * @module
 */

import http2, { type ClientHttp2Session } from "node:http2";

let isLater = false;

/** Has all client sessions of this process from now on tell later that the other side goes away. */
export function tellGoawayLater(): void {
  if (isLater) return;
  isLater = true;
  const { connect } = http2;
  http2.connect =
    ((...args: Parameters<typeof connect>) => withLateGoaway(connect(...args))) as typeof connect;
}

function withLateGoaway(session: ClientHttp2Session): ClientHttp2Session {
  const emit = session.emit.bind(session) as (
    event: string | symbol,
    ...args: unknown[]
  ) => boolean;
  session.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== "goaway") return emit(event, ...args);
    setImmediate(() => emit(event, ...args));
    return true;
  };
  return session;
}
