/**
 * Text across the foreign interface: UTF-16 that ends with 0.
 *
 * @module
 */

/**
 * A `PCWSTR`. Lone surrogates stay what they are.
 *
 * @throws {RangeError} for a text with a NUL, which would be cut there
 */
export function toWide(text: string): Uint16Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new RangeError(`Cannot pass a text with a NUL on: ${JSON.stringify(text)}`);
  }
  const wide = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) wide[i] = text.charCodeAt(i);
  return wide;
}

const UNITS_AT_ONCE = 4096;

/** The text at a `PWSTR`, copied; null for a null pointer. */
export function fromWide(pointer: Deno.PointerValue): string | null {
  if (pointer === null) return null;
  const view = new Deno.UnsafePointerView(pointer);
  let length = 0;
  while (view.getUint16(length * 2) !== 0) length++;
  let text = "";
  for (let from = 0; from < length; from += UNITS_AT_ONCE) {
    const units = new Uint16Array(Math.min(UNITS_AT_ONCE, length - from));
    view.copyInto(units, from * 2);
    text += String.fromCharCode(...units);
  }
  return text;
}

/** Room for a pointer that a function writes. */
export function outPointer(): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(1);
}

/** The pointer that was written there. */
export function writtenPointer(out: BigUint64Array<ArrayBuffer>): Deno.PointerValue {
  return Deno.UnsafePointer.create(out[0] ?? 0n);
}

const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;

/**
 * A `GUID` in memory: the first three fields are little-endian.
 *
 * @throws {RangeError} for what is no GUID
 */
export function toGuid(text: string): Uint8Array<ArrayBuffer> {
  const fields = GUID.exec(text)?.slice(1);
  if (!fields) throw new RangeError(`Not a GUID: ${JSON.stringify(text)}`);
  const [a = "", b = "", c = "", ...rest] = fields;
  const bytes = (hex: string) => hex.match(/../g)?.map((it) => parseInt(it, 16)) ?? [];
  return Uint8Array.from([
    ...bytes(a).reverse(),
    ...bytes(b).reverse(),
    ...bytes(c).reverse(),
    ...rest.flatMap(bytes),
  ]);
}
