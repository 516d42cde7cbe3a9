/**
 * JUnit's XML, as build servers read it.
 *
 * @module
 */

import { atEnd, type EndedCase, type EndedRun, type Reporter } from "./reporter.ts";
import { account, headline, isTrouble } from "./words.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

/** Text for XML 1.0: without the characters that it cannot hold at all. */
function escaped(text: string, breaks = true): string {
  const possible = text.toWellFormed()
    // deno-lint-ignore no-control-regex -- exactly those are forbidden
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  return possible.replace(breaks ? /[&<>"\n]/g : /[&<>"]/g, (it) => ENTITIES[it] ?? it);
}

/** What stands inside of a test case. An incomplete run must not look like a green one. */
function outcome(run: EndedRun, item: EndedCase): string {
  const { status, reason = "" } = item.end;
  const text = (): string => escaped(account(run.start, item).join("\n"), false);
  const element = (name: string): string =>
    `<${name} type="${status}" message="${escaped(reason || item.end.title)}">${text()}</${name}>`;
  switch (status) {
    case "pass":
      return "";
    case "warn":
      return `<system-out>${text()}</system-out>`;
    case "unsupported":
    case "known-fail":
      return `<skipped message="${escaped(`${status}: ${reason}`)}"/>`;
    case "fail":
    case "flaky":
      return element("failure");
    case "not-run":
    case "harness-error":
      return element("error");
  }
}

function testCase(run: EndedRun, item: EndedCase): string {
  const { case: id, ms } = item.end;
  const topic = id.split(".")[0] ?? "";
  const inner = outcome(run, item) +
    (isTrouble(item) || item.end.status === "not-run" ? "\n" : "");
  const head = `    <testcase classname="${escaped(`vmtck.${run.start.driver}.${topic}`)}" ` +
    `name="${escaped(id)}" time="${(ms / 1000).toFixed(3)}"`;
  return inner === "" ? `${head}/>` : `${head}>${inner.trimEnd()}</testcase>`;
}

/** An entry of the known failures that does not fail: the run is not green because of it. */
function staleEntry({ start }: EndedRun, entry: string): string {
  const message = escaped(`Known to fail, but it does not: ${entry}`);
  return `    <testcase classname="${escaped(`vmtck.${start.driver}.known-failures`)}" ` +
    `name="${escaped(entry)}" time="0"><failure type="stale" message="${message}"/></testcase>`;
}

/** JUnit's XML. */
export const junit: Reporter = atEnd((run) => {
  const { start, cases, end } = run;
  const { cases: count, selected } = end.totals;
  const seconds = cases.reduce((sum, item) => sum + item.end.ms, 0) / 1000;
  const { stale } = end;
  const failures = count.fail + count.flaky + stale.length;
  const numbers = `tests="${selected + stale.length}" failures="${failures}" ` +
    `errors="${count["harness-error"] + count["not-run"]}" ` +
    `skipped="${count.unsupported + count["known-fail"]}" time="${seconds.toFixed(3)}"`;
  const properties = {
    headline: headline(start, end),
    seed: start.seed,
    mode: start.mode,
    origins: end.origins.join(" "),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="vmtck" ${numbers}>`,
    `  <testsuite name="${escaped(`vmtck ${start.driver}`)}" timestamp="${
      escaped(start.startedAt)
    }" ${numbers}>`,
    "    <properties>",
    ...Object.entries(properties).map(([name, value]) =>
      `      <property name="${name}" value="${escaped(value)}"/>`
    ),
    "    </properties>",
    ...cases.map((item) => testCase(run, item)),
    ...stale.map((entry) => staleEntry(run, entry)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
});
