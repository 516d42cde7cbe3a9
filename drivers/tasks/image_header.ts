/**
 * What the header of an image refers to: a qcow2 file can be the rest of another file, which an
 * allow-list has to allow, too.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Files } from "../backend/files.ts";
import { TASK_REASONS } from "../contract/mod.ts";
import { type ImagePaths, isAbsolute } from "./image_paths.ts";

/** As much of a file as its header can need: it lies in the first cluster, and names are short. */
const HEAD_BYTES = 64 * 1024;
/** `QFI` and 0xfb. */
const MAGIC = 0x514649fb;
/** The bit of the incompatible features that says that the data is in another file. */
const EXTERNAL_DATA = 0x4;
/** The longest chain of files: longer ones are mistakes, or circles. */
const MOST_FILES = 16;
/** How names of files begin that are none: `nbd:…`, `json:{…}`. */
const PROTOCOL = /^[A-Za-z][A-Za-z0-9+.-]+:/;

/**
 * Holds all files that an image refers to to the allow-list.
 *
 * @throws {Trouble} `permission-denied` with reason `image-not-allowed`, also for a reference that is no
 * local file; as {@linkcode ImagePaths.resolve} does
 */
export async function assertReferences(
  files: Pick<Files, "read">,
  images: ImagePaths,
  path: string,
): Promise<void> {
  let next: string | undefined = path;
  for (let count = 0; next !== undefined; count++) {
    if (count === MOST_FILES) throw refused(path, `of more than ${MOST_FILES} files`);
    const backing: string | undefined = backingFile(await head(files, next), path);
    if (backing === undefined) return;
    const folder = next.slice(0, Math.max(next.lastIndexOf("/"), next.lastIndexOf("\\")));
    next = await images.resolve(isAbsolute(backing) ? backing : `${folder}/${backing}`);
  }
}

function refused(path: string, why: string): Trouble {
  const message = `The image ${JSON.stringify(path)} is a part ${why}`;
  return new Trouble("permission-denied", message, TASK_REASONS.imageNotAllowed);
}

/** The name of the file that a file is the rest of, as its header says; undefined if it is whole. */
function backingFile(content: Uint8Array<ArrayBuffer>, path: string): string | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (content.length < 32 || view.getUint32(0) !== MAGIC) return undefined;
  const version = view.getUint32(4);
  if (version >= 3 && content.length >= 80 && (view.getUint32(76) & EXTERNAL_DATA) !== 0) {
    throw refused(path, "of a file with its data");
  }
  const [offset, length] = [view.getBigUint64(8), view.getUint32(16)];
  if (offset === 0n) return undefined;
  if (offset + BigInt(length) > BigInt(content.length)) throw refused(path, "of nobody knows what");
  const start = Number(offset);
  const name = new TextDecoder().decode(content.subarray(start, start + length));
  if (name === "" || PROTOCOL.test(name) && !isAbsolute(name)) {
    throw refused(path, `of ${JSON.stringify(name)}`);
  }
  return name;
}

async function head(files: Pick<Files, "read">, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(HEAD_BYTES);
  let size = 0;
  for await (const chunk of files.read(path)) {
    content.set(chunk.subarray(0, HEAD_BYTES - size), size);
    size = Math.min(HEAD_BYTES, size + chunk.length);
    if (size === HEAD_BYTES) break;
  }
  return content.subarray(0, size);
}
