/**
 * A disk in a ZIP archive, as images for Hyper-V are published.
 *
 * The central directory decides, at the end of the file: what comes before it may lie about sizes.
 * Names in an archive lead nowhere, as nothing is written by them; one that tries is refused all the
 * same, as whoever made it means no good.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Files } from "../backend/files.ts";

/** Bytes on their way. */
export type Content = AsyncIterable<Uint8Array<ArrayBuffer>>;

type Chunks = AsyncGenerator<Uint8Array<ArrayBuffer>>;

/** What the directory says of a file. Offsets and sizes are in bytes. */
interface Entry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Where its own header is. */
  readonly at: number;
}

const HEAD_BYTES = 4;
const STORED = 0;
const DEFLATED = 8;
/** No disk file of an image is larger. */
const MOST_BYTES = 64 * 1024 ** 3;
/** The directory and what follows it: one disk and a few files beside it need far less. */
const TAIL_BYTES = 1024 ** 2;
const LOCAL_HEADER = 30;
const IN_ZIP64 = 0xffff_ffff;
const UNSAFE_NAME = /^[\\/]|^[A-Za-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)|\0/;

const Signature = {
  local: 0x0403_4b50,
  directory: 0x0201_4b50,
  end: 0x0605_4b50,
  end64: 0x0606_4b50,
  locator64: 0x0706_4b50,
} as const;

/** Whether a content that begins like that is an archive. */
export function isArchive(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/** Whether a file is an archive. */
export async function isArchiveFile(files: Files, path: string): Promise<boolean> {
  return isArchive(await rangeOf(files, path, 0, HEAD_BYTES));
}

/** The first bytes of a content, and all of it again. */
export async function peeked(content: Content): Promise<{ head: Uint8Array; all: Content }> {
  const rest = content[Symbol.asyncIterator]();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let seen = 0; seen < HEAD_BYTES;) {
    const { value, done } = await rest.next();
    if (done) break;
    chunks.push(value);
    seen += value.length;
  }
  const all = async function* (): Chunks {
    try {
      yield* chunks;
      yield* { [Symbol.asyncIterator]: () => rest };
    } finally {
      await rest.return?.();
    }
  };
  return { head: await joined(chunks), all: all() };
}

/**
 * The content of the one file in an archive whose name ends like that.
 *
 * @throws {Trouble} `data-loss` if there is none or more than one, if a name leads out of the archive,
 * if it is too large, encrypted or packed in an uncommon way, or damaged
 */
export async function* onlyFile(files: Files, path: string, ending: string): Chunks {
  const { bytes, before } = await tailOf(files, path);
  const { entries, directoryAt } = directory(bytes, before);
  const { at, packed, size, method } = chosen(entries, ending);
  const header = viewOf(await rangeOf(files, path, at, at + LOCAL_HEADER));
  if (header.byteLength < LOCAL_HEADER || header.getUint32(0, true) !== Signature.local) {
    throw damaged("the directory points at no file");
  }
  const from = at + LOCAL_HEADER + header.getUint16(26, true) + header.getUint16(28, true);
  if (from + packed > directoryAt) throw damaged("a file goes on into the directory");
  const content = between(files.read(path), from, from + packed);
  yield* ofSize(method === DEFLATED ? inflated(content) : content, size);
}

/** The one to take. */
function chosen(entries: readonly Entry[], ending: string): Entry {
  const odd = entries.find(({ name }) => UNSAFE_NAME.test(name));
  if (odd) throw unfit(`it has a file with the name ${JSON.stringify(odd.name)}`);
  const found = entries.filter(({ name }) => name.toLowerCase().endsWith(ending));
  const [entry] = found;
  if (!entry || found.length > 1) {
    throw unfit(`it has ${found.length} "${ending}" files, and must have one`);
  }
  if (entry.isEncrypted) throw unfit("its disk is encrypted");
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw unfit(`its disk is packed by method ${entry.method}, where "deflate" is understood`);
  }
  if (entry.size <= MOST_BYTES) return entry;
  throw unfit(`its disk has ${entry.size} bytes, and at most ${MOST_BYTES} are taken`);
}

