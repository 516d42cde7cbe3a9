/**
 * Makes one run of several: shards of one, or the rows of a matrix of drivers and origins.
 *
 * @module
 */

import type { CaseEnd, CheckEvent, Event, RunEnd, RunStart, Totals } from "../engine/events.ts";
import { exitCodeOf, totalsOf } from "../engine/totals.ts";
import { UsageError } from "../commands/usage.ts";
import { gathering } from "./reporter.ts";

/** One run, taken apart. */
interface Part {
  readonly start: RunStart;
  readonly ends: readonly CaseEnd[];
  readonly checks: readonly CheckEvent[];
  readonly end: RunEnd;
}

function partOf(events: readonly Event[]): Part {
  const gather = gathering();
  for (const event of events) {
    const run = gather(event);
    if (!run) continue;
    const { start, cases, end } = run;
    return {
      start,
      end,
      ends: cases.map((it) => it.end),
      checks: cases.flatMap((it) => it.checks),
    };
  }
  throw new TypeError('The events do not end with a "run-end"');
}

/** What tells the rows of a matrix apart: shards of one run share it. */
const rowOf = ({ start }: Part): string => `${start.driver} (${start.mode})`;

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** A part whose cases stand for themselves in a merged run. */
function standingAlone(part: Part, isMatrix: boolean): Part {
  const { start: { seed, command } } = part;
  const name = (id: string): string => isMatrix ? `${rowOf(part)}/${id}` : id;
  return {
    ...part,
    ends: part.ends.map((end) => ({ seed, command, ...end, case: name(end.case) })),
    checks: part.checks.map((check) => ({ ...check, case: name(check.case) })),
  };
}

function versionsOf(parts: readonly Part[]): Record<string, string> {
  const all = new Map<string, string[]>();
  for (const [name, value] of parts.flatMap(({ end }) => Object.entries(end.versions))) {
    all.set(name, unique([...all.get(name) ?? [], value]));
  }
  return Object.fromEntries([...all].map(([name, values]) => [name, values.join(", ")]));
}

/** All cases of each row once, however many shards tell of them. */
function knownIn(parts: readonly Part[]): number {
  const rows = Map.groupBy(parts, rowOf).values();
  return [...rows].reduce(
    (sum, row) => sum + Math.max(...row.map(({ start }) => start.known)),
    0,
  );
}

function endOf(parts: readonly Part[], totals: Totals): RunEnd {
  const recordings = parts.flatMap(({ end }) => end.recorded ?? []);
  const [from] = recordings.map((it) => it.from).sort();
  const to = recordings.map((it) => it.to).sort().at(-1);
  const end = {
    totals,
    origins: unique(parts.flatMap((part) => part.end.origins)).sort(),
    ...(from !== undefined && to !== undefined && { recorded: { from, to } }),
    versions: versionsOf(parts),
    leaks: parts.flatMap((part) => part.end.leaks),
    stale: parts.flatMap((part) => part.end.stale),
    interrupted: parts.some((part) => part.end.interrupted),
  };
  return { type: "run-end", ...end, exitCode: exitCodeOf(end) };
}

/**
 * The events of one run that holds all of the others. Shards of one driver become one again; in a
 * matrix of several, the id of each case begins with its row.
 *
 * @throws {UsageError} if a case is in two shards of one row
 */
export function merged(runs: readonly (readonly Event[])[]): Event[] {
  const given = runs.map(partOf);
  const rows = unique(given.map(rowOf));
  const parts = given.map((part) => standingAlone(part, rows.length > 1));
  const ends = parts.flatMap((part) => part.ends);
  const checks = parts.flatMap((part) => part.checks);
  const twice = ends.find((end, index) => ends.findIndex((it) => it.case === end.case) !== index);
  if (twice) throw new UsageError(`Cannot merge the runs: two of them have case "${twice.case}"`);
  const counts = { known: knownIn(given), selected: ends.length };
  const start: RunStart = {
    type: "run-start",
    version: 1,
    driver: unique(given.map((part) => part.start.driver)).join(" and "),
    mode: unique(given.map((part) => part.start.mode)).join(" and "),
    contracts: unique(given.flatMap((part) => part.start.contracts)),
    seed: unique(given.map((part) => part.start.seed)).join(" "),
    startedAt: given.map((part) => part.start.startedAt).sort()[0] ?? "",
    command: [],
    ...counts,
  };
  return [start, ...checks, ...ends, endOf(given, totalsOf(ends, checks, counts))];
}
