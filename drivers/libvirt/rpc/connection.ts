/**
 * One connection to a daemon: calls, replies, events and streams over one byte stream.
 *
 * It knows nothing of what the procedures mean; see `session.ts` for that.
 *
 * @module
 */

import { codecOf, read } from "./codec.ts";
import { ConnectionLost, LibvirtError, RpcError } from "./errors.ts";
import { type Frame, FrameSplitter, type Header, MessageType, Program, Status } from "./frames.ts";
import { Outbox } from "./outbox.ts";
import { RpcStream } from "./stream.ts";
import type { Transport } from "./transport.ts";
import type { Struct } from "./wire_types.ts";
import type { XdrReader, XdrWriter } from "./xdr.ts";

/**
 * Calls that may be on their way at once. The daemon's own limit is 5 by default, beyond which it stops
 * reading; so the queue is kept here, where an abort can still take a call out of it.
 */
export const MAX_IN_FLIGHT = 4;

/** A procedure by number. */
export interface Target {
  /** One of {@linkcode Program}. */
  readonly program: number;
  /** The procedure within the program. */
  readonly procedure: number;
}

/** A procedure, and how its arguments are written and its reply is read. */
export interface Callable extends Target {
  /** Writes the arguments; if it throws, nothing is sent. */
  write(writer: XdrWriter, args: unknown): void;
  /** Reads a reply, which is there during the call alone. */
  read(payload: XdrReader): unknown;
}

/** Who hears of what the daemon says unasked. */
export interface Listener {
  /** An event message. Throwing ends the connection as malformed. */
  event(target: Target, payload: XdrReader): void;
  /** The end of the connection; without an error if it was closed from here. */
  ended(error?: ConnectionLost): void;
}

interface Call {
  readonly writer: XdrWriter;
  readonly serial: number;
  readonly callable: Callable;
  readonly answer: PromiseWithResolvers<unknown>;
}

/** The payload of every error; of the fields after the level only the first number is of use. */
export const ERROR_FIELDS = {
  code: "i32",
  domain: "i32",
  message: "string?",
  level: "i32",
  about: "domain?",
  text1: "string?",
  text2: "string?",
  text3: "string?",
  number1: "i32",
  number2: "i32",
  network: "network?",
} as const;

const ERROR = codecOf(ERROR_FIELDS);

const PING = 1;
const PONG = 2;
const NOTHING = new Uint8Array(0);

