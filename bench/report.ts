/**
 * What was measured, as a table for people.
 *
 * @module
 */

import type { Results, Series, Unit } from "./lines.ts";
import { seriesOf } from "./lines.ts";
import { fitLine, growth, isTwoHumped, median, quantile } from "./statistics.ts";

/** Three digits that count. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0 || Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** Rows as columns that stand below each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ??
    [];
  return rows.map((row) =>
    row.map((cell, at) => at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))
      .join("  ").trimEnd()
  ).join("\n");
}

function rowOf({ series, x, unit, values }: Series): string[] {
  return [
    `  ${series}${x === undefined ? "" : ` [${x}]`}${isTwoHumped(values) ? " (two humps)" : ""}`,
    ...[0.5, 0.95, 0.99].map((part) => shown(quantile(values, part))),
    unit,
    String(values.length),
  ];
}

/** What follows from a series that depends on something. */
function trend(name: string, all: readonly Series[], unit: Unit): string | undefined {
  const points = all.map(({ x = 0, values }) => [x, median(values)] as const);
  if (points.length < 3) return undefined;
  if (unit === "machines/s") {
    const [, base = NaN] = points[0] ?? [];
    const best = Math.max(...points.map(([, value]) => value));
    const knee = points.find(([, value]) => value > 0.9 * best);
    const fastest = points.map(([x, value]) => `${x}: ${shown(value / base)}×`).join(", ");
    const most = points.at(-1)?.[0];
    const end = knee?.[0] === most
      ? `no knee up to ${most}`
      : `nothing is gained beyond ${knee?.[0]}`;
    return `  ${name}: speed-up ${fastest}; ${end}`;
  }
  const { slope, intercept, r2 } = fitLine(points);
  const rest = points.filter(([x]) => x >= 10);
  const power = unit === "ms" && r2 > 0.9 && rest.length > 1 && rest.every(([, y]) => y > 0)
    ? `; grows with the power ${shown(growth(rest))}`
    : "";
  return `  ${name}: ${shown(intercept)} + ${shown(slope * 100)} ${unit} per 100 ` +
    `(r² ${shown(r2)})${power}`;
}

/** What follows from all series of one name. */
export function trends(all: readonly Series[]): string[] {
  const dependent = all.filter(({ x }) => x !== undefined);
  const groups = Map.groupBy(dependent, ({ series, unit }) => `${series}\0${unit}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? trend(first.series, group, first.unit) ?? [] : [];
  });
}

/** Where it was measured, in lines. */
export function whereOf({ head }: Results): string {
  const { fingerprint: it, commit, startedAt, load, quick } = head;
  const versions = Object.entries(it.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${it.driver} (${it.mode}, ${it.origin}), ${startedAt.slice(0, 10)}, commit ${commit}` +
    (quick ? ", quick: few rounds" : ""),
    `${it.cpu}, ${it.cores} cores${it.nested ? " (virtual)" : ""}, ${it.ramMiB} MiB, ${it.os}, ` +
    `Deno ${it.deno}; load ${load} at the beginning`,
    ...(versions.length > 0 ? [versions.join(", ")] : []),
  ].join("\n");
}

/** The table. */
export function summary(results: Results): string {
  const groups = Map.groupBy(seriesOf(results.samples), ({ measure }) => measure);
  const parts = [whereOf(results)];
  const heads = ["p50", "p95", "p99", "unit", "n"];
  const rows = [...groups].map(([measure, all]) => [[measure, ...heads], ...all.map(rowOf)]);
  const lines = table(rows.flat()).split("\n");
  for (const [measure, all] of groups) {
    parts.push([...lines.splice(0, all.length + 1), ...trends(all)].join("\n"));
    const { reason } = results.ended.find((it) => it.measure === measure) ?? {};
    if (reason) parts.push(`  ${measure}: ${reason}`);
  }
  const others = results.ended.filter((it) => it.status !== "measured" && !groups.has(it.measure));
  parts.push(...others.map(({ measure, status, reason }) => `${measure}: ${status}: ${reason}`));
  return `${parts.join("\n\n")}\n`;
}
