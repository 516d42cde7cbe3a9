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

/** What goes wrong with files, as the HRESULTs that Windows has for it; `E_FAIL` for all else. */
const CODES: Readonly<Record<string, string>> = {
  ENOENT: "0x80070003",
  EACCES: "0x80070005",
  EPERM: "0x80070005",
  EBUSY: "0x80070020",
  EEXIST: "0x80070050",
  ENOSPC: "0x80070070",
  ENOTEMPTY: "0x80070091",
  ENOTDIR: "0x8007010B",
};

async function orRefuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof BackendError) throw cause;
    const code = "code" in cause ? CODES[String(cause.code)] : undefined;
    throw new BackendError("refused", code ?? "0x80004005", cause.message, { cause });
  }
}

/** Nothing is there, or nothing can be there. */
function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

async function stat(path: string): Promise<FileRecord | null> {
  try {
    const { isDirectory, size } = await Deno.stat(path);
    return isDirectory ? { kind: "directory", size: 0 } : { kind: "file", size };
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

async function remove(path: string): Promise<null> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  return null;
}

/** Looks first at what to copy, whatever is there already. */
async function copy(from: string, to: string): Promise<null> {
  if ((await Deno.stat(from)).isDirectory) {
    throw new BackendError("refused", "0x80070005", `Not a file to copy: ${JSON.stringify(from)}`);
  }
  await copyFile(from, to, constants.COPYFILE_EXCL);
  return null;
}

/** Looks first at what is there: systems differ in what they say of a file in the place of a folder. */
async function list(path: string): Promise<string[]> {
  if ((await stat(path))?.kind === "file") {
    throw new BackendError("refused", "0x8007010B", `Not a folder: ${JSON.stringify(path)}`);
  }
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
  "files.copy": ({ from, to }) => orRefuse(copy(from, to)),
  "files.remove": ({ path }) => orRefuse(remove(path)),
};
