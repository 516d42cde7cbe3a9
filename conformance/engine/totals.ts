/**
 * What there is to say at the end of a run: the count, the evidence, and what the process ends with.
 *
 * @module
 */

import type { Origin } from "../../drivers/contract/mod.ts";
import {
  type CaseEnd,
  type CheckEvent,
  type ExitCode,
  type RunEnd,
  STATUSES,
  type Totals,
} from "./events.ts";
import { HarnessError } from "./subject.ts";

/** Counts cases and checks. @throws {HarnessError} if they do not add up to the selected set */
export function totalsOf(
  ends: readonly CaseEnd[],
  checks: readonly Pick<CheckEvent, "status">[],
  counts: { readonly known: number; readonly selected: number },
): Totals {
  const cases = { ...Object.fromEntries(STATUSES.map((it) => [it, 0])) } as Record<
    CaseEnd["status"],
    number
  >;
  for (const { status } of ends) cases[status]++;
  const sum = Object.values(cases).reduce((a, b) => a + b, 0);
  const distinct = new Set(ends.map((end) => end.case)).size;
  if (sum !== counts.selected || distinct !== sum) {
    throw new HarnessError(`The totals do not add up: ${sum} of ${counts.selected} cases ended`);
  }
  const required = ends.filter((end) => end.required && end.status !== "unsupported");
  const of = (status: CheckEvent["status"]): number =>
    checks.filter((check) => check.status === status).length;
  return {
    cases,
    notSelected: counts.known - counts.selected,
    selected: counts.selected,
    required: required.length,
    passed: required.filter(({ status }) => status === "pass" || status === "warn").length,
    recommended: ends.filter((end) => !end.required && end.status !== "unsupported").length,
    checks: { pass: of("pass"), fail: of("fail"), warn: of("warn") },
  };
}

/** What the process ends with: what needs a hand comes first, what is merely missing last. */
export function exitCodeOf(
  { totals: { cases }, leaks, stale, interrupted }: Omit<RunEnd, "type" | "exitCode">,
): ExitCode {
  if (leaks.length > 0) return 4;
  if (cases["harness-error"] > 0) return 3;
  if (cases.fail + cases.flaky + stale.length > 0) return 1;
  return cases["not-run"] > 0 || interrupted ? 5 : 0;
}

/** What is known of a run besides its cases and checks. */
export interface RunFacts extends Pick<RunEnd, "stale" | "interrupted"> {
  /** How many cases there are. */
  readonly known: number;
  /** How many of them were selected. */
  readonly selected: number;
  /** Whether the host outlives the run, with what leaks there. */
  readonly stays: boolean;
}

/** The last event of a run. @throws {HarnessError} if the totals do not add up */
export function runEndOf(
  ends: readonly CaseEnd[],
  checks: readonly Pick<CheckEvent, "status">[],
  { known, selected, stays, stale, interrupted }: RunFacts,
): RunEnd {
  const evidence = ends.flatMap((end) => end.evidence ?? []);
  const origins: Origin[] = [...new Set(evidence.map(({ origin }) => origin))].sort();
  const dates = evidence.flatMap(({ recordedAt }) => recordedAt ?? []).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  const versions = new Map<string, Set<string>>();
  for (const [name, value] of evidence.flatMap((it) => Object.entries(it.versions ?? {}))) {
    versions.set(name, (versions.get(name) ?? new Set()).add(value));
  }
  const end: Omit<RunEnd, "type" | "exitCode"> = {
    totals: totalsOf(ends, checks, { known, selected }),
    origins,
    ...(from && to && { recorded: { from, to } }),
    versions: Object.fromEntries(
      [...versions].map(([name, values]) => [name, [...values].sort().join(", ")]),
    ),
    leaks: stays ? ends.flatMap(({ leaks }) => leaks ?? []) : [],
    stale,
    interrupted,
  };
  return { type: "run-end", ...end, exitCode: exitCodeOf(end) };
}
