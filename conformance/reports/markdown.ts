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

/** Markdown. */
export const markdown: Reporter = atEnd((run) => {
  const { start, cases, end } = run;
  const others = cases.filter((item) => item.end.status !== "pass");
  const rows = others.map(({ end: { case: id, status, reason, title } }) =>
    `| ${cell(id)} | ${status} | ${cell(reason ?? title)} |`
  );
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
    ...cases.filter(isTrouble).flatMap((item) => details(run, item)),
    "",
  ].join("\n");
});
