/**
 * What a run of benchmarks writes down: NDJSON, a head first, then raw samples, nothing summed up.
 *
 * @module
 */

import type { Mode } from "../conformance/engine/events.ts";
import type { Origin } from "../drivers/contract/mod.ts";

/** What a value counts. Of units that end in `/s` more is better, of all others less. */
export type Unit =
  | "ms"
  /** Milliseconds of a simulated host: the same in every run, and no promise about a real one. */
  | "virtual ms"
  | "calls"
  | "events"
  | "MiB"
  | "MiB/s"
  | "machines/s"
  | "cases/s";

/** Where a run was measured. Numbers of different fingerprints are not compared. */
export interface Fingerprint {
  /** The driver. */
  readonly driver: string;
  /** What answered. */
  readonly mode: Mode;
  /** Where the evidence comes from. */
  readonly origin: Origin;
  /** Versions of host and hypervisor. */
  readonly versions: Readonly<Record<string, string>>;
  /** The processor. */
  readonly cpu: string;
  /** How many of them this process sees. */
  readonly cores: number;
  /** Whether this machine is itself virtual. */
  readonly nested: boolean;
  /** What governs the processor's frequency. */
  readonly governor: string;
  /** Memory of the machine. */
  readonly ramMiB: number;
  /** System and kernel. */
  readonly os: string;
  /** Deno and V8. */
  readonly deno: string;
  /** Where the system takes time from. */
  readonly clockSource: string;
}

/** The first line. */
export interface Head {
  /** Which line. */
  readonly type: "head";
  /** Of the format. */
  readonly version: 1;
  /** Where it was measured. */
  readonly fingerprint: Fingerprint;
  /** What was measured: the commit, with `+` if files differ from it. */
  readonly commit: string;
  /** The driver's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether few rounds were made. */
  readonly quick: boolean;
  /** When it began, in ISO 8601. */
  readonly startedAt: string;
  /** How busy the machine was at the beginning: processes waiting, on average of a minute. */
  readonly load: number;
}

/** One value as it was measured. */
export interface Sample {
  /** Which line. */
  readonly type: "sample";
  /** The run, from 1 on. */
  readonly run: number;
  /** The measure. */
  readonly measure: string;
  /** What of it. */
  readonly series: string;
  /** What it counts. */
  readonly unit: Unit;
  /** How much. */
  readonly value: number;
  /** What it depends on, such as the number of machines. */
  readonly x?: number;
  /** Present if it only warmed up; kept, and left out of every statistic. */
  readonly warmUp?: true;
}

/** How a measure ended. */
export interface Ended {
  /** Which line. */
  readonly type: "measure";
  /** The run. */
  readonly run: number;
  /** The measure. */
  readonly measure: string;
  /** `measured`, or what came in between. */
  readonly status: "measured" | "missing" | "failed";
  /** Why it was not measured, or what is missing in it. */
  readonly reason?: string;
}

/** A line. */
export type Line = Head | Sample | Ended;

/** What was read of a file. */
export interface Results {
  /** Its head. */
  readonly head: Head;
  /** Its samples. */
  readonly samples: readonly Sample[];
  /** How its measures ended. */
  readonly ended: readonly Ended[];
}

/** Sorts lines. @throws {TypeError} if they do not begin with a head */
export function resultsOf(lines: readonly Line[]): Results {
  const [head, ...rest] = lines;
  if (head?.type !== "head" || head.version !== 1) {
    throw new TypeError("The first line is no head of version 1");
  }
  return {
    head,
    samples: rest.filter((line) => line.type === "sample"),
    ended: rest.filter((line) => line.type === "measure"),
  };
}

/** What every line of a type has, and what a number or a word is there. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  head: { version: "number", fingerprint: "object", commit: "string", settings: "object" },
  sample: {
    ...{ run: "number", measure: "string", series: "string", unit: "string", value: "number" },
  },
  measure: { run: "number", measure: "string", status: "string" },
};

/** Whether a value is a line. */
function isLine(value: unknown): value is Line {
  if (typeof value !== "object" || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const shape = SHAPES[String(members.get("type"))];
  return shape !== undefined && Object.entries(shape).every(([name, type]) => {
    const member = members.get(name);
    return typeof member === type && member !== null;
  });
}

/** Reads NDJSON. @throws {TypeError} saying which line is none */
export function parseResults(text: string): Results {
  const lines = text.split("\n").flatMap((line, index): Line[] => {
    if (line.trim() === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new TypeError(`Line ${index + 1} is no JSON`, { cause });
    }
    if (!isLine(value)) {
      throw new TypeError(`Line ${index + 1} is neither a head, nor a sample, nor a measure's end`);
    }
    return [value];
  });
  return resultsOf(lines);
}

/** Samples of one thing. */
export interface Series {
  /** The measure. */
  readonly measure: string;
  /** What of it. */
  readonly series: string;
  /** What it depends on. */
  readonly x?: number;
  /** What it counts. */
  readonly unit: Unit;
  /** The values, without warm-up. */
  readonly values: readonly number[];
  /** The same by run. */
  readonly runs: ReadonlyMap<number, readonly number[]>;
}

/** What makes samples be of one thing. */
export function keyOf({ measure, series, x, unit }: Omit<Series, "values" | "runs">): string {
  return JSON.stringify([measure, series, x ?? null, unit]);
}

/** Samples by what they are of, in the order in which they came first. */
export function seriesOf(samples: readonly Sample[]): Series[] {
  const groups = Map.groupBy(samples.filter(({ warmUp }) => !warmUp), keyOf);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { measure, series, x, unit } = first;
    const values = (some: readonly Sample[]): number[] => some.map(({ value }) => value);
    const runs = new Map(
      [...Map.groupBy(group, ({ run }) => run)].map(([run, some]) => [run, values(some)]),
    );
    return [{ measure, series, ...(x !== undefined && { x }), unit, values: values(group), runs }];
  });
}
