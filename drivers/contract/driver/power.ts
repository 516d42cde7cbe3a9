/**
 * The power table: what each operation does in each state.
 *
 * The matrix cases, the memory driver's guards, the model of the random tests and the page in the
 * documentation all derive from this one constant.
 *
 * @module
 */

import { DriverError, type ErrorCode } from "../errors.ts";
import { type MachineRef, machineSubject } from "../names.ts";

/** The states of a machine; `absent` means that there is none of that name. */
export const POWER_STATES = [
  "absent",
  "creating",
  "stopped",
  "starting",
  "running",
  "stopping",
  "paused",
  "saved",
  "error",
  "unknown",
] as const;

/** One of {@linkcode POWER_STATES}. */
export type PowerState = typeof POWER_STATES[number];

/** The operations that the table rules. `forceDelete` is delete with `force`. */
export const POWER_OPERATIONS = [
  "create",
  "get",
  "start",
  "stop",
  "forceStop",
  "pause",
  "resume",
  "save",
  "delete",
  "forceDelete",
  "execute",
] as const;

/** One of {@linkcode POWER_OPERATIONS}. */
export type PowerOperation = typeof POWER_OPERATIONS[number];

/** What an operation does in one state. */
export type Outcome =
  /** Allowed; `to` is the state in which the machine settles. */
  | { readonly kind: "allowed"; readonly to: PowerState }
  /** Already so: succeeds with `changed: false`. */
  | { readonly kind: "no-op" }
  /** Refused, and nothing changes. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly retryable: boolean };

const to = (state: PowerState): Outcome => ({ kind: "allowed", to: state });
const noop: Outcome = { kind: "no-op" };
const missing: Outcome = { kind: "refused", code: "not-found", retryable: false };
const exists: Outcome = { kind: "refused", code: "already-exists", retryable: false };
const refused: Outcome = { kind: "refused", code: "failed-precondition", retryable: false };
/** Refused now; passes by itself when the transition ends. */
const later: Outcome = { kind: "refused", code: "failed-precondition", retryable: true };

/** State × operation → outcome. */
export const POWER_TABLE: Readonly<
  Record<PowerState, Readonly<Record<PowerOperation, Outcome>>>
> = {
  absent: {
    create: to("stopped"),
    get: missing,
    start: missing,
    stop: missing,
    forceStop: missing,
    pause: missing,
    resume: missing,
    save: missing,
    delete: missing,
    forceDelete: missing,
    execute: missing,
  },
  creating: {
    create: exists,
    get: to("creating"),
    start: later,
    stop: later,
    forceStop: later,
    pause: later,
    resume: later,
    save: later,
    delete: later,
    forceDelete: to("absent"),
    execute: later,
  },
  stopped: {
    create: exists,
    get: to("stopped"),
    start: to("running"),
    stop: noop,
    forceStop: noop,
    pause: refused,
    resume: refused,
    save: refused,
    delete: to("absent"),
    forceDelete: to("absent"),
    execute: refused,
  },
  starting: {
    create: exists,
    get: to("starting"),
    start: noop,
    stop: later,
    forceStop: to("stopped"),
    pause: later,
    resume: later,
    save: later,
    delete: refused,
    forceDelete: to("absent"),
    execute: later,
  },
  running: {
    create: exists,
    get: to("running"),
    start: noop,
    stop: to("stopped"),
    forceStop: to("stopped"),
    pause: to("paused"),
    resume: noop,
    save: to("saved"),
    delete: refused,
    forceDelete: to("absent"),
    execute: to("running"),
  },
  stopping: {
    create: exists,
    get: to("stopping"),
    start: later,
    stop: noop,
    forceStop: to("stopped"),
    pause: later,
    resume: later,
    save: later,
    delete: later,
    forceDelete: to("absent"),
    execute: later,
  },
  paused: {
    create: exists,
    get: to("paused"),
    start: to("running"),
    stop: refused,
    forceStop: to("stopped"),
    pause: noop,
    resume: to("running"),
    save: to("saved"),
    delete: refused,
    forceDelete: to("absent"),
    execute: refused,
  },
  saved: {
    create: exists,
    get: to("saved"),
    start: to("running"),
    stop: refused,
    forceStop: to("stopped"),
    pause: refused,
    resume: refused,
    save: noop,
    delete: to("absent"),
    forceDelete: to("absent"),
    execute: refused,
  },
  error: {
    create: exists,
    get: to("error"),
    start: to("running"),
    stop: refused,
    forceStop: to("stopped"),
    pause: refused,
    resume: refused,
    save: refused,
    delete: refused,
    forceDelete: to("absent"),
    execute: refused,
  },
  unknown: {
    create: exists,
    get: to("unknown"),
    start: refused,
    stop: refused,
    forceStop: to("stopped"),
    pause: refused,
    resume: refused,
    save: refused,
    delete: refused,
    forceDelete: to("absent"),
    execute: refused,
  },
};

/** The words for an operation in an error, such as `machine.forceStop`. */
export const OPERATION_NAMES: Readonly<Record<PowerOperation, string>> = {
  create: "machines.create",
  get: "machines.get",
  start: "machine.start",
  stop: "machine.stop",
  forceStop: "machine.forceStop",
  pause: "machine.pause",
  resume: "machine.resume",
  save: "machine.save",
  delete: "machines.delete",
  forceDelete: "machines.delete",
  execute: "machine.execute",
};

/**
 * Whether an operation is to be done or is so already; every adapter asks this before it acts.
 *
 * @throws {DriverError} as the table says
 */
export function decide(
  state: PowerState,
  operation: PowerOperation,
  ref: MachineRef,
): "do" | "no-op" {
  const outcome = POWER_TABLE[state][operation];
  if (outcome.kind === "allowed") return "do";
  if (outcome.kind === "no-op") return "no-op";
  const name = `${ref.cluster}/${ref.name}`;
  throw new DriverError({
    code: outcome.code,
    operation: OPERATION_NAMES[operation],
    subject: machineSubject(ref),
    retryable: outcome.retryable,
    message: outcome.code === "not-found"
      ? `Cannot ${operation} machine "${name}": there is none`
      : `Cannot ${operation} machine "${name}": its state is "${state}"`,
  });
}
