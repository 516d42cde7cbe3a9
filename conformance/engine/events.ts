/**
 * What a run tells: one stream of plain events, from which every report is made.
 *
 * @module
 */

import type { Level, Origin, TraceLine } from "../../drivers/contract/mod.ts";
import type { Plain } from "./plain.ts";

/** How a case can end; the order is that of the summary. */
export const STATUSES = [
  "pass",
  "fail",
  "warn",
  "unsupported",
  "not-run",
  "known-fail",
  "flaky",
  "harness-error",
] as const;

/** How a case ended. Cases that were `not-selected` are counted, and have no events. */
export type Status = typeof STATUSES[number];

/** How the answers of the driver come about. */
export type Mode = "live" | "replayed" | "simulated";

/** A run begins. */
export interface RunStart {
  /** Which event. */
  readonly type: "run-start";
  /** The version of this format. */
  readonly version: 1;
  /** The driver's name. */
  readonly driver: string;
  /** How its answers come about: a {@linkcode Mode}, or several in a merged run. */
  readonly mode: string;
  /** The contracts that the selected cases are of. */
  readonly contracts: readonly string[];
  /** The seed of all names. */
  readonly seed: string;
  /** When, in ISO 8601. */
  readonly startedAt: string;
  /** The arguments that repeat this run, without selection and reports. */
  readonly command: readonly string[];
  /** All cases of the contract. */
  readonly known: number;
  /** Those that were selected. */
  readonly selected: number;
}

/** A case begins. */
export interface CaseStart {
  /** Which event. */
  readonly type: "case-start";
  /** The case. */
  readonly case: string;
  /** What it shows. */
  readonly title: string;
}

/** The outcome of one check. */
export interface CheckEvent {
  /** Which event. */
  readonly type: "check";
  /** The case. */
  readonly case: string;
  /** The check, unique in its case. */
  readonly check: string;
  /** Which attempt, from 1 on. */
  readonly attempt: number;
  /** The clause's id. */
  readonly clause: string;
  /** The clause's level. */
  readonly level: Level;
  /** `warn` if the clause is no must. */
  readonly status: "pass" | "fail" | "warn";
  /** What was looked at; absent for a pass. */
  readonly subject?: string;
  /** What had to be; absent for a pass. */
  readonly expected?: Plain;
  /** What was seen; absent for a pass. */
  readonly seen?: Plain;
  /** Why the check was not reached; absent if it was. */
  readonly notReached?: string;
  /** The clause's sentence; absent for a pass. */
  readonly text?: string;
  /** Where the clause comes from; absent for a pass. */
  readonly source?: string;
}

/** Where the evidence of a case comes from. */
export interface Evidence {
  /** Its origin. */
  readonly origin: Origin;
  /** When it was recorded, for a replay. */
  readonly recordedAt?: string;
  /** Host and hypervisor versions. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** A case ends. */
export interface CaseEnd {
  /** Which event. */
  readonly type: "case-end";
  /** The case. */
  readonly case: string;
  /** What it shows. */
  readonly title: string;
  /** How it ended. */
  readonly status: Status;
  /** Whether a clause that is a must is among its checks. */
  readonly required: boolean;
  /** Why, for all but pass and warn. */
  readonly reason?: string;
  /** How long it took on the world's clock, all attempts together. */
  readonly ms: number;
  /** How each attempt ended, if there was more than one. */
  readonly attempts?: readonly Status[];
  /** Where the evidence comes from; absent if it was not run. */
  readonly evidence?: Evidence;
  /** The seed that names came from, where it is not the run's. */
  readonly seed?: string;
  /** The arguments that repeat it, where they are not the run's. */
  readonly command?: readonly string[];
  /** The last backend calls and events; only if it did not pass. */
  readonly trace?: readonly TraceLine[];
  /** Where an unexpected error was thrown; only if it did not pass. */
  readonly stack?: string;
  /** What is left on the host. */
  readonly leaks?: readonly string[];
}

/** How many cases and checks ended how. */
export interface Totals {
  /** Cases by status; they add up to `selected`. */
  readonly cases: Readonly<Record<Status, number>>;
  /** Cases that were not selected. */
  readonly notSelected: number;
  /** Cases that were. */
  readonly selected: number;
  /** Selected cases with a must among their clauses, without the unsupported ones. */
  readonly required: number;
  /** Those of them that passed; a warning does not hold against them. */
  readonly passed: number;
  /** Selected cases without any must among their clauses, and not unsupported. */
  readonly recommended: number;
  /** Checks by status. */
  readonly checks: Readonly<Record<"pass" | "fail" | "warn", number>>;
}

/** A run ends. */
export interface RunEnd {
  /** Which event. */
  readonly type: "run-end";
  /** The count. */
  readonly totals: Totals;
  /** The origins of the evidence, and between which dates it was recorded. */
  readonly origins: readonly Origin[];
  /** The oldest and the newest recording, if anything was replayed. */
  readonly recorded?: { readonly from: string; readonly to: string };
  /** Host and hypervisor versions; of several hosts, the values of each. */
  readonly versions: Readonly<Record<string, string>>;
  /** What stays on the host after the run; only where the host outlives it. */
  readonly leaks: readonly string[];
  /** Entries of the list of known failures that did not fail. */
  readonly stale: readonly string[];
  /** Whether it was interrupted. */
  readonly interrupted: boolean;
  /** What the process ends with. */
  readonly exitCode: ExitCode;
}

/** What happened in a run. */
export type Event = RunStart | CaseStart | CheckEvent | CaseEnd | RunEnd;

/** 0 conformant · 1 driver failed · 2 usage · 3 harness or environment · 4 leaks remain · 5 incomplete. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;
