/**
 * From the hypervisor's errors to the contract's.
 *
 * @module
 */

import { DriverError, type ErrorCode, isDriverError, type Subject } from "../contract/mod.ts";
import { BackendError, type BackendErrorKind } from "../backend/backend.ts";
import type { RawCode } from "./hypervisor/store.ts";

/** What an error has to say about the call that it ends. */
export interface About {
  /** The contract's method. */
  readonly operation: string;
  /** What it is about. */
  readonly subject: Subject;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

/** A code of the contract, and perhaps a reason under it. */
type Meaning = readonly [code: ErrorCode, reason?: string];

const REFUSALS: Readonly<Record<RawCode, Meaning>> = {
  "bad-state": ["failed-precondition"],
  "busy": ["aborted", "busy"],
  "cidr-taken": ["failed-precondition", "cidr-taken"],
  "connection-refused": ["unavailable", "guest-silent"],
  "denied": ["permission-denied"],
  "exists": ["already-exists"],
  "fault": ["internal"],
  "in-use": ["failed-precondition", "in-use"],
  "no-disk": ["failed-precondition", "disk-missing"],
  "no-memory": ["resource-exhausted", "memory"],
  "no-route": ["unavailable", "guest-silent"],
  "no-space": ["resource-exhausted", "space"],
  "no-such-disk": ["not-found"],
  "no-such-forward": ["not-found"],
  "no-such-machine": ["not-found"],
  "no-such-network": ["not-found"],
  "port-taken": ["already-exists", "host-port"],
};

const FAILURES: Readonly<Record<Exclude<BackendErrorKind, "refused">, Meaning>> = {
  unreachable: ["unavailable"],
  disconnected: ["unavailable"],
  timeout: ["deadline-exceeded"],
  garbled: ["internal", "garbled-reply"],
};

function meaningOf({ kind, code }: BackendError): Meaning {
  if (kind !== "refused") return FAILURES[kind];
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code as RawCode] : ["unknown"];
}

/** Whether the hypervisor refused, with that code of its own. */
export function isRefusal(error: unknown, ...codes: readonly RawCode[]): error is BackendError {
  return error instanceof BackendError && error.kind === "refused" &&
    codes.includes(error.code as RawCode);
}

/** Whether the call may have done its work although it failed. */
export function isUnsure(error: unknown): boolean {
  if (!(error instanceof BackendError)) return true;
  return error.kind !== "refused" && error.kind !== "unreachable";
}

/** A sentence for people. */
function messageOf({ operation, subject }: About, why: string): string {
  const colon = subject.indexOf(":");
  const [kind, name] = [subject.slice(0, colon), subject.slice(colon + 1)];
  return `Cannot do ${operation} for ${kind} ${JSON.stringify(name)}: ${why}`;
}

/** An error of the contract from anything that was thrown. */
export function toDriverError(error: unknown, about: About): DriverError {
  if (isDriverError(error)) return error;
  const { operation, subject, signal } = about;
  const fail = (code: ErrorCode, why: string, more = {}): DriverError =>
    new DriverError({
      code,
      operation,
      subject,
      message: messageOf(about, why),
      cause: error,
      ...more,
    });
  if (signal?.aborted) return fail("canceled", "the caller gave up");
  if (!(error instanceof BackendError)) return fail("internal", String(error));
  const [code, reason] = meaningOf(error);
  const backend = { code: error.code || error.kind, text: error.message };
  return fail(code, error.message, { reason, backend });
}

/** Does work; whatever it throws becomes an error of the contract. */
export async function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  try {
    about.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    throw toDriverError(error, about);
  }
}

/** An error of our own, about the input or what was found. */
export function refuse(
  about: About,
  code: ErrorCode,
  why: string,
  reason?: string,
): DriverError {
  const { operation, subject } = about;
  const message = messageOf(about, why);
  return new DriverError({ code, operation, subject, reason, message });
}

/**
 * Makes a change. If its reply is lost, looks whether it was done before it is called failed.
 *
 * @throws the change's own error, unless `done` answers something
 */
export async function confirmed<T>(
  change: () => Promise<T>,
  done: () => Promise<T | undefined>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!isUnsure(error)) throw error;
    const seen = await done().catch(() => undefined);
    if (seen === undefined) throw error;
    return seen;
  }
}
