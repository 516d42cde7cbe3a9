/**
 * Markdown, as for a job's summary.
 *
 * @module
 */

import { atEnd, type EndedCase, type EndedRun, type Reporter } from "./reporter.ts";
import { account, headline, isTrouble, meaning } from "./words.ts";

const cell = (text: string): string => text.replace(/[\\|`*_<>[\]]/g, "\\$&").replaceAll("\n", " ");

/** A block of code whose fence is longer than any in it. */
function block(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.join("\n").match(/`+/g)?.map((it) => it.length) ?? []);
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}

function details({ start }: EndedRun, item: EndedCase): string[] {
  const { case: id, status } = item.end;
  return ["", `### ${cell(id)}: ${status}`, "", ...block(account(start, item))];
}

/** How many cases are told in full: a summary that is too long is not shown at all. */
const MOST_DETAILS = 50;

/** As much of a text as a table has room for. */
const brief = (text: string): string => text.length > 300 ? `${text.slice(0, 300)}…` : text;

/** Markdown. */
export const markdown: Reporter = atEnd((run) => {
  const { start, cases, end } = run;
  const others = cases.filter((item) => item.end.status !== "pass");
  const rows = others.map(({ end: { case: id, status, reason, title } }) =>
    `| ${cell(id)} | ${status} | ${cell(brief(reason ?? title))} |`
  );
  const troubled = cases.filter(isTrouble);
  const more = troubled.length - MOST_DETAILS;
  const notes = [
    ...end.leaks.map((leak) => `- Left on the host: ${cell(leak)}`),
    ...end.stale.map((entry) => `- Known to fail, but it does not: ${cell(entry)}`),
  ];
  return [
    `## ${cell(headline(start, end))}`,
    "",
    `${meaning(end)}. Seed \`${start.seed}\`.`,
    ...(rows.length > 0 ? ["", "| case | status | why |", "|---|---|---|", ...rows] : []),
    ...(notes.length > 0 ? ["", ...notes] : []),
    ...troubled.slice(0, MOST_DETAILS).flatMap((item) => details(run, item)),
    ...(more > 0 ? ["", `And ${more} more, which the other reports tell in full.`] : []),
    "",
  ].join("\n");
});