/** Calls in order of arrival, replies in any order, events before or after them. */
export class Connection implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #listener: Listener;
  readonly #queue: Call[] = [];
  /** Sent and not yet answered, aborted ones included: the daemon still works on those. */
  readonly #calls = new Map<number, Call>();
  readonly #streams = new Map<number, RpcStream>();
  readonly #reading: Promise<void>;
  readonly #outbox: Outbox;
  #serial = 0;
  #over?: { cause?: unknown };

  /** Takes over an open transport and starts reading from it. */
  constructor(transport: Transport, listener: Listener) {
    this.#transport = transport;
    this.#listener = listener;
    this.#outbox = new Outbox(transport, (cause) => this.#unsent(cause));
    this.#reading = this.#read();
  }

  /** True if the connection stands and nothing is waited for. */
  get idle(): boolean {
    const waiting = this.#queue.length + this.#calls.size + this.#streams.size;
    return !this.#over && waiting === 0;
  }

  /**
   * Sends a call and waits for its reply. An abort before the call has left takes it back; later the
   * call goes on at the daemon, and its reply is dropped when it comes.
   */
  call(
    callable: Callable,
    args: unknown,
    options: { signal?: AbortSignal } = {},
  ): Promise<unknown> {
    return this.#call(this.#nextSerial(), callable, args, options.signal);
  }

  /**
   * Sends a call that opens a stream, and waits until the daemon has opened it. After an abort the
   * daemon may still open it, so the connection should then be closed.
   */
  async openStream(
    callable: Callable,
    args: unknown,
    options: { signal?: AbortSignal } = {},
  ): Promise<RpcStream> {
    const serial = this.#nextSerial();
    const { program, procedure } = callable;
    const header = { program, procedure, type: MessageType.stream, serial };
    const stream = new RpcStream(
      (status, payload) => this.#send({ ...header, status }, payload),
      () => this.#streams.delete(serial),
    );
    this.#streams.set(serial, stream);
    try {
      await this.#call(serial, callable, args, options.signal);
    } catch (error) {
      stream.fail(error);
      throw error;
    }
    return stream;
  }

  /** Ends the connection: waiting calls and open streams fail, and nothing is left open. */
  async close(): Promise<void> {
    this.#end();
    await this.#transport.close();
    await this.#reading;
  }

  /** Ends the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #nextSerial(): number {
    this.#serial = this.#serial % 0xffffffff + 1;
    return this.#serial;
  }

  #call(
    serial: number,
    callable: Callable,
    args: unknown,
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#over) return Promise.reject(this.#lost(false));
    const { program, procedure } = callable;
    const header = { program, procedure, type: MessageType.call, serial, status: Status.ok };
    const writer = this.#outbox.begin(header);
    try {
      callable.write(writer, args);
    } catch (error) {
      this.#outbox.drop(writer);
      return Promise.reject(error);
    }
    const answer = Promise.withResolvers<unknown>();
    const call: Call = { writer, serial, callable, answer };
    if (this.#calls.size < MAX_IN_FLIGHT) this.#depart(call);
    else this.#queue.push(call);
    if (!signal) return answer.promise;
    const abort = () => {
      const index = this.#queue.indexOf(call);
      if (index >= 0) this.#queue.splice(index, 1);
      answer.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    return answer.promise.finally(() => signal.removeEventListener("abort", abort));
  }

  #depart(call: Call): void {
    this.#calls.set(call.serial, call);
    this.#outbox.send(call.writer);
  }

  /** Sends what is no call, and answers once it has left. */
  #send(header: Header, payload: Uint8Array): Promise<void> {
    const writer = this.#outbox.begin(header);
    writer.raw(payload);
    const left = Promise.withResolvers<void>();
    this.#outbox.send(writer, left);
    return left.promise;
  }

  /** A write that fails ends the connection. */
  #unsent(cause: unknown): ConnectionLost {
    this.#end(cause);
    void this.#transport.close();
    return this.#lost(true);
  }

  async #read(): Promise<void> {
    const splitter = new FrameSplitter();
    try {
      for (let chunk; (chunk = await this.#transport.read()) !== null;) {
        splitter.add(chunk);
        for (let frame; (frame = splitter.next());) {
          const behind = this.#take(frame);
          if (behind) await behind;
        }
      }
      splitter.end();
      this.#end(new Error("The daemon closed the connection"));
    } catch (cause) {
      this.#end(cause);
    }
    await this.#transport.close();
  }

  /** Handles one message; a promise only where a stream's reader is behind. */
  #take(frame: Frame): Promise<void> | void {
    if (frame.program === Program.keepalive) return this.#pong(frame);
    if (frame.type === MessageType.event) return this.#listener.event(frame, frame.payload);
    if (frame.type === MessageType.reply) return this.#settle(frame);
    const stream = this.#streams.get(frame.serial);
    // Packets of a stream that was aborted here may still be on their way.
    if (stream === undefined) return;
    if (frame.status === Status.continue) return stream.data(frame.payload.rest());
    if (frame.status === Status.ok) return stream.confirm();
    stream.fail(libvirtError(frame.payload));
  }

  #pong({ program, procedure }: Frame): void {
    if (procedure !== PING) return;
    const header = { type: MessageType.event, serial: 0, status: Status.ok };
    this.#send({ ...header, program, procedure: PONG }, NOTHING).catch(() => {});
  }

  #settle({ serial, status, payload }: Frame): void {
    const call = this.#calls.get(serial);
    if (call === undefined || status === Status.continue) {
      throw new RpcError("malformed", `A reply to serial ${serial}, which is not waited for`);
    }
    this.#calls.delete(serial);
    const { callable, answer } = call;
    try {
      if (status !== Status.ok) throw libvirtError(payload);
      answer.resolve(callable.read(payload));
    } catch (error) {
      answer.reject(error);
    }
    const next = this.#queue.shift();
    if (next) this.#depart(next);
  }

  #end(cause?: unknown): void {
    if (this.#over) return;
    this.#over = { cause };
    for (const { answer } of this.#queue.splice(0)) answer.reject(this.#lost(false));
    for (const { answer } of this.#calls.values()) answer.reject(this.#lost(true));
    this.#calls.clear();
    for (const stream of [...this.#streams.values()]) stream.fail(this.#lost(true));
    this.#listener.ended(cause === undefined ? undefined : this.#lost(false));
  }

  #lost(sent: boolean): ConnectionLost {
    const cause = this.#over?.cause;
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    const what = cause === undefined ? "was closed" : "was lost";
    const message = `The connection to "${this.#transport.peer}" ${what}${reason}`;
    return new ConnectionLost(message, sent, { cause });
  }
}

function libvirtError(payload: XdrReader): Error {
  try {
    const { code, domain, message, level } = read(ERROR, payload) as Struct<typeof ERROR_FIELDS>;
    return new LibvirtError(code, domain, level, message ?? `libvirt error ${code}`);
  } catch (error) {
    return error as Error;
  }
}
