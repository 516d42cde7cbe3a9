/**
 * The local files of one world: those of the driver, whose disk can be full, and those of the suite.
 *
 * @module
 */

import type { TestFiles } from "../../contract/mod.ts";
import { FileError, type Files } from "../files.ts";

/** The folders of one world. */
export interface Folders {
  /** All of it. */
  readonly root: string;
  /** The driver's cache directory. */
  readonly cache: string;
  /** The driver's config directory. */
  readonly config: string;
  /** What `fromFile` can be asked to read. */
  readonly files: string;
}

/** The folders below a root. */
export function foldersIn(root: string): Folders {
  return { root, cache: `${root}/cache`, config: `${root}/config`, files: `${root}/files` };
}

/** The driver's view of the files, and the suite's. */
export interface WorldFiles {
  /** For the driver's context. */
  readonly forDriver: Files;
  /** For the suite. */
  readonly forSuite: Required<TestFiles>;
}

/** Both views of the files in those folders. */
export function worldFiles(
  { files, folders }: { readonly files: Files; readonly folders: Folders },
): WorldFiles {
  let full = false;
  return {
    forDriver: {
      ...files,
      async create(path) {
        const writer = await files.create(path);
        return {
          write(chunk) {
            if (!full) return writer.write(chunk);
            const message = `Cannot write "${path}": the disk is full`;
            return Promise.reject(new FileError("no-space", message));
          },
          close: () => writer.close(),
          [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
        };
      },
    },
    forSuite: {
      async write(name, content) {
        const path = `${folders.files}/${relative(name)}`;
        await writeAll(files, path, content);
        return path;
      },
      async link(name, target) {
        const path = `${folders.files}/${relative(name)}`;
        await files.link(path, target);
        return path;
      },
      read: (path) => readAll(files, path),
      cached: () => files.list(folders.cache),
      async tamper(path, content) {
        const target = `${folders.cache}/${relative(path)}`;
        if (content) await writeAll(files, target, content);
        else await files.remove(target);
      },
      async corruptState() {
        for (const path of await files.list(folders.config)) {
          await writeAll(files, `${folders.config}/${path}`, NONSENSE);
        }
      },
      fillDisk(on) {
        full = on;
      },
    },
  };
}

/** Neither text nor any format. */
const NONSENSE = new Uint8Array([0xff, 0x00, 0xfe, 0x7b, 0x80]);

/** A path that stays in its folder. */
function relative(path: string): string {
  const parts = path.split(/[\\/]/);
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new TypeError(`Cannot use the file name ${JSON.stringify(path)}: it leaves its folder`);
  }
  return path;
}

async function writeAll(files: Files, path: string, content: Uint8Array): Promise<void> {
  await using writer = await files.create(path);
  await writer.write(content);
  await writer.close();
}

async function readAll(files: Files, path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!await files.stat(path)) return undefined;
  const chunks = await Array.fromAsync(files.read(path));
  const content = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let end = 0;
  for (const chunk of chunks) {
    content.set(chunk, end);
    end += chunk.length;
  }
  return content;
}
