/**
 * Compares two files of samples, run by run.
 *
 * @module
 */

import { UsageError } from "../conformance/commands/usage.ts";
import { type Fingerprint, keyOf, type Results, type Series, seriesOf } from "./lines.ts";
import { shown, table } from "./report.ts";
import { compareRuns, type Comparison, median } from "./statistics.ts";

/** One thing in both files. */
export interface Compared extends Comparison {
  /** What was measured. */
  readonly of: Series;
}

/** What differs between two fingerprints. */
export function differences(a: Fingerprint, b: Fingerprint): string[] {
  const keys = Object.keys(a) as (keyof Fingerprint)[];
  const text = (value: unknown): string => JSON.stringify(value);
  return keys.filter((key) => text(a[key]) !== text(b[key]))
    .map((key) => `${key}: ${text(a[key])} and ${text(b[key])}`);
}

/**
 * Compares what is in both.
 *
 * @throws {UsageError} if they were measured at different places, unless that is told to be no reason
 */
export function compare(a: Results, b: Results, { anyway = false } = {}): Compared[] {
  const differing = differences(a.head.fingerprint, b.head.fingerprint);
  if (differing.length > 0 && !anyway) {
    throw new UsageError(
      `Cannot compare what was measured at different places (${differing.join("; ")}): measure ` +
        'both at one, or add "--anyway"',
    );
  }
  const others = new Map(seriesOf(b.samples).map((series) => [keyOf(series), series]));
  return seriesOf(a.samples).flatMap((of) => {
    const other = others.get(keyOf(of));
    if (!other) return [];
    const higherIsBetter = of.unit.endsWith("/s");
    const runs = [...of.runs.keys()].filter((run) => other.runs.has(run)).sort((x, y) => x - y);
    return { of, ...compareRuns(medians(of, runs), medians(other, runs), { higherIsBetter }) };
  });
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
    `${of.measure}: ${of.series}${of.x === undefined ? "" : ` [${of.x}]`}`,
    shown(ratio),
    `${shown(low)} to ${shown(high)}`,
    shown(p),
    detectable === Infinity ? "-" : `${shown(detectable * 100)} %`,
    String(pairs),
    verdict,
  ]);
  return table([
    ["", "B/A", "99 % interval", "p", "detectable", "runs", "B is"],
    ...rows,
  ]);
}
