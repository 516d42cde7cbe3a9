/**
 * The whole run as one JSON document.
 *
 * @module
 */

import { atEnd, type EndedCase, type EndedRun, type Reporter } from "./reporter.ts";
import { headline, repeatCommand } from "./words.ts";

function jsonCase(run: EndedRun, { end, checks }: EndedCase): Record<string, unknown> {
  const { type: _, case: id, ...rest } = end;
  return {
    id,
    ...rest,
    repeat: repeatCommand(run.start, end),
    checks: checks.map(({ type: _, case: __, check, ...facts }) => ({ id: check, ...facts })),
  };
}

/** One JSON document. */
export const json: Reporter = atEnd((run) => {
  const { type: _, version, ...start } = run.start;
  const { type: __, ...end } = run.end;
  const cases = run.cases.map((item) => jsonCase(run, item));
  const report = {
    format: `vmtck-report/${version}`,
    headline: headline(run.start, run.end),
    ...start,
    ...end,
    cases,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
});
