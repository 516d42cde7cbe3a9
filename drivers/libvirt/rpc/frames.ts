/**
 * Messages on the byte stream: a length, a header of six words, a payload.
 *
 * @module
 */

import { RpcError } from "./errors.ts";
import { wordAt, XdrReader, XdrWriter } from "./xdr.ts";

/** The programs of a libvirt daemon that this client uses. */
export const Program = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;

/** What kind of message it is. */
export const MessageType = { call: 0, reply: 1, event: 2, stream: 3 } as const;

/** How a call ended, or whether a stream goes on. */
export const Status = { ok: 0, error: 1, continue: 2 } as const;

/** The header of a message, without its constant version. */
export interface Header {
  /** One of {@linkcode Program}. */
  readonly program: number;
  /** The procedure within the program. */
  readonly procedure: number;
  /** One of {@linkcode MessageType}. */
  readonly type: number;
  /** Ties replies and stream packets to their call; 0 in events. */
  readonly serial: number;
  /** One of {@linkcode Status}. */
  readonly status: number;
}

/** A message as it came from the peer. */
export interface Frame extends Header {
  /** Reads what follows the header, until the next message is taken. */
  readonly payload: XdrReader;
}

/** The longest message that newer daemons send, its length word included. */
export const MAX_FRAME = 32 * 1024 * 1024 + 4;

const HEADER_SIZE = 28;
const VERSION = 1;

/** Begins a message; what is written next is its payload. */
export function beginFrame(writer: XdrWriter, header: Header): void {
  writer.clear();
  // The length is known at the end.
  writer.u32(0);
  writer.u32(header.program);
  writer.u32(VERSION);
  writer.u32(header.procedure);
  writer.u32(header.type);
  writer.u32(header.serial);
  writer.u32(header.status);
}

/** Ends a message, and answers its bytes, valid until the writer is used again. */
export function endFrame(writer: XdrWriter): Uint8Array<ArrayBuffer> {
  writer.patch(0, writer.length);
  return writer.written;
}

/** A whole message. */
export function encodeFrame(header: Header, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new XdrWriter();
  beginFrame(writer, header);
  writer.raw(payload);
  return endFrame(writer);
}

/** Cuts incoming chunks into messages; throws `malformed` at the first word that cannot be libvirt. */
export class FrameSplitter {
  /** What is cut now: a chunk that begins with a message, or what is kept with a chunk behind it. */
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Most chunks are whole messages; only what is left of one is kept. */
  #kept = new Uint8Array(64 * 1024);
  #left = 0;

  /** Takes the next chunk, which stays valid until `next` has nothing more. */
  add(chunk: Uint8Array): void {
    this.#bytes = this.#left === 0 ? chunk : this.#append(chunk);
    this.#at = 0;
  }

  /** The next message; null if more bytes have to come for it. */
  next(): Frame | null {
    const at = this.#at;
    const length = this.#bytes.length - at;
    if (length < 4) return this.#keep();
    const size = wordAt(this.#bytes, at) >>> 0;
    if (size < HEADER_SIZE || size > MAX_FRAME) {
      throw new RpcError("malformed", `A message cannot be ${size} bytes long`);
    }
    if (length < size) return this.#keep();
    this.#at += size;
    return decodeFrame(this.#bytes, at, at + size);
  }

  /** Refuses an input that ends within a message. */
  end(): void {
    if (this.#left > 0) {
      throw new RpcError("malformed", `The input ends ${this.#left} bytes into a message`);
    }
  }

  /** Adds to what is kept, and answers all of it. */
  #append(chunk: Uint8Array): Uint8Array {
    const length = this.#left + chunk.length;
    this.#reserve(length);
    this.#kept.set(chunk, this.#left);
    return this.#kept.subarray(0, length);
  }

  /** Keeps what is left for the next chunk. */
  #keep(): null {
    const length = this.#bytes.length - this.#at;
    const inPlace = this.#at === 0 && this.#bytes.buffer === this.#kept.buffer;
    if (length > 0 && !inPlace) {
      this.#reserve(length);
      this.#kept.set(this.#bytes.subarray(this.#at));
    }
    this.#left = length;
    return null;
  }

  #reserve(length: number): void {
    if (length <= this.#kept.length) return;
    const larger = new Uint8Array(Math.max(length, this.#kept.length * 2));
    larger.set(this.#kept.subarray(0, this.#left));
    this.#kept = larger;
  }
}

function isKnown({ program, type, status }: Header): boolean {
  const { remote, qemu, keepalive } = Program;
  const { reply, event, stream } = MessageType;
  return (program === remote || program === qemu || program === keepalive) &&
    (type === reply || type === event || type === stream) &&
    (status === Status.ok || status === Status.error || status === Status.continue);
}

function decodeFrame(bytes: Uint8Array, at: number, end: number): Frame {
  const payload = new XdrReader(bytes, at + 4, end);
  const program = payload.u32();
  const version = payload.u32();
  const procedure = payload.u32();
  const type = payload.u32();
  const serial = payload.u32();
  const status = payload.u32();
  const frame = { program, procedure, type, serial, status, payload };
  if (version !== VERSION || !isKnown(frame)) {
    throw new RpcError(
      "malformed",
      `Not a message of libvirt: program 0x${program.toString(16)}, version ${version}, ` +
        `type ${type}, status ${status}`,
    );
  }
  return frame;
}
