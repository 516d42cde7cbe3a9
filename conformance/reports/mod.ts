/**
 * The reports, by name.
 *
 * @module
 */

import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { ndjson } from "./ndjson.ts";
import { pretty } from "./pretty.ts";
import type { Reporter } from "./reporter.ts";
import { tap } from "./tap.ts";

export { merged } from "./merge.ts";
export { parseEvents } from "./ndjson.ts";
export type { Report, Reporter, Style } from "./reporter.ts";

/** Every report that there is. */
export const REPORTERS: Readonly<Record<string, Reporter>> = {
  pretty,
  json,
  ndjson,
  junit,
  tap,
  markdown,
  html,
};
