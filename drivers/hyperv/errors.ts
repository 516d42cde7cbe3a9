/**
 * From Hyper-V's error records to the contract's errors.
 *
 * Ids, categories and `HRESULT`s decide, never the text: it is in the language of the host.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import {
  type About,
  attempt as attemptBy,
  driverError as driverErrorBy,
  type Meaning,
  Trouble,
} from "../backend/driver_errors.ts";
import type { DriverError, ErrorCode } from "../contract/mod.ts";
import { partsOf } from "./backend.ts";

export type { About };

type Meanings = Readonly<Record<string, Meaning>>;

/** By the first word of the `FullyQualifiedErrorId`, and this adapter's own words. */
const IDS: Meanings = {
  AccessDenied: ["permission-denied"],
  CommandNotFoundException: ["unavailable", "module-missing"],
  CouldNotAutoLoadModule: ["unavailable", "module-missing"],
  InvalidOperation: ["failed-precondition"],
  InvalidState: ["failed-precondition"],
  MethodInvocationNotSupportedInConstrainedLanguage: ["unavailable", "policy"],
  ObjectInUse: ["aborted", "busy"],
  OutOfMemory: ["resource-exhausted", "memory"],
  "no-permission": ["permission-denied"],
  "ssh-unreachable": ["unavailable", "guest-silent"],
  "ssh-unauthenticated": ["unauthenticated"],
};

const HRESULTS: Meanings = {
  "0x80070005": ["permission-denied"],
  "0x8007000e": ["resource-exhausted", "memory"],
  "0x800705aa": ["resource-exhausted", "memory"],
  "0x80070070": ["resource-exhausted", "space"],
  "0x80070020": ["aborted", "busy"],
  "0x800700aa": ["aborted", "busy"],
  "0x80070002": ["failed-precondition", "path-missing"],
  "0x80070003": ["failed-precondition", "path-missing"],
  // ERROR_SERVICE_NOT_ACTIVE, RPC_S_SERVER_UNAVAILABLE
  "0x80070426": ["unavailable"],
  "0x800706ba": ["unavailable"],
};

const CATEGORIES: Meanings = {
  DeadlockDetected: ["aborted", "busy"],
  InvalidOperation: ["failed-precondition"],
  OperationTimeout: ["deadline-exceeded"],
  PermissionDenied: ["permission-denied"],
  ResourceBusy: ["aborted", "busy"],
  ResourceUnavailable: ["unavailable"],
  SecurityError: ["permission-denied"],
};

/** Ids that several situations share: a missing machine, a stopped service, a missing right. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  "InvalidParameter",
  "ObjectNotFound",
  "OperationFailed",
  "Unspecified",
]);
/** Those of them that a missing machine can have. */
const MISSING: ReadonlySet<string> = new Set(["InvalidParameter", "ObjectNotFound"]);

/** What a refusal means; failures of the seam itself mean the same in all adapters. */
export function meaningOf(error: unknown): Meaning | undefined {
  if (!isRefused(error)) return undefined;
  const { id, category, hresult } = partsOf(error.code);
  const tables: readonly [Meanings, string][] = [
    [IDS, id],
    [HRESULTS, hresult.toLowerCase()],
    [CATEGORIES, category],
  ];
  const found = tables.find(([table, key]) => Object.hasOwn(table, key));
  return found?.[0][found[1]] ?? ["internal"];
}

/** Whether Hyper-V refused; with one of these ids, if some are given. */
export function isRefused(error: unknown, ...ids: readonly string[]): error is BackendError {
  return error instanceof BackendError && error.kind === "refused" &&
    (ids.length === 0 || ids.includes(partsOf(error.code).id));
}

/** Whether a refusal may mean that the machine is not there, or something else altogether. */
export function mayBeMissing(error: unknown): error is BackendError {
  return isRefused(error) && MISSING.has(partsOf(error.code).id);
}

/** Whether `Get-VM` says that there is no such machine: a service that is down says something else. */
export function isNoSuchVm(error: unknown): boolean {
  return isRefused(error, "InvalidParameter");
}

/** Whether only the host itself can tell what a refusal is about. */
export function isAmbiguous(error: unknown): error is BackendError {
  if (!isRefused(error)) return false;
  const { id, hresult } = partsOf(error.code);
  return AMBIGUOUS.has(id) && !Object.hasOwn(HRESULTS, hresult.toLowerCase());
}

/** Whether a guest was asked, and did not hear or said no: there is no word of rights or files in it. */
export function isGuestsNo(error: unknown): boolean {
  if (!isRefused(error, "InvalidOperation", "OperationFailed")) return false;
  const [code, reason] = meaningOf(error) ?? [];
  return reason === undefined && (code === "failed-precondition" || code === "internal");
}

/** Whether somebody else has it in use for now. */
export function isBusy(error: unknown): boolean {
  return meaningOf(error)?.[1] === "busy";
}

/** Whether the call may have done its work although it failed. */
export function isUnsure(error: unknown): boolean {
  if (!(error instanceof BackendError)) return true;
  return error.kind !== "refused" && error.kind !== "unreachable";
}

/** The contract's error for any error. */
export function driverError(error: unknown, about: About): DriverError {
  return driverErrorBy(error, about, meaningOf);
}

/** Does some work; whatever goes wrong becomes an error of the contract. */
export function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  return attemptBy(about, work, meaningOf);
}

/** An error of our own, about the input or what was found. */
export function refuse(
  about: About,
  code: ErrorCode,
  why: string,
  reason?: string,
): DriverError {
  return driverErrorBy(new Trouble(code, why, reason), about);
}
