/**
 * Files in memory, for replay and simulation.
 *
 * @module
 */

import { FileError, type Files, type FileWriter } from "./files.ts";
import { KeyedLock } from "./keyed_lock.ts";

/** One file; it outlives its name while somebody writes to it, as on a disk. */
interface Node {
  chunks: Uint8Array<ArrayBuffer>[];
  size: number;
  stamp: number;
}

/** Both kinds of slashes are one: simulated Windows hosts come with paths of their own. */
function keyOf(path: string): string {
  return path.replaceAll("\\", "/");
}

/** Makes empty files in memory, with the semantics of those on disk. */
export function memoryFiles(): Files {
  const nodes = new Map<string, Node>();
  const locks = new KeyedLock();
  let stamps = 0;

  const get = (path: string, verb: string): Node => {
    const node = nodes.get(keyOf(path));
    if (node) return node;
    throw new FileError("not-found", `Cannot ${verb} "${path}": there is no such file`);
  };

  const writer = (node: Node): FileWriter => ({
    write: (chunk) => {
      node.chunks.push(chunk.slice());
      node.size += chunk.length;
      node.stamp = ++stamps;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });

  return {
    async *read(path) {
      for (const chunk of [...get(path, "read").chunks]) yield chunk.slice();
    },
    stat: (path) => {
      const node = nodes.get(keyOf(path));
      return Promise.resolve(node && { size: node.size, stamp: String(node.stamp) });
    },
    create: (path) => {
      const node = nodes.get(keyOf(path)) ?? { chunks: [], size: 0, stamp: 0 };
      Object.assign(node, { chunks: [], size: 0, stamp: ++stamps });
      nodes.set(keyOf(path), node);
      return Promise.resolve(writer(node));
    },
    rename: (from, to) =>
      promise(() => {
        const node = get(from, "rename");
        nodes.delete(keyOf(from));
        nodes.set(keyOf(to), node);
      }),
    remove: (path) => promise(() => void nodes.delete(keyOf(path))),
    list: (folder) => {
      const prefix = `${keyOf(folder)}/`;
      const below = [...nodes.keys()].filter((path) => path.startsWith(prefix));
      return Promise.resolve(below.map((path) => path.slice(prefix.length)).sort());
    },
    lock: (path, { signal } = {}) => hold(locks, keyOf(path), signal),
  };
}

/** A promise of work that is done at once, whose error rejects instead of being thrown. */
function promise(work: () => void): Promise<void> {
  return new Promise((resolve) => resolve(work()));
}

/** Holds a key from when it is free until disposed of. */
function hold(locks: KeyedLock, key: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> =>
      new Promise((release) =>
        resolve({ [Symbol.asyncDispose]: () => Promise.resolve(release()) })
      );
    locks.run(key, held, { signal }).catch(reject);
  });
}
