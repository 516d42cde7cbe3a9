/**
 * What the machine controller manager really does with what a plugin answers, read from its code: the
 * documentation promises other things, such as no retry for some codes.
 *
 * @module
 */

import { ERROR_CODES, type ErrorCode } from "../errors.ts";
import type { PluginMachine } from "./requests.ts";

/** The calls that the controller makes in the life of a machine. */
export type ControllerFlow =
  | "create"
  | "status-before-create"
  | "initialize"
  | "delete"
  | "status-before-delete";

/** What it does next. */
export type NextStep =
  /** The same again, after {@linkcode ControllerReaction.retryMs}. */
  | "retry"
  /** It calls `createMachine`, unless the machine has a provider id: then it goes on with that. */
  | "create"
  /** It calls `initializeMachine`, with the ids of the response that came with the error. */
  | "initialize"
  /** It goes on as if the call had succeeded. */
  | "go-on";

/** What it does on an error. */
export interface ControllerReaction {
  /** What it does next. */
  readonly next: NextStep;
  /** For a retry: after how many milliseconds. */
  readonly retryMs?: number;
  /** Whether the last known state survives although the answer has none. */
  readonly keepsState: boolean;
  /** Whether it looks for orphans at once, as it does when a description comes to say `OutOfRange`. */
  readonly sweeps?: true;
}

/** After how many milliseconds it tries again. */
export const RETRY_MS: Readonly<Record<"short" | "medium" | "long" | "exhausted", number>> = {
  short: 5_000,
  medium: 180_000,
  long: 600_000,
  /** May be set otherwise. */
  exhausted: 600_000,
};

const PASSING: readonly ErrorCode[] = ["unknown", "deadline-exceeded", "aborted", "unavailable"];

/** A reaction to each code. */
export type ControllerReactions = Readonly<Record<ErrorCode, ControllerReaction>>;

function reactions(
  { usualMs, keeping, exceptions = {} }: {
    usualMs: number;
    keeping: readonly ErrorCode[];
    exceptions?: Readonly<Partial<Record<ErrorCode, Partial<ControllerReaction>>>>;
  },
): ControllerReactions {
  const rows = ERROR_CODES.map((code): [ErrorCode, ControllerReaction] => [code, {
    next: "retry",
    retryMs: PASSING.includes(code) ? RETRY_MS.short : usualMs,
    keepsState: keeping.includes(code),
    ...(code === "out-of-range" && { sweeps: true }),
    ...exceptions[code],
  }]);
  return Object.fromEntries(rows) as ControllerReactions;
}

const GO_ON: Partial<ControllerReaction> = { next: "go-on", retryMs: undefined };
const CREATE: Partial<ControllerReaction> = { next: "create", retryMs: undefined };
const EXHAUSTED: Partial<ControllerReaction> = { retryMs: RETRY_MS.exhausted };
const KEPT: readonly ErrorCode[] = [...PASSING, "resource-exhausted"];

/** What it does on each code, by the call that failed. */
export const CONTROLLER_REACTIONS: Readonly<Record<ControllerFlow, ControllerReactions>> = {
  "create": reactions({
    usualMs: RETRY_MS.medium,
    keeping: KEPT,
    exceptions: { "resource-exhausted": EXHAUSTED },
  }),
  "status-before-create": reactions({
    usualMs: RETRY_MS.medium,
    keeping: KEPT,
    exceptions: {
      "not-found": CREATE,
      "unimplemented": CREATE,
      "resource-exhausted": EXHAUSTED,
      "uninitialized": { next: "initialize", retryMs: undefined },
    },
  }),
  "initialize": reactions({
    usualMs: RETRY_MS.short,
    keeping: ERROR_CODES,
    exceptions: { "unimplemented": GO_ON },
  }),
  "delete": reactions({
    usualMs: RETRY_MS.long,
    keeping: [],
    exceptions: { "not-found": GO_ON },
  }),
  "status-before-delete": reactions({
    usualMs: RETRY_MS.medium,
    keeping: ERROR_CODES,
    exceptions: { "not-found": GO_ON, "unimplemented": GO_ON, "uninitialized": GO_ON },
  }),
};

/** A machine of the controller's, as its search for orphans sees it. */
export interface KnownMachine {
  /** Its name. */
  readonly name: string;
  /** The id that it has, once it has one. */
  readonly providerID?: string;
  /** Its phase; empty until it was created, `CrashLoopBackOff` while that fails. */
  readonly phase: string;
}

/**
 * What the controller's search for orphans deletes of a list: what no machine has the name of, and
 * what a machine has the name of, but not the id; except while that machine is not created yet. The
 * plugin gets name and id, and nothing else.
 */
export function orphansIn(
  machineList: Readonly<Record<string, string>>,
  known: readonly KnownMachine[],
): PluginMachine[] {
  return Object.entries(machineList).filter(([providerID, name]) => {
    const machine = known.find((it) => it.name === name);
    if (!machine) return true;
    if (machine.providerID === providerID) return false;
    return machine.phase !== "" && machine.phase !== "CrashLoopBackOff";
  }).map(([providerID, name]) => ({ name, spec: { providerID } }));
}
