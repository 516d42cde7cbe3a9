/**
 * One connection to a daemon: calls, replies, events and streams over one byte stream.
 *
 * It knows nothing of what the procedures mean; see `session.ts` for that.
 *
 * @module
 */

import { decode } from "./codec.ts";
import { ConnectionLost, LibvirtError, RpcError } from "./errors.ts";
import {
  encodeFrame,
  type Frame,
  FrameSplitter,
  type Header,
  MessageType,
  Program,
  Status,
} from "./frames.ts";
import { RpcStream } from "./stream.ts";
import type { Transport } from "./transport.ts";
import type { Struct } from "./wire_types.ts";

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

/** Who hears of what the daemon says unasked. */
export interface Listener {
  /** An event message. Throwing ends the connection as malformed. */
  event(target: Target, payload: Uint8Array): void;
  /** The end of the connection; without an error if it was closed from here. */
  ended(error?: ConnectionLost): void;
}

/** A frame that waits to leave, and who waits for that. */
interface Outgoing extends Partial<PromiseWithResolvers<void>> {
  readonly frame: Uint8Array;
}

interface Call {
  readonly frame: Uint8Array;
  readonly serial: number;
  resolve(payload: Uint8Array): void;
  reject(error: unknown): void;
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
  readonly #outbox: Outgoing[] = [];
  #flushing = false;
  #serial = 0;
  #over?: { cause?: unknown };

  /** Takes over an open transport and starts reading from it. */
  constructor(transport: Transport, listener: Listener) {
    this.#transport = transport;
    this.#listener = listener;
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
    target: Target,
    args: Uint8Array,
    options: { signal?: AbortSignal } = {},
  ): Promise<Uint8Array> {
    return this.#call(this.#nextSerial(), target, args, options.signal);
  }

  /**
   * Sends a call that opens a stream, and waits until the daemon has opened it. After an abort the
   * daemon may still open it, so the connection should then be closed.
   */
  async openStream(
    target: Target,
    args: Uint8Array,
    options: { signal?: AbortSignal } = {},
  ): Promise<RpcStream> {
    const serial = this.#nextSerial();
    const header = { ...target, type: MessageType.stream, serial };
    const stream = new RpcStream(
      (status, payload) => this.#send({ ...header, status }, payload),
      () => this.#streams.delete(serial),
    );
    this.#streams.set(serial, stream);
    try {
      await this.#call(serial, target, args, options.signal);
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
    target: Target,
    args: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#over) return Promise.reject(this.#lost(false));
    const header = { ...target, type: MessageType.call, serial, status: Status.ok };
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const call: Call = { frame: encodeFrame(header, args), serial, resolve, reject };
    this.#queue.push(call);
    this.#pump();
    if (!signal) return promise;
    const abort = () => {
      const index = this.#queue.indexOf(call);
      if (index >= 0) this.#queue.splice(index, 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#calls.size < MAX_IN_FLIGHT) {
      const call = this.#queue.shift()!;
      this.#calls.set(call.serial, call);
      this.#outbox.push({ frame: call.frame });
    }
    void this.#flush();
  }

  /** Sends what is no call, and answers once it has left. */
  #send(header: Header, payload: Uint8Array): Promise<void> {
    const left = Promise.withResolvers<void>();
    this.#outbox.push({ frame: encodeFrame(header, payload), ...left });
    void this.#flush();
    return left.promise;
  }

  /** Writes what waits, all of it at once; a write that fails ends the connection. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    while (this.#outbox.length > 0) {
      const leaving = this.#outbox.splice(0);
      try {
        await this.#transport.write(joined(leaving));
        for (const { resolve } of leaving) resolve?.();
      } catch (cause) {
        this.#end(cause);
        void this.#transport.close();
        for (const { reject } of leaving) reject?.(this.#lost(true));
      }
    }
    this.#flushing = false;
  }

  async #read(): Promise<void> {
    const splitter = new FrameSplitter();
    try {
      for (let chunk; (chunk = await this.#transport.read()) !== null;) {
        for (const frame of splitter.push(chunk)) {
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
    if (frame.status === Status.continue) return stream.data(frame.payload);
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
    if (status === Status.ok) call.resolve(payload);
    else call.reject(libvirtError(payload));
    this.#pump();
  }

  #end(cause?: unknown): void {
    if (this.#over) return;
    this.#over = { cause };
    for (const call of this.#queue.splice(0)) call.reject(this.#lost(false));
    for (const call of this.#calls.values()) call.reject(this.#lost(true));
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

function joined(leaving: readonly Outgoing[]): Uint8Array {
  const [first, ...more] = leaving;
  if (first !== undefined && more.length === 0) return first.frame;
  const bytes = new Uint8Array(leaving.reduce((sum, { frame }) => sum + frame.length, 0));
  let at = 0;
  for (const { frame } of leaving) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

function libvirtError(payload: Uint8Array): Error {
  try {
    const { code, domain, message, level } = decode(ERROR_FIELDS, payload) as Struct<
      typeof ERROR_FIELDS
    >;
    return new LibvirtError(code, domain, level, message ?? `libvirt error ${code}`);
  } catch (error) {
    return error as Error;
  }
}
