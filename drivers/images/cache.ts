/**
 * The image files of a cache directory.
 *
 * An image is `<version>-<first digits of its checksum>`, so a changed checksum is another file; the
 * version is written so that no system takes it for anything else. Beside it lies its seal: the checksum, size and stamp of the moment when it was verified. An image without
 * a seal that fits is none, which makes asking cheap and notices whatever was done to the file.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Trouble } from "../backend/driver_errors.ts";
import { FileError, type Files } from "../backend/files.ts";
import type { ImageData } from "../contract/mod.ts";
import type { Content } from "./archive.ts";

type Identity = Pick<ImageData, "version" | "sha256">;
type Stat = NonNullable<Awaited<ReturnType<Files["stat"]>>>;

/** The cache. Whoever changes it holds the lock of the version. */
export interface ImageCache {
  /** Where an image is, or would be. */
  pathOf(image: Identity): string;
  /** A name that no file has yet, for content on its way to that image. */
  partOf(image: Identity): string;
  /** Its size if it is there, verified and untouched since. */
  sizeOf(image: Identity): Promise<number | undefined>;
  /**
   * Takes content for an image that is not there, once it is verified; nothing is left of it otherwise.
   *
   * @throws {Trouble} `data-loss` if it is not what the checksum says
   */
  add(image: Identity, content: Content, signal?: AbortSignal): Promise<void>;
  /** Removes every file of a version, whatever its checksum, and answers whether there was any. */
  purge(version: string): Promise<boolean>;
  /** Removes what transfers that were killed have left of a version. */
  sweep(version: string): Promise<void>;
}

/** What Windows takes for a device, in any folder and whatever follows after the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.)/;

/**
 * A version as the beginning of a file's name: another one for each version, also where letter case
 * makes no difference, and never a device of Windows. `1.30.1` stays, `1.30.0-RC1` is `1.30.0-_r_c1`.
 */
export function fileName(version: string): string {
  const lower = version.replace(/[A-Z_]/g, (letter) => `_${letter.toLowerCase()}`);
  return lower.replace(DEVICE, "$&_");
}

/** Makes the cache of a folder. */
export function imageCache(files: Files, folder: string, slash: string): ImageCache {
  const pathOf = ({ version, sha256 }: Identity): string =>
    `${folder}${slash}${fileName(version)}-${sha256.slice(0, 16)}`;
  const sealPath = (image: Identity): string => `${pathOf(image)}.json`;

  const partOf = (image: Identity): string => `${pathOf(image)}.${crypto.randomUUID()}.part`;

  const seal = ({ sha256 }: Identity, stat: Stat): string => JSON.stringify({ sha256, ...stat });

  const remove = async (version: string, what: RegExp): Promise<boolean> => {
    const prefix = `${fileName(version)}-`;
    const names = await files.list(folder);
    const found = names.filter((name) =>
      name.startsWith(prefix) && what.test(name.slice(prefix.length))
    );
    for (const name of found) await files.remove(`${folder}${slash}${name}`);
    return found.length > 0;
  };

  return {
    pathOf,
    partOf,
    sizeOf: async (image) => {
      const stat = await files.stat(pathOf(image));
      if (!stat) return undefined;
      return await readText(files, sealPath(image)) === seal(image, stat) ? stat.size : undefined;
    },
    add: async (image, content, signal) => {
      const part = partOf(image);
      try {
        verify(image, await write(files, part, content, signal));
        signal?.throwIfAborted();
        // The seal first: without its image it means nothing, and renaming keeps what it tells.
        const stat = await files.stat(part);
        if (stat) await writeText(files, sealPath(image), seal(image, stat));
        await files.rename(part, pathOf(image));
      } catch (error) {
        await Promise.allSettled([files.remove(part), files.remove(sealPath(image))]);
        throw error;
      }
    },
    purge: (version) => remove(version, /^[0-9a-f]{16}(\.json|\.[0-9a-f-]{36}\.part)?$/),
    sweep: async (version) => void await remove(version, /^[0-9a-f]{16}\.[0-9a-f-]{36}\.part$/),
  };
}

/**
 * Holds a checksum against an image's.
 *
 * @throws {Trouble} `data-loss`
 */
export function verify({ sha256 }: Identity, seen: string): void {
  if (seen === sha256) return;
  throw new Trouble("data-loss", `Its SHA-256 is ${seen}, where the list says ${sha256}`);
}

/** The checksum of a content. */
export async function checksum(content: Content, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of content) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}

/** Writes a content into a file, and answers its checksum. */
export async function write(
  files: Files,
  path: string,
  content: Content,
  signal?: AbortSignal,
): Promise<string> {
  await using file = await files.create(path);
  const copied = async function* (): Content {
    for await (const chunk of content) {
      await file.write(chunk);
      yield chunk;
    }
  };
  const sha256 = await checksum(copied(), signal);
  await file.close();
  return sha256;
}

/** Writes a text into a file. */
export async function writeText(files: Files, path: string, text: string): Promise<void> {
  await using file = await files.create(path);
  await file.write(new TextEncoder().encode(text));
  await file.close();
}

/** The text of a file, or undefined if there is none. */
export async function readText(files: Files, path: string): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of files.read(path)) text += decoder.decode(chunk, { stream: true });
  } catch (error) {
    if (error instanceof FileError && error.kind === "not-found") return undefined;
    throw error;
  }
  return text + decoder.decode();
}
