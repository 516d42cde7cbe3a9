/**
 * The words that all reports share: the headline, and what a failure tells.
 *
 * @module
 */

import type { TraceLine } from "../../drivers/contract/mod.ts";
import type { CaseEnd, CheckEvent, RunEnd, RunStart } from "../engine/events.ts";
import { shown } from "../engine/plain.ts";
import type { EndedCase } from "./reporter.ts";

/** An argument as a shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A command of the suite as a shell takes it. */
export function shellCommand(args: readonly string[]): string {
  return ["deno", "task", "conformance", ...args.map(quoted)].join(" ");
}

/** The command that repeats one case. */
export function repeatCommand(start: RunStart, end: CaseEnd): string {
  const ofItself = end.command !== undefined;
  const seed = ofItself ? ["--seed", end.seed ?? start.seed] : ["--seed", start.seed];
  const id = end.case.slice(end.case.lastIndexOf("/") + 1);
  const isRecorded = end.seed !== undefined && !ofItself;
  return shellCommand([...end.command ?? start.command, ...(isRecorded ? [] : seed), id]);
}

/** Where the evidence comes from, such as `replayed, software-hypervisor, recorded 2026-01-31`. */
export function evidence(start: RunStart, end: RunEnd): string {
  const { recorded } = end;
  const [from, to] = [recorded?.from.slice(0, 10), recorded?.to.slice(0, 10)];
  const dates = from === undefined ? [] : [`recorded ${from === to ? from : `${from} to ${to}`}`];
  const origins = end.origins.length > 0 ? end.origins.join(" and ") : "no evidence";
  return [start.mode, origins, ...dates].join(", ");
}

/** The parts of the headline after the first, each with its number; those that are 0 are left out. */
function besides({ totals, leaks, stale }: RunEnd): string[] {
  const { cases, notSelected } = totals;
  const parts: [number, string][] = [
    [totals.recommended, "recommended"],
    [cases.fail, "failed"],
    [cases.flaky, "flaky"],
    [cases["harness-error"], "harness-error"],
    [cases.warn, "with warnings"],
    [cases["known-fail"], "known to fail"],
    [cases.unsupported, "unsupported"],
    [cases["not-run"], "not run"],
    [notSelected, "not selected"],
    [leaks.length, "left on the host"],
    [stale.length, "stale known failures"],
  ];
  return parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}

/** Names in words: `a, b and c`. */
function inWords(names: readonly string[]): string {
  const [last = "", ...rest] = names.toReversed();
  return rest.length === 0 ? last : `${rest.toReversed().join(", ")} and ${last}`;
}

/** The driver; and the contracts, where there is more to say than the one of drivers. */
function subjectOf({ driver, contracts }: RunStart): string {
  return contracts.join() === "driver" ? driver : `${driver}, ${inWords(contracts)}`;
}

/** What a run says in one line. */
export function headline(start: RunStart, end: RunEnd): string {
  const { passed, required } = end.totals;
  const rest = [`${passed}/${required} passed`, ...besides(end)].join(" · ");
  return `${subjectOf(start)} (${evidence(start, end)}): ${rest}`;
}

/** What the exit code says. */
export function meaning(end: RunEnd): string {
  const words = {
    0: "Conformant for the selected cases",
    1: "The driver does not conform",
    2: "Wrong use",
    3: "The harness or the environment failed; this says nothing about the driver",
    4: "Something is left on the host; remove it with the sub-command reap",
    5: "Incomplete: not everything that was selected could be shown",
  };
  return words[end.exitCode];
}

/** The checks that did not pass. */
export function troubles({ checks }: EndedCase): CheckEvent[] {
  return checks.filter((check) => check.status !== "pass");
}

/** What a check that did not pass tells, as pairs of a word and a text. */
export function checkFacts(check: CheckEvent): [string, string][] {
  const clause: [string, string][] = [
    ["clause", `${check.clause} (${check.level}): ${check.text ?? ""}`],
    ["source", check.source ?? ""],
  ];
  if (check.notReached !== undefined) return [...clause, ["reached", `no: ${check.notReached}`]];
  return [
    ...clause,
    ["subject", check.subject ?? ""],
    ["expected", shown(check.expected ?? null)],
    ["seen", shown(check.seen ?? null)],
  ];
}

/** One line of the backend's trace. */
export function traceLine({ at, ms, method, lane, outcome }: TraceLine): string {
  const took = ms === undefined ? "" : ` ${ms.toFixed(1)} ms`;
  return `+${at.toFixed(0)} ms${took} ${method} ${lane} ${outcome}`;
}

/** What a case tells beside its checks, as pairs of a word and a text; a word may come often. */
export function caseFacts(start: RunStart, { end }: EndedCase): [string, string][] {
  const { reason, attempts, trace = [], leaks = [], stack } = end;
  return [
    ...(reason === undefined ? [] : [["reason", reason] as [string, string]]),
    ...(attempts === undefined ? [] : [["attempts", attempts.join(", ")] as [string, string]]),
    ...(stack === undefined ? [] : [["stack", stack] as [string, string]]),
    ...trace.map((line): [string, string] => ["backend", traceLine(line)]),
    ...leaks.map((leak): [string, string] => ["left", leak]),
    ["repeat", repeatCommand(start, end)],
  ];
}

/** Whether a case has to be told about in full. */
export function isTrouble({ end }: EndedCase): boolean {
  return ["fail", "flaky", "harness-error", "warn"].includes(end.status) ||
    (end.leaks ?? []).length > 0;
}

/** All that there is to say about a case, as lines of text. */
export function account(start: RunStart, item: EndedCase): string[] {
  const lines = (facts: readonly [string, string][], indent: string): string[] =>
    facts.flatMap(([word, text]) => {
      const [first = "", ...rest] = text.split("\n");
      const further = rest.map((line) => `${indent}${" ".repeat(9)}${line.trim()}`);
      return [`${indent}${word.padEnd(9)}${first}`, ...further];
    });
  // One that was not reached says nothing new after the first of them.
  const checks = troubles(item);
  const missed = checks.filter((check) => check.notReached !== undefined);
  const told = checks.filter((check) => !missed.slice(1).includes(check));
  const more = missed.length > 1
    ? [`  and ${missed.slice(1).map(({ check }) => check).join(", ")}: not reached either`]
    : [];
  return [
    `${item.end.status} ${item.end.case}: ${item.end.title}`,
    ...told.flatMap((check) => [
      `  ${check.status} ${check.check}${check.attempt > 1 ? ` (attempt ${check.attempt})` : ""}`,
      ...lines(checkFacts(check), "    "),
    ]),
    ...more,
    ...lines(caseFacts(start, item), "  "),
  ];
}
