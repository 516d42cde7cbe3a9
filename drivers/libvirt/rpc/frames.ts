/**
 * Messages on the byte stream: a length, a header of six words, a payload.
 *
 * @module
 */

import { RpcError } from "./errors.ts";

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
  /** What follows the header. */
  readonly payload: Uint8Array;
}

/** The longest message that newer daemons send, its length word included. */
export const MAX_FRAME = 32 * 1024 * 1024 + 4;

const HEADER_SIZE = 28;
const VERSION = 1;

const head = new Uint8Array(HEADER_SIZE);
const view = new DataView(head.buffer);

/** Puts length and header in front of a payload. */
export function encodeFrame(header: Header, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_SIZE + payload.length);
  view.setUint32(0, bytes.length);
  view.setUint32(4, header.program);
  view.setUint32(8, VERSION);
  view.setUint32(12, header.procedure);
  view.setUint32(16, header.type);
  view.setUint32(20, header.serial);
  view.setUint32(24, header.status);
  bytes.set(head);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}

/** Cuts incoming chunks into messages; throws `malformed` at the first word that cannot be libvirt. */
export class FrameSplitter {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  /** Takes the next chunk, valid until the last message is taken, and gives what it completes. */
  *push(chunk: Uint8Array): Generator<Frame> {
    // Most chunks are whole messages; only what is left of one is kept.
    const bytes = this.#length === 0 ? chunk : this.#append(chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (bytes.length - at >= 4) {
      const size = view.getUint32(at);
      if (size < HEADER_SIZE || size > MAX_FRAME) {
        throw new RpcError("malformed", `A message cannot be ${size} bytes long`);
      }
      if (bytes.length - at < size) break;
      yield decodeFrame(view, at, bytes.slice(at + HEADER_SIZE, at + size));
      at += size;
    }
    const left = bytes.subarray(at);
    if (bytes === chunk) {
      if (left.length > 0) this.#append(left);
      return;
    }
    this.#bytes.copyWithin(0, at, bytes.length);
    this.#length = left.length;
  }

  /** Refuses an input that ends within a message. */
  end(): void {
    if (this.#length > 0) {
      throw new RpcError("malformed", `The input ends ${this.#length} bytes into a message`);
    }
  }

  /** Adds to what is kept, and answers all of it. */
  #append(chunk: Uint8Array): Uint8Array {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
    return this.#bytes.subarray(0, needed);
  }
}

const programs: readonly number[] = Object.values(Program);
const incoming: readonly number[] = [MessageType.reply, MessageType.event, MessageType.stream];
const statuses: readonly number[] = Object.values(Status);

function decodeFrame(view: DataView, at: number, payload: Uint8Array): Frame {
  const [program, version] = [view.getUint32(at + 4), view.getUint32(at + 8)];
  const [procedure, type] = [view.getUint32(at + 12), view.getUint32(at + 16)];
  const [serial, status] = [view.getUint32(at + 20), view.getUint32(at + 24)];
  if (
    !programs.includes(program) || version !== VERSION || !incoming.includes(type) ||
    !statuses.includes(status)
  ) {
    throw new RpcError(
      "malformed",
      `Not a message of libvirt: program 0x${program.toString(16)}, version ${version}, ` +
        `type ${type}, status ${status}`,
    );
  }
  return { program, procedure, type, serial, status, payload };
}
