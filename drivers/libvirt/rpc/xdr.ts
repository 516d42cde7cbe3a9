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

/** Up to which size a writer keeps its memory for the next value. */
const KEPT = 64 * 1024;

/** Builds one XDR value after the other into a growing buffer. */
export class XdrWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** The bytes written so far, as a copy that the writer no longer touches. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Begins anew, in the same memory unless that has become large. */
  clear(): void {
    // What is skipped as padding has to be zero.
    if (this.#bytes.length <= KEPT) this.#bytes.fill(0, 0, this.#length);
    else this.#use(new Uint8Array(256));
    this.#length = 0;
  }

  /** Writes a signed 32-bit integer. */
  i32(value: number): void {
    const at = this.#grow(4);
    this.#view.setInt32(at, value);
  }

  /** Writes an unsigned 32-bit integer. */
  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  /** Writes a signed 64-bit integer. */
  hyper(value: number | bigint): void {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, BigInt(value));
  }

  /** Writes a double-precision number. */
  double(value: number): void {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value);
  }

  /** Writes bytes whose number both sides know. */
  fixedOpaque(value: Uint8Array): void {
    const at = this.#grow(value.length + padding(value.length));
    this.#bytes.set(value, at);
  }

  /** Writes the bytes of a UUID in text, which has dashes and 32 digits. */
  uuid(value: string): void {
    let at = this.#grow(16) * 2;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code === DASH) continue;
      // The digits lie at 0x30, the letters, of which A is 10, at 0x41 and 0x61.
      const digit = (code & 0xf) + (code > 0x39 ? 9 : 0);
      this.#bytes[at >> 1] |= digit << (at & 1 ? 0 : 4);
      at++;
    }
  }

  /** Writes bytes preceded by their number. */
  opaque(value: Uint8Array): void {
    this.u32(value.length);
    this.fixedOpaque(value);
  }

  /** Writes a string as UTF-8. */
  string(value: string): void {
    if (!isShortAscii(value)) return this.opaque(utf8.encode(value));
    this.u32(value.length);
    const at = this.#grow(value.length + padding(value.length));
    for (let i = 0; i < value.length; i++) this.#bytes[at + i] = value.charCodeAt(i);
  }

  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#use(larger);
    }
    return at;
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

function isShortAscii(text: string): boolean {
  if (text.length > SHORT) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Reads one XDR value after the other and refuses to read past the end. */
export class XdrReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** Reads from `bytes`, which must not change meanwhile. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Reads a signed 32-bit integer. */
  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  /** Reads an unsigned 32-bit integer. */
  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** Reads a signed 64-bit integer: a number where that is exact, else a bigint. */
  hyper(): number | bigint {
    return narrow(this.#view.getBigInt64(this.#take(8)));
  }

  /** Reads an unsigned 64-bit integer: a number where that is exact, else a bigint. */
  uhyper(): number | bigint {
    return narrow(this.#view.getBigUint64(this.#take(8)));
  }

  /** Reads a double-precision number. */
  double(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** Reads `length` bytes and their padding. */
  fixedOpaque(length: number): Uint8Array {
    const at = this.#take(length + padding(length));
    return this.#bytes.subarray(at, at + length);
  }

  /** Reads bytes preceded by their number. */
  opaque(): Uint8Array {
    const length = this.u32();
    if (length > MAX_STRING) {
      throw new RpcError("malformed", `A value of ${length} bytes is over libvirt's limit`);
    }
    return this.fixedOpaque(length);
  }

  /** Reads a UTF-8 string; bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    return fromUtf8.decode(this.opaque());
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
