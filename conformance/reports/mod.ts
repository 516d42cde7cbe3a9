/**
 * The reports, by name.
 *
 * @module
 */

import { printable } from "./printable.ts";
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

/** The same report, of texts that nothing happens by when they are printed. */
const forPeople = (reporter: Reporter): Reporter => (style) => {
  const report = reporter(style);
  return (event) => report(printable(event));
};

/** Every report that there is. */
export const REPORTERS: Readonly<Record<string, Reporter>> = {
  pretty: forPeople(pretty),
  json,
  ndjson,
  junit: forPeople(junit),
  tap: forPeople(tap),
  markdown: forPeople(markdown),
  html: forPeople(html),
};
