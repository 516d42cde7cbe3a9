/**
 * From the hypervisor's errors to the contract's.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import {
  type About,
  attempt as attemptBy,
  type Meaning,
  type MeaningOf,
} from "../backend/driver_errors.ts";
import type { RawCode } from "./backend.ts";

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

/** What a refusal of the hypervisor means. */
export const meaningOf: MeaningOf = (error) =>
  error instanceof BackendError && Object.hasOwn(REFUSALS, error.code)
    ? REFUSALS[error.code as RawCode]
    : undefined;

/** Does work; whatever it throws becomes an error of the contract. */
export function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  return attemptBy(about, work, meaningOf);
}

/** Whether the hypervisor refused, with one of these codes of its own. */
export function isRefusal(error: unknown, ...codes: readonly RawCode[]): error is BackendError {
  return error instanceof BackendError && error.kind === "refused" &&
    codes.includes(error.code as RawCode);
}

/** Whether the call may have done its work although it failed. */
export function isUnsure(error: unknown): boolean {
  if (!(error instanceof BackendError)) return true;
  return error.kind !== "refused" && error.kind !== "unreachable";
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
