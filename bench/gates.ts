/**
 * Gates: what is free of noise, held to what is kept beside this file. Calls are counted exactly; times
 * are compared with others of the same run only.
 *
 * @module
 */

import { loadModule } from "../conformance/compose/load_module.ts";
import { simulationOf } from "../conformance/simulations/mod.ts";
import type { Line, Sample, Series } from "./lines.ts";
import { seriesOf } from "./lines.ts";
import { CALLS } from "./measures/calls.ts";
import { EVENTS } from "./measures/events.ts";
import { LIST } from "./measures/list.ts";
import { MEMORY } from "./measures/memory.ts";
import { UVM_CALLS } from "./measures/utility_vm.ts";
import { BASELINES } from "./run_command.ts";
import { runMeasures } from "./run.ts";
import { fitLine, growth, median, quantile } from "./statistics.ts";

/** The drivers that are held: those that a simulator or a tape can answer for. */
export const GATED = ["memory", "hyperv", "hcs", "kubevirt", "libvirt"] as const;

/** Listing may grow with the machines, and not with their square; the rest is for noise. */
const MOST_GROWTH = 1.4;

/** What may stay of 100 machines that were made and removed, in MiB; a simulated host is part of it. */
const MOST_KEPT = 2;

/** Other work on the machine only adds time, so the fastest rounds are compared. */
const QUIET = 0.1;

/** One gate. */
export interface Gate {
  /** What is held. */
  readonly name: string;
  /** Whether it holds. */
  readonly ok: boolean;
  /** What was expected and seen. */
  readonly message: string;
}

/** Counts by what they are of. */
export type Counts = Readonly<Record<string, number>>;

/** The counts of calls among samples, by operation and method. */
export function countsOf(samples: readonly Sample[]): Counts {
  return Object.fromEntries(
    seriesOf(samples).filter(({ unit }) => unit === "calls").map(({ series, x, values }) => [
      `${series}${x === undefined ? "" : ` [${x}]`}`,
      median(values),
    ]),
  );
}

/** Holds counts to those that are kept; one more or less is a failure, and so is a new operation. */
export function countGates(driver: string, kept: Counts, seen: Counts): Gate[] {
  const names = [...new Set([...Object.keys(kept), ...Object.keys(seen)])].sort();
  return names.map((name) => {
    const ok = kept[name] === seen[name];
    const message = `${kept[name] ?? "no"} calls expected, ${seen[name] ?? "none"} seen`;
    return { name: `${driver}: ${name}`, ok, message };
  });
}

/** Nothing is lost and nothing comes twice. */
function eventGates(driver: string, all: readonly Series[]): Gate[] {
  return all.filter(({ unit }) => unit === "events").map(({ series, values }) => {
    const seen = values.reduce((sum, value) => sum + value, 0);
    const message = `0 expected, ${seen} seen`;
    return { name: `${driver}: events ${series}`, ok: seen === 0, message };
  });
}

/** Holds what follows from the points of a series to the most that it may be, if there are points. */
function trendGate(
  name: string,
  points: readonly (readonly [x: number, y: number])[],
  { trend, most, what }: {
    trend: (points: readonly (readonly [x: number, y: number])[]) => number;
    most: number;
    what: string;
  },
): Gate[] {
  if (points.length < 2) return [];
  const seen = trend(points);
  const message = `${what} of at most ${most} expected, ${seen.toFixed(2)} seen`;
  return [{ name, ok: seen <= most, message }];
}

/** What holds for any driver, whatever is kept. */
export function generalGates(driver: string, samples: readonly Sample[]): Gate[] {
  const all = seriesOf(samples);
  const listing = all.filter(({ series, unit, x = 0 }) =>
    series === "list" && unit === "ms" && x >= 10
  ).map(({ x = 0, values }) => [x, quantile(values, QUIET)] as const);
  const cycles = all.filter(({ series }) => series === "cycles done")
    .map(({ x = 0, values }) => [x, median(values)] as const);
  return [
    ...eventGates(driver, all),
    ...trendGate(`${driver}: listing grows at most linearly`, listing, {
      ...{ trend: growth, most: MOST_GROWTH, what: "a power" },
    }),
    ...trendGate(`${driver}: what stays of 100 machines`, cycles, {
      ...{ trend: (points) => 100 * fitLine(points).slope, most: MOST_KEPT, what: "MiB" },
    }),
  ];
}

/** Measures what a driver is held to: over its simulator, or on the tape that is kept for it. */
export async function gatedSamples(driver: string): Promise<{ samples: Sample[]; ends: Line[] }> {
  const known = await loadModule(driver);
  const isVirtual = "connect" in known && known.time === "virtual";
  const simulation = isVirtual ? known : await simulationOf(driver);
  const lines: Line[] = [];
  await runMeasures({
    module: simulation ?? known,
    mode: simulation ? "live" : "replayed",
    driver,
    settings: {},
    measures: simulation ? [CALLS, UVM_CALLS, LIST, EVENTS, MEMORY] : [CALLS],
    quick: true,
    run: 1,
    seed: "bench",
    fixtures: BASELINES,
    emit: (line) => lines.push(line),
  });
  return {
    samples: lines.filter((line) => line.type === "sample"),
    ends: lines.filter((line) => line.type === "measure"),
  };
}

const fileOf = (driver: string): string => `${BASELINES}/${driver}.json`;

/** Holds a driver, or takes what it does now as the new baseline. */
export async function gatesOf(driver: string, { update = false } = {}): Promise<Gate[]> {
  const { samples, ends } = await gatedSamples(driver);
  const seen = countsOf(samples);
  if (update) {
    await Deno.mkdir(BASELINES, { recursive: true });
    await Deno.writeTextFile(fileOf(driver), `${JSON.stringify(seen, undefined, 2)}\n`);
  }
  const kept: Counts = JSON.parse(await Deno.readTextFile(fileOf(driver)));
  const failed = ends.flatMap((end): Gate[] => {
    if (end.type !== "measure" || end.status !== "failed") return [];
    return [{ name: `${driver}: ${end.measure}`, ok: false, message: end.reason ?? "" }];
  });
  return [...failed, ...countGates(driver, kept, seen), ...generalGates(driver, samples)];
}
