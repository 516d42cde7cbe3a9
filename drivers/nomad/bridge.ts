/**
 * The seam below a driver over a socket: the driver is in a plugin's process, and what lies below it in
 * the suite's, where faults can be planned and a hypervisor can be simulated.
 *
 * @module
 */

import {
  type Backend,
  BackendError,
  type BackendErrorKind,
  type Json,
  type Methods,
} from "../backend/backend.ts";
import { isDriverError } from "../contract/mod.ts";
import { Channel } from "./channel.ts";
import type { Draft, Message } from "./message_types.ts";
import { silence } from "./silence.ts";
import { type Handlers, SocketServer } from "./socket_server.ts";

/** A backend on a socket. */
export interface Bridge extends AsyncDisposable {
  /** Where it is. */
  readonly target: string;
}

/** Offers a backend on a socket in a folder that nobody else can read; below `folder` if it is given. */
export async function bridge(
  backend: Backend,
  { folder: dir }: { readonly folder?: string } = {},
): Promise<Bridge> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ dir, prefix: "vmtck-seam-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const server = stack.use(new SocketServer());
  server.add("bridge", bridgeService(backend));
  const socket = `${folder}/b.sock`;
  await server.listen(socket);
  const kept = stack.move();
  return { target: `unix:${socket}`, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function bridgeService(backend: Backend): Handlers<"bridge"> {
  return {
    async Call({ method, params, timeoutMs }, { signal }) {
      const options = { signal, ...(timeoutMs > 0 && { timeoutMs }) };
      try {
        const result = await backend.call(method, JSON.parse(params), options);
        return { json: JSON.stringify(result ?? null) };
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const { kind, code, message } = error;
        return { error: { kind, code, message } };
      }
    },
    async *Events(_request, { signal }) {
      for await (const event of backend.events({ signal })) yield { json: JSON.stringify(event) };
    },
    Hold: (_request, { signal }) => silence<Draft<"Empty">>(signal),
  };
}

const ABOUT = { operation: "seam.call", subject: "driver:" } as const;
const KINDS: readonly BackendErrorKind[] = [
  "refused",
  "unreachable",
  "disconnected",
  "timeout",
  "garbled",
];

function errorOf({ kind, code, message }: Message<"BridgeError">): BackendError {
  return new BackendError(KINDS.find((it) => it === kind) ?? "garbled", code, message);
}

/** Settles when the other end of a bridge is gone, or the signal aborts. */
export async function bridgeEnds(target: string, signal: AbortSignal): Promise<void> {
  using channel = new Channel(target);
  const { messages } = channel.stream("bridge", "Hold", {}, { ...ABOUT, signal });
  try {
    for await (const _ of messages);
  } catch {
    // That is how it ends.
  }
}

/** The backend that is offered on a socket. Disposing of it leaves the other end as it is. */
export function bridged<M extends Methods, E extends Json>(target: string): Backend<M, E> {
  const channel = new Channel(target);
  return {
    async call(method, params, { signal, timeoutMs } = {}) {
      signal?.throwIfAborted();
      const request = { method, params: JSON.stringify(params), timeoutMs };
      try {
        const answer = await channel.call("bridge", "Call", request, { ...ABOUT, signal });
        if (answer.error) throw errorOf(answer.error);
        return JSON.parse(answer.json);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof BackendError) throw error;
        const code = isDriverError(error) ? error.code : "";
        const message = `The seam is gone: ${error instanceof Error ? error.message : error}`;
        throw new BackendError("disconnected", code, message, { cause: error });
      }
    },
    events({ signal }) {
      // Asked for at once, so that nothing is missed of what later calls bring about.
      const { messages } = channel.stream("bridge", "Events", {}, { ...ABOUT, signal });
      return parsed<E>(messages);
    },
    [Symbol.asyncDispose]() {
      channel[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

async function* parsed<E>(
  messages: AsyncIterable<Message<"BridgeAnswer">>,
): AsyncGenerator<E, void> {
  for await (const { json } of messages) yield JSON.parse(json);
}