/** Reads the directory in the end of a file, of which so many bytes come before. */
function directory(
  bytes: Uint8Array<ArrayBuffer>,
  before: number,
): { entries: Entry[]; directoryAt: number } {
  const view = viewOf(bytes);
  const { count, directoryAt } = readEnd(view, before);
  if (directoryAt < before) throw unfit("its directory is too long to be that of one disk");
  const entries: Entry[] = [];
  try {
    for (let at = directoryAt - before; entries.length < count;) {
      if (view.getUint32(at, true) !== Signature.directory) {
        throw damaged("its directory ends early");
      }
      const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
      const next = at + 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
      entries.push(entryAt(view, at, name ?? 0, extra ?? 0));
      at = next;
    }
  } catch (error) {
    throw error instanceof RangeError ? damaged("its directory is cut") : error;
  }
  return { entries, directoryAt };
}

/** The record at the very end, or the one for large archives that it refers to. */
function readEnd(view: DataView, before: number): { count: number; directoryAt: number } {
  const least = 22;
  for (let at = view.byteLength - least; at >= 0; at--) {
    if (view.getUint32(at, true) !== Signature.end) continue;
    // What looks like it may be part of a comment.
    if (at + least + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const locator = at - 20;
    if (locator >= 0 && view.getUint32(locator, true) === Signature.locator64) {
      const end64 = wide(view, locator + 8) - before;
      if (end64 < 0 || end64 + 56 > locator) throw damaged("its end is somewhere else");
      if (view.getUint32(end64, true) !== Signature.end64) throw damaged("its end is no end");
      return { count: wide(view, end64 + 32), directoryAt: wide(view, end64 + 48) };
    }
    return { count: view.getUint16(at + 10, true), directoryAt: view.getUint32(at + 16, true) };
  }
  throw damaged("it has no directory");
}

function entryAt(view: DataView, at: number, nameLength: number, extraLength: number): Entry {
  const nameAt = at + 46;
  const name = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + nameAt, nameLength),
  );
  // Sizes that are too large for their field follow in a field of 64 bits, in this order.
  let next = zip64FieldAt(view, nameAt + nameLength, extraLength);
  const number = (field: number): number => {
    const short = view.getUint32(at + field, true);
    if (short !== IN_ZIP64 || next === undefined) return short;
    next += 8;
    return wide(view, next - 8);
  };
  const [size, packed, offset] = [number(24), number(20), number(42)];
  return {
    name,
    isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    method: view.getUint16(at + 10, true),
    ...{ size, packed, at: offset },
  };
}

/** Where the content of the extra field for large files is. */
function zip64FieldAt(view: DataView, from: number, length: number): number | undefined {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === 1) return at + 4;
  }
}

function wide(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value <= Number.MAX_SAFE_INTEGER) return Number(value);
  throw damaged("a number in it is too large");
}

/** The last bytes of a file, and how many come before. */
async function tailOf(
  files: Files,
  path: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; before: number }> {
  const size = (await files.stat(path))?.size ?? 0;
  const before = Math.max(0, size - TAIL_BYTES);
  return { bytes: await rangeOf(files, path, before, size), before };
}

async function rangeOf(
  files: Files,
  path: string,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return await joined(await Array.fromAsync(between(files.read(path), from, to)));
}

async function joined(
  chunks: readonly Uint8Array<ArrayBuffer>[],
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob([...chunks]).arrayBuffer());
}

/** A part of a content. */
async function* between(content: Content, from: number, to: number): Chunks {
  let at = 0;
  if (from === to) return;
  for await (const chunk of content) {
    const part = chunk.subarray(Math.max(0, from - at), Math.max(0, to - at));
    at += chunk.length;
    if (part.length > 0) yield part;
    if (at >= to) return;
  }
}

async function* inflated(content: Content): Chunks {
  try {
    yield* ReadableStream.from(content).pipeThrough(new DecompressionStream("deflate-raw"));
  } catch (error) {
    throw error instanceof TypeError ? damaged("its disk cannot be unpacked") : error;
  }
}

/** Holds a content to the size that was told, so that it never fills a disk on its own. */
async function* ofSize(content: Content, size: number): Chunks {
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > size) break;
    yield chunk;
  }
  if (seen !== size) throw damaged("its disk is of another size than it says");
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

const unfit = (why: string): Trouble => new Trouble("data-loss", `The archive is refused: ${why}`);
const damaged = (why: string): Trouble =>
  new Trouble("data-loss", `The archive is damaged: ${why}`);
