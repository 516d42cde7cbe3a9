/**
 * The ledgers of runs: where they are, and how one begins.
 *
 * @module
 */

import { directories } from "../../drivers/contract/mod.ts";
import { type Ledger, MemoryLedger } from "../engine/ledger.ts";
import { FileLedger, type LedgerHead } from "../engine/ledger_file.ts";
import { sentenceOf, UsageError } from "./usage.ts";

/** The user's own folder of ledgers. @throws {UsageError} if the environment does not tell it */
export function ledgerFolder(env: (name: string) => string | undefined): string {
  const os = Deno.build.os === "windows" || Deno.build.os === "darwin" ? Deno.build.os : "linux";
  const names = ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"];
  const given = Object.fromEntries(names.map((name) => [name, env(name)]));
  try {
    return `${directories({ os, env: given }).cache}/ledger`;
  } catch (cause) {
    throw new UsageError(`${sentenceOf(cause)}; say where ledgers are with "--ledger"`, { cause });
  }
}

/** A ledger of a run whose host does not outlive the process. */
export function passingLedger(): Ledger & AsyncDisposable {
  return Object.assign(new MemoryLedger(), { [Symbol.asyncDispose]: () => Promise.resolve() });
}

/** Begins a ledger on disk, for a host that outlives the process. @throws {Error} naming the folder */
export async function lastingLedger(
  folder: string,
  head: LedgerHead,
): Promise<Ledger & AsyncDisposable> {
  try {
    return await FileLedger.begin(folder, head);
  } catch (cause) {
    const why = `${sentenceOf(cause)}; say where ledgers are with "--ledger"`;
    throw new Error(`Cannot write a ledger in "${folder}": ${why}`, { cause });
  }
}
