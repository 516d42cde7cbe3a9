/**
 * Writes the page about the contract: `deno task docs`.
 *
 * @module
 */

import { contractPage } from "../drivers/contract/docs.ts";
import { CASES } from "./cases/mod.ts";

/** Where the page is. */
export const CONTRACT_PAGE = new URL("../drivers/contract/README.md", import.meta.url);

if (import.meta.main) await Deno.writeTextFile(CONTRACT_PAGE, contractPage(CASES));
