/**
 * A list of failures that are known: they do not fail a run, but an entry that passes does.
 *
 * @module
 */

import { shown } from "./plain.ts";
import type { CaseEnd, CheckEvent, Status } from "./events.ts";

/** One known failure. */
export interface KnownFailure {
  /** The case. */
  readonly case: string;
  /** The check; all of the case if absent. */
  readonly check?: string;
  /** Why it is known. */
  readonly reason: string;
}

/**
 * Reads a list: lines of `case-id` or `case-id/check-id`, then `#` and the reason.
 *
 * @throws {TypeError} naming the line that is wrong
 */
export function parseKnownFailures(text: string): KnownFailure[] {
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, id, check, reason] = /^\s*([^\s/#]+)(?:\/([^\s/#]+))?\s*#\s*(.*\S)\s*$/.exec(line) ??
      [];
    if (!id || !reason) {
      throw new TypeError(
        `Line ${index + 1} of the known failures is no "case-id[/check-id]  # reason": ` +
          shown(line, 80),
      );
    }
    return [{ case: id, ...(check && { check }), reason }];
  });
}

/** An entry as it is written in the list. */
export function entryName({ case: id, check }: KnownFailure): string {
  return check === undefined ? id : `${id}/${check}`;
}

/** What the entries about a case make of how it ended. */
export function judge(
  entries: readonly KnownFailure[],
  status: Status,
  checks: readonly CheckEvent[],
): Pick<CaseEnd, "status" | "reason"> & { readonly stale: readonly string[] } {
  const failed = checks.filter((check) => check.status === "fail");
  const covers = (entry: KnownFailure, { check }: CheckEvent): boolean =>
    entry.check === undefined || entry.check === check;
  const ran = status === "pass" || status === "warn" || status === "fail";
  const stale = ran
    ? entries.filter((entry) => !failed.some((check) => covers(entry, check))).map(entryName)
    : [];
  const reached = failed.filter((check) => check.notReached === undefined);
  const covered = reached.length > 0 &&
    reached.every((check) => entries.some((entry) => covers(entry, check)));
  if (status !== "fail" || !covered) return { status, stale };
  const reason = [...new Set(entries.map((entry) => entry.reason))].join("; ");
  return { status: "known-fail", reason, stale };
}
