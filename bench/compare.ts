/**
 * Compares two files of samples, run by run.
 *
 * @module
 */

import { UsageError } from "../conformance/commands/usage.ts";
import { keyOf, type Results, type Series, seriesOf } from "./lines.ts";
import { shown, table } from "./report.ts";
import { compareRuns, type Comparison, FEWEST_PAIRS, median } from "./statistics.ts";

/** One thing in both files. */
export interface Compared extends Comparison {
  /** What was measured. */
  readonly of: Series;
}

/** What differs in the way that two files came about: a quick run does other work than a whole one. */
export function differences({ head: a }: Results, { head: b }: Results): string[] {
  const [those, others]: Readonly<Record<string, unknown>>[] = [
    { ...a.fingerprint, quick: a.quick },
    { ...b.fingerprint, quick: b.quick },
  ];
  const text = (value: unknown): string => JSON.stringify(value) ?? "nothing";
  return Object.keys({ ...those, ...others })
    .map((key) => ({ key, one: text(those?.[key]), other: text(others?.[key]) }))
    .filter(({ one, other }) => one !== other)
    .map(({ key, one, other }) => `${key}: ${one} and ${other}`);
}

/** What only one of two files has, in words. */
export function unpaired(a: Results, b: Results): string[] {
  const names = ({ samples }: Results): Map<string, string> =>
    new Map(seriesOf(samples).map((series) => [keyOf(series), nameOf(series)]));
  const [those, others] = [names(a), names(b)];
  const only = (side: string, some: Map<string, string>, more: Map<string, string>): string[] =>
    [...some].filter(([key]) => !more.has(key)).map(([, name]) => `Only in ${side}: ${name}`);
  return [...only("A", those, others), ...only("B", others, those)];
}

/**
 * Compares what is in both.
 *
 * @throws {UsageError} if they were not measured alike, unless that is told to be no reason; if they
 * have nothing in common
 */
export function compare(a: Results, b: Results, { anyway = false } = {}): Compared[] {
  const differing = differences(a, b);
  if (differing.length > 0 && !anyway) {
    throw new UsageError(
      `Cannot compare what was not measured alike (${differing.join("; ")}): measure both at one ` +
        'place and in one way, or add "--anyway"',
    );
  }
  const others = new Map(seriesOf(b.samples).map((series) => [keyOf(series), series]));
  const compared = seriesOf(a.samples).flatMap((of) => {
    const other = others.get(keyOf(of));
    if (!other) return [];
    const higherIsBetter = of.unit.endsWith("/s");
    const runs = [...of.runs.keys()].filter((run) => other.runs.has(run)).sort((x, y) => x - y);
    return { of, ...compareRuns(medians(of, runs), medians(other, runs), { higherIsBetter }) };
  });
  if (compared.length > 0) return compared;
  throw new UsageError("Cannot compare what has nothing in common: no series is in both");
}

/** What was measured, as a name. */
function nameOf({ measure, series, x }: Series): string {
  return `${measure}: ${series}${x === undefined ? "" : ` [${x}]`}`;
}

/** The run is the unit: samples within one depend on each other. */
function medians({ runs: values }: Series, runs: readonly number[]): number[] {
  return runs.map((run) => median(values.get(run) ?? []));
}

/** The comparison as a table. */
export function comparisonTable(compared: readonly Compared[]): string {
  const rows = compared.map((
    { of, ratio, interval: [low, high], p, detectable, pairs, verdict },
  ) => [
    nameOf(of),
    shown(ratio),
    `${shown(low)} to ${shown(high)}`,
    shown(p),
    detectable === Infinity ? "-" : `${shown(detectable * 100)} %`,
    String(pairs),
    verdict,
  ]);
  const lines = table([
    ["", "B/A", "99 % interval", "p", "detectable", "runs", "B is"],
    ...rows,
  ]);
  return compared.every(({ pairs }) => pairs < FEWEST_PAIRS)
    ? `${lines}\nFewer than ${FEWEST_PAIRS} runs of each side decide nothing`
    : lines;
}
