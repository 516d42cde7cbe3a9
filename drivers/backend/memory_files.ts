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
  const links = new Map<string, string>();
  const locks = new KeyedLock();
  let stamps = 0;

  const get = (path: string, verb: string): Node => {
    const node = nodes.get(realPath(keyOf(path), links));
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
      const node = nodes.get(realPath(keyOf(path), links));
      return Promise.resolve(node && { size: node.size, stamp: String(node.stamp) });
    },
    realPath: (path) =>
      promise(() => {
        const real = realPath(keyOf(path), links);
        if (nodes.has(real)) return real;
        if ([...nodes.keys()].some((other) => other.startsWith(`${real}/`))) return real;
        throw new FileError("not-found", `Cannot find "${path}": there is no such file`);
      }),
    link: (path, target) => promise(() => void links.set(keyOf(path), keyOf(target))),
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

/** How many links a path may lead over: as on Linux. */
const MOST_LINKS = 40;

/** A path without links, `.` and `..`. */
function realPath(
  path: string,
  links: ReadonlyMap<string, string>,
  left: number = MOST_LINKS,
): string {
  const parts: string[] = [];
  const rest = path.split("/");
  for (const [index, part] of rest.entries()) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
    const target = links.size > 0 ? links.get(join(path, parts)) : undefined;
    if (target === undefined) continue;
    if (left === 0) throw new FileError("other", `Cannot follow "${path}": too many links`);
    return realPath([target, ...rest.slice(index + 1)].join("/"), links, left - 1);
  }
  return join(path, parts);
}

/** The parts of a path, absolute if the path is. */
function join(path: string, parts: readonly string[]): string {
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

/** A promise of work that is done at once, whose error rejects instead of being thrown. */
function promise<T>(work: () => T): Promise<T> {
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
