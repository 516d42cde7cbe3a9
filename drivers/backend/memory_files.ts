/**
 * Files in memory, for replay and simulation.
 *
 * @module
 */

import { FileError, type Files, type FileWriter } from "./files.ts";
import { KeyedLock } from "./keyed_lock.ts";

/** What {@linkcode memoryFiles} can be told. */
export interface MemoryFilesOptions {
  /** How many bytes fit; by default as many as memory has. */
  readonly capacity?: number;
}

/** Files in memory, whose disk can be made full. */
export interface MemoryFiles extends Files {
  /** From now on no byte fits any more; ends with `false`. */
  full(on: boolean): void;
}

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
export function memoryFiles({ capacity = Infinity }: MemoryFilesOptions = {}): MemoryFiles {
  const nodes = new Map<string, Node>();
  const locks = new KeyedLock();
  let isFull = false;
  let stamps = 0;

  const get = (path: string, verb: string): Node => {
    const node = nodes.get(keyOf(path));
    if (node) return node;
    throw new FileError("not-found", `Cannot ${verb} "${path}": there is no such file`);
  };
  const room = (): number => isFull ? 0 : capacity - sum(nodes.values());

  const writer = (path: string, node: Node): FileWriter => ({
    write: (chunk) =>
      promise(() => {
        if (chunk.length > room()) {
          throw new FileError("no-space", `Cannot write "${path}": the disk is full`);
        }
        node.chunks.push(chunk.slice());
        node.size += chunk.length;
        node.stamp = ++stamps;
      }),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });

  return {
    full: (on) => {
      isFull = on;
    },
    async *read(path) {
      for (const chunk of [...get(path, "read").chunks]) yield chunk.slice();
    },
    stat: (path) => {
      const node = nodes.get(keyOf(path));
      return Promise.resolve(node && { size: node.size, stamp: String(node.stamp) });
    },
    create: (path, { append = false } = {}) => {
      const node = nodes.get(keyOf(path)) ?? { chunks: [], size: 0, stamp: 0 };
      if (!append) Object.assign(node, { chunks: [], size: 0, stamp: ++stamps });
      nodes.set(keyOf(path), node);
      return Promise.resolve(writer(path, node));
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

function sum(nodes: Iterable<Node>): number {
  let size = 0;
  for (const node of nodes) size += node.size;
  return size;
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
