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

function askedBy(call: Cancellable): Asked & { readonly metadata: Metadata } {
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort());
  if (call.cancelled) controller.abort();
  const metadata = new Metadata();
  return { signal: controller.signal, metadata, say: (key, value) => metadata.set(key, value) };
}

async function answer(
  handler: AnyHandler,
  call: UnaryCall,
  callback: sendUnaryData<unknown>,
): Promise<void> {
  const asked = askedBy(call);
  try {
    const message = await handler(call.request, asked);
    call.sendMetadata(asked.metadata);
    callback(null, message);
  } catch (error) {
    callback(toStatus(error));
  }
}

async function pour(handler: AnyHandler, call: StreamingCall): Promise<void> {
  const asked = askedBy(call);
  const { signal } = asked;
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
  }
}

/** Services on a Unix socket. */
export class SocketServer implements AsyncDisposable {
  readonly #server = new Server(NO_LIMITS);

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
        ? (call: StreamingCall) => void pour(handler, call)
        : (call: UnaryCall, callback: sendUnaryData<unknown>) =>
          void answer(handler, call, callback);
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

  /** Ends all calls at once, and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    // In this order a client is told once: a second word that comes while it hears the first one ends
    // a client on Deno's HTTP/2, and its whole process with it.
    this.#server.forceShutdown();
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
  }
}
