/**
 * What was measured, as one page without any script: each series as its distribution.
 *
 * @module
 */

import { type Results, type Series, seriesOf } from "./lines.ts";
import { shown, trends, whereOf } from "./report.ts";
import { quantile } from "./statistics.ts";

const [WIDTH, HEIGHT, BINS] = [240, 28, 40];

/** Text that is text wherever it stands. */
function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? "");
}

/** A histogram; what lies beyond the 99th percentile is counted in its last bar. */
function histogram(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), quantile(values, 0.99)];
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const at = high > low ? Math.floor((value - low) / (high - low) * (BINS - 1)) : BINS >> 1;
    const bin = Math.max(0, Math.min(BINS - 1, at));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const most = Math.max(...bins);
  const bars = bins.flatMap((count, at) => {
    if (count === 0) return [];
    const height = Math.max(1, count / most * HEIGHT);
    const [x, y] = [at * WIDTH / BINS, HEIGHT - height];
    return `<rect x="${x}" y="${y.toFixed(1)}" width="5" height="${height.toFixed(1)}"/>`;
  });
  const middle = quantile(values, 0.5);
  const x = high > low ? (middle - low) / (high - low) * (WIDTH - 6) + 2.5 : WIDTH / 2;
  return `<svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="distribution">` +
    `${bars.join("")}<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="0" y2="${HEIGHT}"/></svg>`;
}

function rowOf({ series, x, unit, values }: Series): string {
  const numbers = [Math.min(...values), ...[0.5, 0.95, 0.99].map((it) => quantile(values, it))];
  const name = `${series}${x === undefined ? "" : ` [${x}]`}`;
  return `<tr><th>${escaped(name)}</th><td>${histogram(values)}</td>` +
    numbers.map((value) => `<td>${shown(value)}</td>`).join("") +
    `<td>${escaped(unit)}</td><td>${values.length}</td></tr>`;
}

const STYLE = `body{font:14px/1.4 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;
color:#222;background:#fff}table{border-collapse:collapse;margin:.5em 0}th{text-align:left;
font-weight:normal;padding-right:1em}td{text-align:right;padding:2px .6em;
font-variant-numeric:tabular-nums}thead th,thead td{color:#666}tbody tr{border-top:1px solid #ddd}
svg{display:block}rect{fill:#4a7bb5}line{stroke:#c33}p{white-space:pre-line;color:#555}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}tbody tr{border-color:#333}
p,thead th,thead td{color:#999}}`;

/** The page. */
export function htmlPage(results: Results): string {
  const groups = Map.groupBy(seriesOf(results.samples), ({ measure }) => measure);
  const reasons = results.ended.filter(({ reason }) => reason !== undefined);
  const sections = [...groups].map(([measure, all]) => {
    const notes = [
      ...trends(all).map((line) => line.trim()),
      ...reasons.filter((it) => it.measure === measure).map(({ reason = "" }) => reason),
    ];
    return `<h2>${escaped(measure)}</h2>\n<table><thead><tr><th></th><td></td><td>min</td>` +
      `<td>p50</td><td>p95</td><td>p99</td><td>unit</td><td>n</td></tr></thead>\n<tbody>` +
      `${all.map(rowOf).join("\n")}</tbody></table>\n<p>${escaped(notes.join("\n"))}</p>`;
  });
  const others = reasons.filter(({ measure }) => !groups.has(measure))
    .map(({ measure, status, reason }) => `${measure}: ${status}: ${reason}`);
  const { driver, mode } = results.head.fingerprint;
  const title = escaped(`Benchmarks of ${driver} (${mode})`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>${title}</h1>
<p>${escaped(whereOf(results))}</p>
${sections.join("\n")}
<p>${escaped(others.join("\n"))}</p>
</body></html>
`;
}
