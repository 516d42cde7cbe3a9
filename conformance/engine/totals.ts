/**
 * The count at the end of a run, and what the process ends with.
 *
 * @module
 */

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
