/**
 * The host's files, below the seam: work on disks and folders that utility VMs are made from.
 *
 * @module
 */

import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { BackendError } from "../backend/backend.ts";
import type { FileRecord, HcsMethods } from "./backend.ts";

/** The methods on files. */
export type FileMethods = {
  readonly [K in keyof HcsMethods & `files.${string}`]: (
    params: HcsMethods[K]["params"],
  ) => Promise<HcsMethods[K]["result"]>;
};

/** What goes wrong with files, as the HRESULTs that Windows has for it. */
const CODES: readonly (readonly [new () => Error, string])[] = [
  [Deno.errors.NotFound, "0x80070003"],
  [Deno.errors.AlreadyExists, "0x80070050"],
  [Deno.errors.PermissionDenied, "0x80070005"],
  [Deno.errors.Busy, "0x80070020"],
];
const NODE_CODES: Readonly<Record<string, string>> = {
  ENOENT: "0x80070003",
  EEXIST: "0x80070050",
  EACCES: "0x80070005",
  EPERM: "0x80070005",
  EBUSY: "0x80070020",
};

async function orRefuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const code = CODES.find(([kind]) => cause instanceof kind)?.[1] ??
      ("code" in cause ? NODE_CODES[String(cause.code)] : undefined);
    throw new BackendError("refused", code ?? "0x80004005", cause.message, { cause });
  }
}

async function stat(path: string): Promise<FileRecord | null> {
  try {
    const { isDirectory, size } = await Deno.stat(path);
    return isDirectory ? { kind: "directory", size: 0 } : { kind: "file", size };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function remove(path: string): Promise<null> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return null;
}

async function list(path: string): Promise<string[]> {
  const names = [];
  for await (const { name } of Deno.readDir(path)) names.push(name);
  return names.sort();
}

/** The methods over the real files. */
export const hostFiles: FileMethods = {
  "files.stat": ({ path }) => orRefuse(stat(path)),
  "files.list": ({ path }) => orRefuse(list(path)),
  "files.mkdir": ({ path }) => orRefuse(Deno.mkdir(path, { recursive: true }).then(() => null)),
  "files.write": ({ path, text }) =>
    orRefuse(Deno.writeTextFile(path, text, { createNew: true }).then(() => null)),
  "files.copy": ({ from, to }) =>
    orRefuse(copyFile(from, to, constants.COPYFILE_EXCL).then(() => null)),
  "files.remove": ({ path }) => orRefuse(remove(path)),
};
