/**
 * XDR (RFC 4506) as libvirt uses it: big-endian, every item padded to four bytes.
 *
 * Reading never goes past the input and never throws anything but an {@linkcode RpcError}, whatever the
 * peer sent.
 *
 * @module
 */

import { RpcError } from "./errors.ts";

/** The longest string and opaque value that libvirt sends or takes. */
export const MAX_STRING = 4 * 1024 * 1024;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Zero bytes that bring `length` to a multiple of four. */
function padding(length: number): number {
  return (4 - length % 4) % 4;
}

/** The longest text that is looked at here: a call to the runtime costs more than so many characters. */
const SHORT = 64;

const DASH = 0x2d;

/** Each byte in two digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Up to which size a writer keeps its memory for the next value. */
const KEPT = 64 * 1024;

/**
 * Builds one XDR value after the other into a growing buffer, which is used again: memory that is had
 * anew for each message takes longer than what is written into it.
 */
export class XdrWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** How many bytes have been written. */
  get length(): number {
    return this.#length;
  }

  /** The bytes written so far, valid until the next `clear`. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew, in the same memory unless that has become large. */
  clear(): void {
    if (this.#bytes.length > KEPT) this.#bytes = new Uint8Array(256);
    this.#length = 0;
  }

  /** Writes an unsigned 32-bit integer over what is at `at`. */
  patch(at: number, value: number): void {
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  /** Writes a signed 32-bit integer. */
  i32(value: number): void {
    this.patch(this.#grow(4), value);
  }

  /** Writes an unsigned 32-bit integer. */
  u32(value: number): void {
    this.patch(this.#grow(4), value);
  }

  /** Writes a signed 64-bit integer. */
  hyper(value: number | bigint): void {
    this.#view(8).setBigInt64(0, BigInt(value));
  }

  /** Writes a double-precision number. */
  double(value: number): void {
    this.#view(8).setFloat64(0, value);
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Writes bytes whose number both sides know. */
  fixedOpaque(value: Uint8Array): void {
    const at = this.#padded(value.length);
    this.#bytes.set(value, at);
  }

  /** Writes the bytes of a UUID in text; false if it is none, and then nothing of use is written. */
  uuid(text: string): boolean {
    if (text.length !== 36) return false;
    let at = this.#grow(16);
    for (let i = 0; i < 36; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) {
        if (text.charCodeAt(i++) !== DASH) return false;
      }
      const byte = digit(text.charCodeAt(i)) << 4 | digit(text.charCodeAt(i + 1));
      if (byte < 0) return false;
      this.#bytes[at++] = byte;
    }
    return true;
  }

  /** Writes bytes preceded by their number. */
  opaque(value: Uint8Array): void {
    this.u32(value.length);
    this.fixedOpaque(value);
  }

  /** Writes a string as UTF-8. */
  string(text: string): void {
    if (!isPlain(text)) return this.opaque(utf8.encode(text));
    this.u32(text.length);
    const at = this.#padded(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
  }

  /** Makes room for so many bytes, and writes their padding. */
  #padded(length: number): number {
    const at = this.#grow(length + padding(length));
    // The memory holds what was written before.
    for (let i = at + length; i < this.#length; i++) this.#bytes[i] = 0;
    return at;
  }

  #view(size: number): DataView {
    const at = this.#grow(size);
    return new DataView(this.#bytes.buffer, at, size);
  }

  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

/** The value of a hexadecimal digit in either case, or -1. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Whether a text is short, and of ASCII characters without NUL: then its bytes are its characters. */
export function isPlain(text: string): boolean {
  if (text.length > SHORT) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code > 0x7f) return false;
  }
  return true;
}

/** Four bytes as a signed integer. A view would have to be made for each message, which takes longer. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
}

/** Reads one XDR value after the other and refuses to read past the end. */
export class XdrReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** Reads a part of `bytes`, by default all, which must not change meanwhile. */
  constructor(bytes: Uint8Array, from = 0, to: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Reads all that is left, as it is. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#take(this.remaining), this.#end);
  }

  /** Reads a signed 32-bit integer. */
  i32(): number {
    return wordAt(this.#bytes, this.#take(4));
  }

  /** Reads an unsigned 32-bit integer. */
  u32(): number {
    return wordAt(this.#bytes, this.#take(4)) >>> 0;
  }

  /** Reads a signed 64-bit integer: a number where that is exact, else a bigint. */
  hyper(): number | bigint {
    return narrow(this.#view(8).getBigInt64(0));
  }

  /** Reads an unsigned 64-bit integer: a number where that is exact, else a bigint. */
  uhyper(): number | bigint {
    return narrow(this.#view(8).getBigUint64(0));
  }

  /** Reads a double-precision number. */
  double(): number {
    return this.#view(8).getFloat64(0);
  }

  /** Reads `length` bytes and their padding. */
  fixedOpaque(length: number): Uint8Array {
    const at = this.#take(length + padding(length));
    return this.#bytes.subarray(at, at + length);
  }

  /** Reads bytes preceded by their number. */
  opaque(): Uint8Array {
    return this.fixedOpaque(this.#count());
  }

  /** Reads a UUID as text in lower case with dashes. */
  uuid(): string {
    let at = this.#take(16);
    let text = "";
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
      text += HEX[this.#bytes[at++]];
    }
    return text;
  }

  /** Reads a UTF-8 string; bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    const length = this.#count();
    const from = this.#take(length + padding(length));
    const to = from + length;
    if (length > SHORT) return fromUtf8.decode(this.#bytes.subarray(from, to));
    let text = "";
    for (let at = from; at < to; at++) {
      const code = this.#bytes[at];
      if (code > 0x7f) return fromUtf8.decode(this.#bytes.subarray(from, to));
      text += String.fromCharCode(code);
    }
    return text;
  }

  /**
   * Reads the number of items that follow, each at least `itemSize` bytes long, so that a false number
   * is refused before anything of that size is allocated.
   */
  count(itemSize: number): number {
    const count = this.u32();
    if (count * itemSize > this.remaining) {
      throw new RpcError("malformed", `A list of ${count} items does not fit into the message`);
    }
    return count;
  }

  /** Refuses input that goes on after the last expected value. */
  end(): void {
    if (this.remaining > 0) {
      throw new RpcError("malformed", `The message has ${this.remaining} bytes too many`);
    }
  }

  /** Reads the length of a string or an opaque value. */
  #count(): number {
    const length = this.u32();
    if (length > MAX_STRING) {
      throw new RpcError("malformed", `A value of ${length} bytes is over libvirt's limit`);
    }
    return length;
  }

  #view(size: number): DataView {
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#take(size), size);
  }

  #take(size: number): number {
    if (size > this.remaining) {
      throw new RpcError(
        "malformed",
        `The message ends too early: ${size} bytes expected, ${this.remaining} left`,
      );
    }
    const at = this.#at;
    this.#at += size;
    return at;
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
