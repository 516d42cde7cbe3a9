/**
 * Writes the pages about the contracts anew: `deno task docs`.
 *
 * @module
 */

import { contractPages } from "../drivers/contract/docs.ts";
import { CASES } from "./cases/mod.ts";
import { assertNoWords, readArguments } from "./commands/arguments.ts";
import { runProgram } from "./commands/program.ts";
import { MUTANTS } from "./mutants/mod.ts";

/** The folder of the contracts. */
export const FOLDER = new URL("../drivers/contract/", import.meta.url);

/** The pages, by their paths in {@linkcode FOLDER}. */
export const pages = (): ReadonlyMap<string, string> =>
  contractPages({ cases: CASES, mutants: MUTANTS });

const USAGE = `Writes the pages about the contracts anew, into drivers/contract.

  deno task docs`;

function main(args: readonly string[]): Promise<number> {
  assertNoWords(readArguments(args, []));
  for (const [path, text] of pages()) Deno.writeTextFileSync(new URL(path, FOLDER), text);
  return Promise.resolve(0);
}

if (import.meta.main) await runProgram(() => USAGE, async (args) => await main(args));
