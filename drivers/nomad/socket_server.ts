/**
 * The server's end of a socket with gRPC services.
 *
 * @module
 */

import { once } from "node:events";
import {
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { NO_LIMITS } from "./channel.ts";
import { decode, encode } from "./codec.ts";
import type { Draft, Message, MessageName } from "./message_types.ts";
import { type MethodName, type Rpc, type RpcOf, type ServiceName, SERVICES } from "./services.ts";
import { toStatus } from "./status.ts";

/** What a handler gets besides its request. */
export interface Asked {
  /** Aborts when the caller cancels, or is gone. */
  readonly signal: AbortSignal;
  /** Says something beside the answer; before it. */
  say(key: string, value: string): void;
}

/** How one method is answered. */
type Handler<R extends Rpc> = R extends { readonly responses: true }
  ? R extends { readonly requests: true } ? (
      requests: AsyncIterable<Message<R["request"]>>,
      asked: Asked,
    ) => AsyncIterable<Draft<R["response"]>>
  : (
    request: Message<R["request"]>,
    asked: Asked,
  ) => AsyncIterable<Draft<R["response"]>> | Promise<AsyncIterable<Draft<R["response"]>>>
  : (request: Message<R["request"]>, asked: Asked) => Promise<Draft<R["response"]>>;

/** How a service is answered; what is left out is `unimplemented`. */
export type Handlers<S extends ServiceName> = {
  readonly [M in MethodName<S>]?: Handler<RpcOf<S, M>>;
};

/** The same, without its types: the table has seen to them. */
type AnyHandler = (request: unknown, asked: Asked) => unknown;

type UnaryCall = ServerUnaryCall<unknown, unknown>;
type StreamingCall =
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** What is common to all calls of the library. */
interface Cancellable {
  readonly cancelled: boolean;
  on(event: "cancelled", listener: () => void): unknown;
}

function askedBy(
  call: Cancellable,
  ending: AbortSignal,
): Asked & { readonly metadata: Metadata } {
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort());
  if (call.cancelled) controller.abort();
  const metadata = new Metadata();
  const signal = AbortSignal.any([controller.signal, ending]);
  return { signal, metadata, say: (key, value) => metadata.set(key, value) };
}

/** What calls end with that go on when the server ends. */
const ENDS = { code: status.UNAVAILABLE, details: "The server ends" };

/** What a handler answers, or the end of the server if that comes first. */
async function unlessEnding<T>(ending: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onEnd = (): void => reject(ENDS);
  if (ending.aborted) onEnd();
  ending.addEventListener("abort", onEnd, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    ending.removeEventListener("abort", onEnd);
  }
}

async function answer(
  handler: AnyHandler,
  call: UnaryCall,
  { callback, ending }: { callback: sendUnaryData<unknown>; ending: AbortSignal },
): Promise<void> {
  const asked = askedBy(call, ending);
  try {
    const answering = (async () => await handler(call.request, asked))();
    const message = await unlessEnding(ending, answering);
    call.sendMetadata(asked.metadata);
    callback(null, message);
  } catch (error) {
    callback(error === ENDS ? ENDS : toStatus(error));
  }
}

async function pour(
  handler: AnyHandler,
  call: StreamingCall,
  ending: AbortSignal,
): Promise<void> {
  const asked = askedBy(call, ending);
  const { signal } = asked;
  const onEnd = (): void => void call.emit("error", ENDS);
  ending.addEventListener("abort", onEnd, { once: true });
  try {
    const answers = await handler("request" in call ? call.request : call, asked);
    // Tells that the call was taken up, before there is anything to say.
    if (!signal.aborted) call.sendMetadata(asked.metadata);
    for await (const message of answers as AsyncIterable<unknown>) {
      if (signal.aborted) return;
      if (!call.write(message)) await once(call, "drain", { signal });
    }
    call.end();
  } catch (error) {
    if (!signal.aborted) call.emit("error", toStatus(error));
  } finally {
    ending.removeEventListener("abort", onEnd);
  }
}

/** Services on a Unix socket. */
export class SocketServer implements AsyncDisposable {
  readonly #server = new Server(NO_LIMITS);
  readonly #ending = new AbortController();

  /** Adds a service, before {@linkcode listen}. */
  add<S extends ServiceName>(service: S, handlers: Handlers<S>): void {
    const { name, methods }: { name: string; methods: Readonly<Record<string, Rpc>> } =
      SERVICES[service];
    const definition: Record<string, ServiceDefinition[string]> = {};
    const implementation: UntypedServiceImplementation = {};
    for (
      const [method, handler] of Object.entries(handlers as Readonly<Record<string, AnyHandler>>)
    ) {
      const rpc = methods[method];
      if (!rpc) continue;
      definition[method] = {
        path: `/${name}/${method}`,
        requestStream: rpc.requests ?? false,
        responseStream: rpc.responses ?? false,
        requestSerialize: (value: Draft<MessageName>) => Buffer.from(encode(rpc.request, value)),
        requestDeserialize: (bytes) => decode(rpc.request, bytes),
        responseSerialize: (value: Draft<MessageName>) => Buffer.from(encode(rpc.response, value)),
        responseDeserialize: (bytes) => decode(rpc.response, bytes),
      };
      implementation[method] = rpc.responses
        ? (call: StreamingCall) => void pour(handler, call, this.#ending.signal)
        : (call: UnaryCall, callback: sendUnaryData<unknown>) =>
          void answer(handler, call, { callback, ending: this.#ending.signal });
    }
    // The library takes no empty service.
    if (Object.keys(definition).length > 0) this.#server.addService(definition, implementation);
  }

  /** Listens on a socket that is made at the path. @throws {Error} if it cannot be made */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(
        `unix:${path}`,
        ServerCredentials.createInsecure(),
        (error) => error ? reject(error) : resolve(),
      );
    });
  }

  /**
   * Ends all calls at once, and removes the socket. Every call is answered before the connections end:
   * a client on Deno's HTTP/2 that hears of the end of a connection in the middle of a call can end its
   * whole process, unless it does as `goaway.ts` says.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    this.#server.forceShutdown();
  }
}
