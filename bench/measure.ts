/**
 * What a measure is, and what it gets.
 *
 * @module
 */

import type { Need } from "../conformance/case.ts";
import type { CaseContext } from "../conformance/rigs/driver/context.ts";
import type { TaskContext } from "../conformance/rigs/task_driver/context.ts";
import type { UvmContext } from "../conformance/rigs/utility_vm/context.ts";
import type { TestImages, TraceLine } from "../drivers/contract/mod.ts";
import type { Unit } from "./lines.ts";
import type { Span } from "./probe.ts";

/** How a value is written down. */
export interface Note {
  /** What it depends on, such as the number of machines. */
  readonly x?: number;
  /** Whether it only warmed up. */
  readonly warmUp?: boolean;
  /** What it counts. */
  readonly unit: Unit;
}

/** Whose time is taken. */
export type Watch =
  /** The host's: virtual where it is simulated. */
  | "world"
  /** This process's. */
  | "wall";

/** What every measure gets, besides what a case of its contract gets. */
export interface Stopwatch {
  /** The driver as it was asked for, and its settings. */
  readonly subject: {
    readonly driver: string;
    readonly settings: Readonly<Record<string, string>>;
  };
  /** Whether a real host answers, where things take long. */
  readonly isLive: boolean;
  /** Whether few rounds will do. */
  readonly quick: boolean;
  /** The test images. */
  readonly images: TestImages;
  /** Whose time the host's is. */
  readonly worldUnit: "ms" | "virtual ms";
  /** Backend calls so far, with the time they took this process; undefined without a seam. */
  readonly spans: readonly Span[] | undefined;
  /** The user wants it to end. Writing a value down throws from then on. */
  readonly signal: AbortSignal;
  /** Backend calls and events so far, of which only the newest are kept. */
  trace(): readonly TraceLine[];
  /** Writes a value down. */
  sample(series: string, value: number, note: Note): void;
  /** Does something, and writes down how long it took. */
  timed<T>(
    series: string,
    work: () => Promise<T>,
    note?: Omit<Note, "unit"> & { watch?: Watch },
  ): Promise<T>;
  /** Says that part of the measure could not be taken, and why. */
  missing(reason: string): void;
}

/** What a measure gets: what a case gets, and stopwatches. What it makes is removed as a case's is. */
export interface Bench extends CaseContext, Stopwatch {}

/** The same for a measure of utility VMs. */
export interface UvmBench extends UvmContext, Stopwatch {}

/** The same for a measure of task drivers. */
export interface TaskBench extends TaskContext, Stopwatch {}

/** What every measure says of itself. */
interface MeasureData {
  /** A word. */
  readonly id: string;
  /** What it measures, for people. */
  readonly title: string;
  /** What it needs besides: answers of a real host, or a seam to listen at. */
  readonly hosts?: "live" | "seam";
  /** The one driver that it is about. */
  readonly driver?: string;
}

/** Something to measure of a driver. */
export interface Measure extends MeasureData {
  /** The contract that it is about. */
  readonly contract?: "driver";
  /** What it needs of the driver, and around it. */
  readonly needs?: readonly Need[];
  /** Measures. */
  run(bench: Bench): Promise<void>;
}

/** Something to measure of utility VMs; it may be called as what is measured of drivers. */
export interface UvmMeasure extends MeasureData {
  /** The contract that it is about. */
  readonly contract: "utility-vm";
  /** What it needs of the utility VMs, and around them. */
  readonly needs?: readonly Need<"utility-vm">[];
  /** Measures. */
  run(bench: UvmBench): Promise<void>;
}

/** Something to measure of task drivers. */
export interface TaskMeasure extends MeasureData {
  /** The contract that it is about. */
  readonly contract: "task-driver";
  /** What it needs of the task driver, and around it. */
  readonly needs?: readonly Need<"task-driver">[];
  /** Measures. */
  run(bench: TaskBench): Promise<void>;
}

/** A measure of any of these contracts. */
export type AnyMeasure = Measure | UvmMeasure | TaskMeasure;
