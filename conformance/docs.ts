/**
 * Writes the pages about the contracts anew: `deno task docs`.
 *
 * @module
 */

import { contractPages } from "../drivers/contract/docs.ts";
import { CASES } from "./cases/mod.ts";
import { MUTANTS } from "./mutants/mod.ts";

/** The folder of the contracts. */
export const FOLDER = new URL("../drivers/contract/", import.meta.url);

/** The pages, by their paths in {@linkcode FOLDER}. */
export const pages = (): ReadonlyMap<string, string> =>
  contractPages({ cases: CASES, mutants: MUTANTS });

if (import.meta.main) {
  for (const [path, text] of pages()) Deno.writeTextFileSync(new URL(path, FOLDER), text);
}
