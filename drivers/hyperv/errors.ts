/**
 * From Hyper-V's error records to the contract's errors.
 *
 * Ids, categories and `HRESULT`s decide, never the text: it is in the language of the host.
 *
 * @module
 */

import { BackendError, type BackendErrorKind } from "../backend/backend.ts";
import { DriverError, type ErrorCode, isDriverError, type Subject } from "../contract/mod.ts";
import { partsOf } from "./backend.ts";

/** What was being done, and to what. */
export interface About {
  /** The contract method. */
  readonly operation: string;
  /** What it is about. */
  readonly subject: Subject;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

/** A code of the contract, and perhaps a reason under it. */
type Meaning = readonly [code: ErrorCode, reason?: string];
type Meanings = Readonly<Record<string, Meaning>>;

/** By the first word of the `FullyQualifiedErrorId`, and this adapter's own words. */
const IDS: Meanings = {
  AccessDenied: ["permission-denied"],
  CommandNotFoundException: ["unavailable", "module-missing"],
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

const FAILURES: Readonly<Record<Exclude<BackendErrorKind, "refused">, Meaning>> = {
  unreachable: ["unavailable"],
  disconnected: ["unavailable"],
  timeout: ["deadline-exceeded"],
  garbled: ["internal", "garbled-reply"],
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

function meaningOf({ kind, code }: BackendError): Meaning {
  if (kind !== "refused") return FAILURES[kind];
  const { id, category, hresult } = partsOf(code);
  const hex = hresult.toLowerCase();
  const tables: readonly [Meanings, string][] = [
    [IDS, id],
    [HRESULTS, hex],
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

/** Whether only the host itself can tell what a refusal is about. */
export function isAmbiguous(error: unknown): error is BackendError {
  if (!isRefused(error)) return false;
  const { id, hresult } = partsOf(error.code);
  return AMBIGUOUS.has(id) && !Object.hasOwn(HRESULTS, hresult.toLowerCase());
}

/** Whether somebody else has it in use for now. */
export function isBusy(error: unknown): boolean {
  return error instanceof BackendError && meaningOf(error)[1] === "busy";
}

/** Whether the call may have done its work although it failed. */
export function isUnsure(error: unknown): boolean {
  if (!(error instanceof BackendError)) return true;
  return error.kind !== "refused" && error.kind !== "unreachable";
}

/** A sentence for people. */
function sentence({ operation, subject }: About, why: string): string {
  const colon = subject.indexOf(":");
  const [kind, name] = [subject.slice(0, colon), subject.slice(colon + 1)];
  return `Cannot do ${operation} for ${kind} ${JSON.stringify(name)}: ${why}`;
}

/** The contract's error for any error. */
export function driverError(error: unknown, about: About): DriverError {
  if (isDriverError(error)) return error;
  const { operation, subject, signal } = about;
  const fail = (code: ErrorCode, why: string, more = {}): DriverError => {
    const message = sentence(about, why.trim() || "no reason was given");
    return new DriverError({ code, operation, subject, message, cause: error, ...more });
  };
  if (signal?.aborted) return fail("canceled", "the caller gave up");
  if (!(error instanceof BackendError)) {
    return fail("internal", error instanceof Error ? error.message : String(error));
  }
  const [code, reason] = meaningOf(error);
  const backend = { code: error.code || error.kind, text: error.message };
  return fail(code, error.message, { reason, backend });
}

/** Does some work; whatever goes wrong becomes an error of the contract. */
export async function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  try {
    about.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    throw driverError(error, about);
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
  return new DriverError({ code, operation, subject, reason, message: sentence(about, why) });
}
