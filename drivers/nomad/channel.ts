/**
 * The client's end of a socket with gRPC services.
 *
 * @module
 */

import {
  type CallOptions as GrpcOptions,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status as Code,
} from "@grpc/grpc-js";
import { DriverError } from "../contract/mod.ts";
import { decode, encode } from "./codec.ts";
import { tellGoawayLater } from "./goaway.ts";
import type { Draft, Message, MessageName } from "./message_types.ts";
import {
  type MethodName,
  type Rpc,
  type RpcOf,
  type ServiceName,
  SERVICES,
  type StreamName,
  type UnaryName,
} from "./services.ts";
import { type About, fromStatus } from "./status.ts";

/** No limit to the size of messages. */
export const NO_LIMITS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
} as const;

/** What a call can be given, besides its request. */
export interface ChannelOptions extends About {
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

/** An answer, and what the server said beside it. */
export interface Answer<N extends MessageName> {
  /** The message. */
  readonly message: Message<N>;
  /** What was said before it. */
  readonly metadata: Metadata;
}

/** A stream that the server took up, or may have: see {@linkcode Channel.stream}. */
export interface Stream<N extends MessageName> {
  /** Settles when the server took up the call, or sent a first message. @throws {DriverError} if it refuses */
  readonly taken: Promise<void>;
  /** The messages; ends without an error when the signal aborts. @throws {DriverError} */
  readonly messages: AsyncIterable<Message<N>>;
}

/** How one row of the table is called. */
function rpcOf<S extends ServiceName, M extends MethodName<S>>(service: S, method: M): {
  path: string;
  rpc: Rpc;
} {
  const methods: Readonly<Record<string, Rpc>> = SERVICES[service].methods;
  const rpc = methods[method];
  if (!rpc) throw new TypeError(`There is no method "${method}" in service "${service}"`);
  return { path: `/${SERVICES[service].name}/${method}`, rpc };
}

function canceled({ operation, subject, signal }: ChannelOptions): DriverError {
  return new DriverError({
    code: "canceled",
    operation,
    subject,
    message: "The call was canceled",
    cause: signal?.reason,
  });
}

/** A connection to a plugin, or to a seam. */
export class Channel implements Disposable {
  readonly #client: Client;

  /** Makes it; the connection is opened by the first call. The target is such as `unix:/run/x.sock`. */
  constructor(target: string) {
    tellGoawayLater();
    this.#client = new Client(target, credentials.createInsecure(), NO_LIMITS);
  }

  /** Calls a method that answers once. @throws {DriverError} */
  async call<S extends ServiceName, M extends UnaryName<S> & MethodName<S>>(
    service: S,
    method: M,
    request: Draft<RpcOf<S, M>["request"]>,
    options: ChannelOptions,
  ): Promise<Message<RpcOf<S, M>["response"]>> {
    return (await this.ask(service, method, request, options)).message;
  }

  /** The same, with what the server said beside it. @throws {DriverError} */
  ask<S extends ServiceName, M extends UnaryName<S> & MethodName<S>>(
    service: S,
    method: M,
    request: Draft<RpcOf<S, M>["request"]>,
    options: ChannelOptions,
  ): Promise<Answer<RpcOf<S, M>["response"]>> {
    type Response = Message<RpcOf<S, M>["response"]>;
    const { path, rpc } = rpcOf(service, method);
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(canceled(options));
      let metadata = new Metadata();
      const onAbort = (): void => call.cancel();
      const call = this.#client.makeUnaryRequest(
        path,
        (value: Draft<MessageName>) => Buffer.from(encode(rpc.request, value)),
        (bytes: Uint8Array) => decode(rpc.response, bytes) as Response,
        request as Draft<MessageName>,
        new Metadata(),
        {} satisfies GrpcOptions,
        (error: ServiceError | null, message?: Response) => {
          signal?.removeEventListener("abort", onAbort);
          if (error === null && message !== undefined) return resolve({ message, metadata });
          if (signal?.aborted && error?.code === Code.CANCELLED) return reject(canceled(options));
          reject(error ? fromStatus(error, options) : new TypeError("There is no answer"));
        },
      );
      call.on("metadata", (received: Metadata) => metadata = received);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Calls a method that answers a stream, which ends when the signal aborts. */
  stream<S extends ServiceName, M extends StreamName<S> & MethodName<S>>(
    service: S,
    method: M,
    request: Draft<RpcOf<S, M>["request"]>,
    options: ChannelOptions & { readonly signal: AbortSignal },
  ): Stream<RpcOf<S, M>["response"]> {
    type Response = Message<RpcOf<S, M>["response"]>;
    const { path, rpc } = rpcOf(service, method);
    const call = this.#client.makeServerStreamRequest(
      path,
      (value: Draft<MessageName>) => Buffer.from(encode(rpc.request, value)),
      (bytes: Uint8Array) => decode(rpc.response, bytes) as Response,
      request as Draft<MessageName>,
    );
    const onAbort = (): void => call.cancel();
    if (options.signal.aborted) call.cancel();
    options.signal.addEventListener("abort", onAbort, { once: true });
    call.once("status", () => options.signal.removeEventListener("abort", onAbort));
    const ended: Ended = {};
    call.once("error", (error: ServiceError) => ended.error = error);
    const taken = takenUp(call, options);
    // Who only reads the messages hears of a refusal there.
    taken.catch(() => {});
    return { taken, messages: messagesOf(call, ended, options) };
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** How a stream ended; the library tells it once, whether or not anybody reads. */
interface Ended {
  error?: ServiceError;
}

function takenUp<T>(call: ClientReadableStream<T>, options: ChannelOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    call.once("metadata", () => resolve());
    call.once("error", (error: ServiceError) => {
      // Without a code it is the reader that went away.
      if (options.signal?.aborted || typeof error.code !== "number") resolve();
      else reject(fromStatus(error, options));
    });
    call.once("status", () => resolve());
  });
}

async function* messagesOf<T>(
  call: ClientReadableStream<T>,
  ended: Ended,
  options: ChannelOptions,
): AsyncGenerator<T, void> {
  try {
    for await (const message of call) {
      if (options.signal?.aborted) return;
      yield message as T;
    }
  } catch (error) {
    ended.error ??= error as ServiceError;
  } finally {
    call.cancel();
  }
  if (ended.error && !options.signal?.aborted) throw fromStatus(ended.error, options);
}
