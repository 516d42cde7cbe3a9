/**
 * A hypervisor behind as many connections as it takes to stay responsive.
 *
 * @module
 */

import { RpcError } from "./errors.ts";
import { type EventName, events, type LibvirtEvent } from "./events.ts";
import {
  type ProcedureArgs,
  type ProcedureName,
  type ProcedureResult,
  procedures,
} from "./procedures.ts";
import {
  type CallOptions,
  connect,
  type LibvirtConnection,
  type StreamProcedureName,
} from "./session.ts";
import type { RpcStream } from "./stream.ts";
import { type Endpoint, parseUri } from "./uri.ts";
import type { Domain, Procedure, Volume } from "./wire_types.ts";

/** How to open a client. */
export interface ClientOptions extends CallOptions {
  /** The events to register; all that the hypervisor has if left out. */
  readonly events?: readonly EventName[];
}

/** Which part of a volume to carry. */
export interface RangeOptions extends CallOptions {
  /** The first byte; 0 if left out. */
  readonly offset?: number;
}

/** How to open a console. */
export interface ConsoleOptions extends CallOptions {
  /** The alias of the device; the first console if left out. */
  readonly device?: string;
  /** 1 to take over from whoever has it open. */
  readonly flags?: number;
}

/** A console in both directions. */
export interface Console extends AsyncDisposable {
  /** What the guest prints. It ends when the domain stops. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the guest is to read. */
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Two connections, so that reads and events never wait behind slow calls, and one more for each stream.
 *
 * A call that was aborted keeps its place until the daemon has answered it. When the client reports
 * {@linkcode ConnectionLost}, open a new one: registrations are gone, and events meanwhile were missed.
 */
export class LibvirtClient implements AsyncDisposable {
  /** The events that the hypervisor agreed to send. */
  readonly registered: readonly EventName[];
  readonly #endpoint: Endpoint;
  readonly #quick: LibvirtConnection;
  readonly #slow: LibvirtConnection;

  private constructor(
    endpoint: Endpoint,
    quick: LibvirtConnection,
    slow: LibvirtConnection,
    registered: readonly EventName[],
  ) {
    this.#endpoint = endpoint;
    this.#quick = quick;
    this.#slow = slow;
    this.registered = registered;
  }

  /** Connects and registers for events. */
  static async connect(
    target: string | Endpoint,
    options: ClientOptions = {},
  ): Promise<LibvirtClient> {
    const endpoint = typeof target === "string" ? parseUri(target) : target;
    await using stack = new AsyncDisposableStack();
    const quick = stack.use(await connect(endpoint, options));
    const slow = stack.use(await connect(endpoint, options));
    const wanted = options.events ?? Object.keys(events) as EventName[];
    const registered = await quick.register(wanted, options);
    stack.move();
    return new LibvirtClient(endpoint, quick, slow, registered);
  }

  /** Calls a procedure on the connection of its kind. */
  call<N extends ProcedureName>(
    name: N,
    args: ProcedureArgs<N>,
    options: CallOptions = {},
  ): Promise<ProcedureResult<N>> {
    const { quick }: Procedure = procedures[name];
    return (quick ? this.#quick : this.#slow).call(name, args, options);
  }

  /** The registered events from now on; see {@linkcode LibvirtConnection.events}. */
  events(): AsyncIterableIterator<LibvirtEvent, undefined> {
    return this.#quick.events();
  }

  /** Writes `length` bytes into a volume; a source of another length is an error. */
  async upload(
    volume: Volume,
    source: ReadableStream<Uint8Array>,
    length: number,
    options: RangeOptions = {},
  ): Promise<void> {
    const { offset = 0, signal } = options;
    await using connection = await connect(this.#endpoint, { signal });
    const args = { volume, offset, length };
    const { writable } = await connection.openStream("storageVolUpload", args, { signal });
    await source.pipeThrough(exactly(length)).pipeTo(writable, { signal });
  }

  /**
   * Reads `length` bytes of a volume, 0 for all. The signal covers the opening; cancelling the stream
   * ends the transfer.
   */
  async download(
    volume: Volume,
    length = 0,
    options: RangeOptions = {},
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const args = { volume, offset: options.offset ?? 0, length };
    const [connection, stream] = await this.#stream("storageVolDownload", args, options);
    return closing(stream.readable, connection);
  }

  /** Opens a console of a running domain; disposing of it closes it. */
  async console(domain: Domain, options: ConsoleOptions = {}): Promise<Console> {
    const { device, flags } = options;
    const args = { domain, device, flags };
    const [connection, stream] = await this.#stream("domainOpenConsole", args, options);
    return {
      readable: stream.readable,
      writable: stream.writable,
      [Symbol.asyncDispose]: async () => {
        await stream.abort();
        await connection.close();
      },
    };
  }

  /** Ends both connections; open streams go on until their own end. */
  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#slow.close()]);
  }

  /** Ends both connections. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Opens a stream on a connection of its own, which must be closed after it. */
  async #stream<N extends StreamProcedureName>(
    name: N,
    args: ProcedureArgs<N>,
    { signal }: CallOptions,
  ): Promise<[LibvirtConnection, RpcStream]> {
    const connection = await connect(this.#endpoint, { signal });
    try {
      return [connection, await connection.openStream(name, args, { signal })];
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}

/** Passes bytes on and fails unless there are exactly as many as announced. */
function exactly(length: number): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  const refuse = () => {
    throw new RpcError("stream-ended", `The source has ${total} bytes instead of ${length}`);
  };
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.length;
      if (total > length) refuse();
      controller.enqueue(chunk);
    },
    flush() {
      if (total < length) refuse();
    },
  });
}

/** The same bytes; the connection is closed before the end is seen, and when reading is given up. */
function closing(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  connection: LibvirtConnection,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (!done) return controller.enqueue(value);
        await connection.close();
        controller.close();
      } catch (error) {
        await connection.close();
        throw error;
      }
    },
    async cancel() {
      await reader.cancel();
      await connection.close();
    },
  }, { highWaterMark: 0 });
}
