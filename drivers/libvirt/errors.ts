/**
 * From what went wrong below the seam to the contract's errors.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import {
  type About,
  attempt as attemptBy,
  driverError as driverErrorBy,
  type MeaningOf,
} from "../backend/driver_errors.ts";
import type { DriverError, ErrorCode } from "../contract/mod.ts";
import { ErrorNumber } from "./rpc/errors.ts";

export type { About };

/**
 * libvirt's numbers, and this adapter's own words. A system error carries the host's errno after a
 * colon. What is not here is `internal`: QEMU's own complaints have no number.
 */
const CODES: Readonly<Record<string, ErrorCode>> = {
  [ErrorNumber.NO_MEMORY]: "resource-exhausted",
  [`${ErrorNumber.SYSTEM_ERROR}:12`]: "resource-exhausted", // ENOMEM
  [`${ErrorNumber.SYSTEM_ERROR}:28`]: "resource-exhausted", // ENOSPC
  [`${ErrorNumber.SYSTEM_ERROR}:122`]: "resource-exhausted", // EDQUOT
  [ErrorNumber.OPERATION_DENIED]: "permission-denied",
  [ErrorNumber.ACCESS_DENIED]: "permission-denied",
  [ErrorNumber.AUTH_UNAVAILABLE]: "permission-denied",
  [ErrorNumber.AUTH_FAILED]: "permission-denied",
  [ErrorNumber.AUTH_CANCELLED]: "permission-denied",
  "permission-denied": "permission-denied",
  [ErrorNumber.NO_NETWORK]: "failed-precondition",
  [ErrorNumber.NO_STORAGE_POOL]: "failed-precondition",
  [ErrorNumber.NO_STORAGE_VOL]: "failed-precondition",
  [ErrorNumber.STORAGE_VOL_EXIST]: "failed-precondition",
  [ErrorNumber.OPERATION_INVALID]: "failed-precondition",
  [ErrorNumber.OPERATION_TIMEOUT]: "unavailable",
  [ErrorNumber.RESOURCE_BUSY]: "unavailable",
  [ErrorNumber.AGENT_UNRESPONSIVE]: "unavailable",
  [ErrorNumber.NO_SUPPORT]: "unimplemented",
  [ErrorNumber.OPERATION_UNSUPPORTED]: "unimplemented",
  // The image was purged while a machine was being made from it.
  "local-file": "failed-precondition",
  "ssh-unreachable": "unavailable",
  "ssh-unauthenticated": "unauthenticated",
};

/** What libvirt says when the subject itself is not there. */
const MISSING: Readonly<Record<string, string>> = {
  machine: String(ErrorNumber.NO_DOMAIN),
  network: String(ErrorNumber.NO_NETWORK),
};

/** What libvirt's refusals mean, and this adapter's own. */
export const meaningOf: MeaningOf = (error, { subject }) => {
  if (!(error instanceof BackendError)) return undefined;
  const { kind, code } = error;
  if (kind === "refused" && code === MISSING[subject.split(":")[0]]) return ["not-found"];
  const known = CODES[code] ?? (kind === "refused" ? "internal" : undefined);
  return known && [known];
};

/** Does some work; whatever goes wrong becomes an error of the contract. */
export function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  return attemptBy(about, work, meaningOf);
}

/** The contract's error for any error. */
export function driverError(error: unknown, about: About): DriverError {
  return driverErrorBy(error, about, meaningOf);
}

/** Whether libvirt refused with one of these numbers. */
export function isRefused(error: unknown, ...codes: readonly number[]): error is BackendError {
  return error instanceof BackendError && error.kind === "refused" &&
    (codes.length === 0 || codes.includes(Number(error.code.split(":")[0])));
}

/** Answers a value in place of a refusal with one of these numbers. */
export function unlessRefused<T>(value: T, ...codes: readonly number[]): (error: unknown) => T {
  return (error) => {
    if (isRefused(error, ...codes)) return value;
    throw error;
  };
}
