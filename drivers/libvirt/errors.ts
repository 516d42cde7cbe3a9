/**
 * From what went wrong below the seam to the contract's errors.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { BackendErrorKind } from "../backend/backend.ts";
import { DriverError, type ErrorCode, isDriverError, type Subject } from "../contract/mod.ts";
import { ErrorNumber } from "./rpc/errors.ts";

/** What was being done, and to what. */
export interface About {
  /** The contract method. */
  readonly operation: string;
  /** What it is about. */
  readonly subject: Subject;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

const KINDS: Readonly<Record<BackendErrorKind, ErrorCode>> = {
  refused: "internal",
  unreachable: "unavailable",
  disconnected: "unavailable",
  timeout: "deadline-exceeded",
  garbled: "internal",
};

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

/** Does some work; whatever goes wrong becomes an error of the contract. */
export async function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  try {
    about.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    throw driverError(error, about);
  }
}

/** The contract's error for any error. */
export function driverError(error: unknown, { operation, subject, signal }: About): DriverError {
  if (isDriverError(error)) return error;
  const verb = operation.slice(operation.lastIndexOf(".") + 1);
  const shown = `Cannot ${verb} ${subject.replace(":", ' "')}"`;
  if (signal?.aborted) {
    const message = `${shown}: it was canceled`;
    return new DriverError({ code: "canceled", operation, subject, message, cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  const message = `${shown}: ${text.trim() || "no reason was given"}`;
  if (!(error instanceof BackendError)) {
    return new DriverError({ code: "internal", operation, subject, message, cause: error });
  }
  const backend = { code: error.code || error.kind, text };
  const code = codeOf(error, subject);
  return new DriverError({ code, operation, subject, message, backend, cause: error });
}

function codeOf({ kind, code }: BackendError, subject: Subject): ErrorCode {
  if (kind === "refused" && code === MISSING[subject.split(":")[0]]) return "not-found";
  return CODES[code] ?? KINDS[kind];
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
