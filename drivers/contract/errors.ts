/**
 * The one error class of every contract, and its closed set of codes.
 *
 * @module
 */

/**
 * The words of gRPC and of the machine controller manager in kebab-case, in the order of their
 * numbers: `ERROR_CODES[n - 1]` is status code `n`.
 */
export const ERROR_CODES = [
  "canceled",
  "unknown",
  "invalid-argument",
  "deadline-exceeded",
  "not-found",
  "already-exists",
  "permission-denied",
  "resource-exhausted",
  "failed-precondition",
  "aborted",
  "out-of-range",
  "unimplemented",
  "internal",
  "unavailable",
  "data-loss",
  "unauthenticated",
  "uninitialized",
] as const;

/** One of {@linkcode ERROR_CODES}. */
export type ErrorCode = typeof ERROR_CODES[number];

/** What an error is about: a kind, a colon and its name, such as `machine:c1/m1`. */
export type Subject = `${
  | "driver"
  | "machine"
  | "network"
  | "image"
  | "forward"
  | "guest"
  | "task"
  | "uvm"
  | "attachment"
  | "plugin"
  | "volume"}:${string}`;

/** What the hypervisor itself said, for people to read; never for a decision. */
export interface BackendDetail {
  /** The raw code, in the backend's own words. */
  readonly code: string;
  /** The raw text, without secrets. */
  readonly text: string;
}

/** A {@linkcode DriverError} as plain JSON. */
export interface DriverErrorData {
  /** Why the operation was refused or failed. */
  readonly code: ErrorCode;
  /** The contract method, such as `machines.create`. */
  readonly operation: string;
  /** What the operation was about. */
  readonly subject: Subject;
  /** Whether the same call may succeed later with nothing changed by the caller. */
  readonly retryable: boolean;
  /** A contract's own name for the error, under its code. */
  readonly reason?: string;
  /** What is still there after a failed roll-back; each entry names one resource. */
  readonly leftovers?: readonly string[];
  /** What the hypervisor said. */
  readonly backend?: BackendDetail;
  /** A sentence for people. */
  readonly message: string;
}

/** What {@linkcode DriverError} is made from: its data and the error that caused it. */
export interface DriverErrorInit extends Omit<DriverErrorData, "retryable"> {
  /** By default, true for the codes that pass by themselves. */
  readonly retryable?: boolean;
  /** The error that caused this one. */
  readonly cause?: unknown;
}

const RETRYABLE: readonly ErrorCode[] = ["unavailable", "deadline-exceeded", "aborted"];

/**
 * The error that every contract method throws.
 *
 * A decision needs the code, the subject and perhaps the reason, never the text.
 *
 * @example
 * ```ts
 * import { DriverError } from "@vmtck/vmtck";
 *
 * const error = new DriverError({
 *   code: "not-found",
 *   operation: "machines.get",
 *   subject: "machine:c1/m1",
 *   message: 'Cannot get machine "c1/m1": there is none',
 * });
 * console.assert(error.retryable === false);
 * ```
 */
export class DriverError extends Error implements DriverErrorData {
  /** Always `DriverError`. */
  override readonly name = "DriverError";
  /** Why the operation was refused or failed. */
  readonly code: ErrorCode;
  /** The contract method, such as `machines.create`. */
  readonly operation: string;
  /** What the operation was about. */
  readonly subject: Subject;
  /** Whether the same call may succeed later with nothing changed by the caller. */
  readonly retryable: boolean;
  /** A contract's own name for the error, under its code. */
  readonly reason?: string;
  /** What is still there after a failed roll-back. */
  readonly leftovers?: readonly string[];
  /** What the hypervisor said. */
  readonly backend?: BackendDetail;

  /** Makes the error; `retryable` follows from the code unless given. */
  constructor(init: DriverErrorInit) {
    super(init.message, { cause: init.cause });
    this.code = init.code;
    this.operation = init.operation;
    this.subject = init.subject;
    this.retryable = init.retryable ?? RETRYABLE.includes(init.code);
    if (init.reason !== undefined) this.reason = init.reason;
    if (init.leftovers !== undefined) this.leftovers = init.leftovers;
    if (init.backend !== undefined) this.backend = init.backend;
  }

  /** The error as plain JSON; the cause is left out. */
  toJSON(): DriverErrorData {
    const { code, operation, subject, retryable, reason, leftovers, backend, message } = this;
    return { code, operation, subject, retryable, reason, leftovers, backend, message };
  }
}

/**
 * Whether a value is a {@linkcode DriverError}, by shape: two copies of this package in one program
 * still understand each other.
 */
export function isDriverError(value: unknown): value is DriverError {
  return value instanceof Error && value.name === "DriverError" &&
    ERROR_CODES.includes((value as DriverError).code);
}
