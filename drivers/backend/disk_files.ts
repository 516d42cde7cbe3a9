/**
 * Files on disk.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import { FileError, type FileErrorKind, type Files, type FileWriter } from "./files.ts";

/** A lock cannot be waited for and given up at once, so it is asked for again and again. */
const LOCK_POLL_MS = 25;
const CHUNK_BYTES = 256 * 1024;

/**
 * The files of this machine. A lock ends with the process that holds it, however that ends; the clock
 * paces the wait for one.
 */
export function diskFiles({ clock }: { readonly clock: Pick<Clock, "sleep"> }): Files {
  return {
    read,
    stat: (path) => attempt("read", path, () => stat(path)),
    realPath: (path) => attempt("read", path, () => Deno.realPath(path)),
    link: (path, target) =>
      attempt("create", path, async () => {
        await makeParent(path);
        await Deno.symlink(target, path);
      }),
    create: (path) =>
      attempt("create", path, async () => {
        await makeParent(path);
        const mode = { create: true, write: true, truncate: true };
        return writer(path, await Deno.open(path, mode));
      }),
    rename: (from, to) =>
      attempt("rename", from, async () => {
        await makeParent(to);
        await Deno.rename(from, to);
      }),
    remove: (path) =>
      attempt("remove", path, () => Deno.remove(path).catch(unlessMissing(undefined))),
    list: (folder) => attempt("list", folder, async () => (await filesBelow(folder, "")).sort()),
    lock: (path, { signal } = {}) => lock(path, clock, signal),
  };
}

async function* read(path: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await attempt("read", path, () => Deno.open(path));
  while (true) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await attempt("read", path, () => file.read(chunk));
    if (length === null) return;
    yield chunk.subarray(0, length);
  }
}

async function stat(path: string): Promise<{ size: number; stamp: string } | undefined> {
  const info = await Deno.stat(path).catch(unlessMissing(undefined));
  if (!info?.isFile) return undefined;
  return { size: info.size, stamp: `${info.mtime?.getTime() ?? 0}-${info.ino ?? 0}` };
}

function writer(path: string, file: Deno.FsFile): FileWriter {
  let isOpen = true;
  const end = (): void => {
    if (isOpen) file.close();
    isOpen = false;
  };
  return {
    write: (chunk) =>
      attempt("write", path, async () => {
        for (let rest = chunk; rest.length > 0;) {
          rest = rest.subarray(await file.write(rest));
        }
      }),
    close: () =>
      attempt("write", path, async () => {
        try {
          await file.sync();
          await age(file);
        } finally {
          end();
        }
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(end()),
  };
}

/**
 * Moves a file's time back by some random minutes. File times tick in milliseconds or worse, so that
 * a change right after this one would otherwise have the same stamp.
 */
async function age(file: Deno.FsFile): Promise<void> {
  const { mtime } = await file.stat();
  if (!mtime) return;
  const [chance] = crypto.getRandomValues(new Uint32Array(1));
  const aged = new Date(mtime.getTime() - 1000 - chance % 1_000_000);
  await file.utime(aged, aged);
}

async function lock(
  path: string,
  clock: Pick<Clock, "sleep">,
  signal?: AbortSignal,
): Promise<AsyncDisposable> {
  signal?.throwIfAborted();
  const file = await attempt("lock", path, async () => {
    await makeParent(path);
    return await Deno.open(path, { create: true, write: true });
  });
  try {
    while (!await attempt("lock", path, () => file.tryLock(true))) {
      await clock.sleep(LOCK_POLL_MS, { signal });
    }
  } catch (error) {
    file.close();
    throw error;
  }
  return { [Symbol.asyncDispose]: () => Promise.resolve(file.close()) };
}

async function filesBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(unlessMissing([]));
  const found = await Promise.all(entries.map((entry) => {
    if (entry.isDirectory) return filesBelow(`${folder}/${entry.name}`, `${prefix}${entry.name}/`);
    return [prefix + entry.name];
  }));
  return found.flat();
}

async function makeParent(path: string): Promise<void> {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  if (end > 0) await Deno.mkdir(path.slice(0, end), { recursive: true });
}

/** Answers a value in place of the error that there is no such file. */
function unlessMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (kindOf(error) === "not-found") return value;
    throw error;
  };
}

const REASONS: Readonly<Record<Exclude<FileErrorKind, "other">, string>> = {
  "not-found": "there is no such file",
  "no-space": "the disk is full",
  "denied": "this user may not",
};

async function attempt<T>(verb: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const kind = kindOf(cause);
    const reason = kind === "other"
      ? cause instanceof Error ? cause.message : String(cause)
      : REASONS[kind];
    throw new FileError(kind, `Cannot ${verb} "${path}": ${reason}`, { cause });
  }
}

const KINDS: Readonly<Record<string, FileErrorKind>> = {
  ENOENT: "not-found",
  ENOTDIR: "not-found",
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
};

function kindOf(error: unknown): FileErrorKind {
  if (error instanceof Deno.errors.NotFound) return "not-found";
  if (error instanceof Deno.errors.NotADirectory) return "not-found";
  if (error instanceof Deno.errors.PermissionDenied) return "denied";
  if (error instanceof Deno.errors.NotCapable) return "denied";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return KINDS[code] ?? "other";
}
