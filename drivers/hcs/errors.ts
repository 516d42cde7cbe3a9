/**
 * From the service's `HRESULT`s to the contract's errors. Numbers decide, never the text: it is in
 * the language of the host, and often empty.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import {
  type About,
  attempt as attemptWith,
  driverError as driverErrorWith,
  type Meaning,
  Trouble,
} from "../backend/driver_errors.ts";
import { type DriverError, UVM_REASONS, type UvmReason } from "../contract/mod.ts";

export type { About } from "../backend/driver_errors.ts";

/** The codes that decisions of this adapter depend on. */
export const CODES = {
  terminatedDuringStart: "0x80370100",
  invalidState: "0x80370105",
  systemNotFound: "0x8037010E",
  systemAlreadyExists: "0x8037010F",
  alreadyStopped: "0x80370110",
  operationPending: "0x80370117",
  serviceDisconnect: "0x8037011E",
  elementNotFound: "0x80070490",
  invalidHandle: "0x80070006",
  pathNotFound: "0x80070003",
  fileExists: "0x80070050",
} as const;

const reason = (name: UvmReason): Meaning => [UVM_REASONS[name], name];

/**
 * What each code means. One code, one meaning: `0x80070490`, which older clients read as "already
 * stopped" and as "not found", says that something inside a VM is not there.
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  [CODES.terminatedDuringStart]: reason("exited"),
  "0x80370101": ["failed-precondition", "image-mismatch"],
  "0x80370102": ["unavailable", "hyperv-not-installed"],
  [CODES.invalidState]: ["failed-precondition", "invalid-state"],
  "0x80370106": reason("exited"),
  "0x80370107": reason("exited"),
  "0x80370108": ["unavailable", "guest-silent"],
  "0x80370109": ["deadline-exceeded", "guest-silent"],
  "0x8037010A": ["unavailable", "guest-silent"],
  "0x8037010B": ["unimplemented"],
  "0x8037010C": ["unimplemented"],
  "0x8037010D": ["invalid-argument", "document-refused"],
  [CODES.systemNotFound]: ["not-found"],
  [CODES.systemAlreadyExists]: ["already-exists"],
  [CODES.alreadyStopped]: reason("not-running"),
  "0x80370111": ["internal"],
  "0x80370112": ["failed-precondition", "invalid-layer"],
  "0x80370113": ["unimplemented"],
  "0x80370114": ["unavailable"],
  [CODES.operationPending]: ["aborted", "pending"],
  "0x80370118": ["deadline-exceeded"],
  "0x8037011B": ["permission-denied"],
  "0x8037011C": reason("guest-failed"),
  [CODES.serviceDisconnect]: reason("service-lost"),
  "0x80004001": ["unimplemented"],
  "0x80041008": ["invalid-argument", "memory-size"],
  "0x80070002": reason("file-missing"),
  [CODES.pathNotFound]: reason("file-missing"),
  "0x80070005": ["permission-denied"],
  [CODES.invalidHandle]: reason("closed"),
  "0x8007000D": ["invalid-argument", "document-refused"],
  "0x8007000E": ["resource-exhausted", "memory"],
  "0x80070020": ["aborted", "busy"],
  "0x80070032": ["unimplemented"],
  [CODES.fileExists]: ["already-exists"],
  "0x80070057": ["invalid-argument"],
  "0x80070070": ["resource-exhausted", "space"],
  "0x800700AA": ["aborted", "busy"],
  "0x800705AA": ["resource-exhausted", "memory"],
  [CODES.elementNotFound]: ["not-found"],
  "0x800706D9": ["unavailable"],
};

/** The bit that tells the two number families of the service apart: `0xC037....` from `0x8037....`. */
const FAMILY_BIT = 0x40000000;

/** A code in the one way that it is written here: eight upper-case digits, of the first family. */
export function normalizedCode(code: string): string {
  if (!/^0x[0-9a-f]{1,8}$/i.test(code)) return code;
  const number = Number(code);
  const isSecond = (number & 0xFFFF0000) >>> 0 === 0xC0370000;
  const first = isSecond ? (number & ~FAMILY_BIT) >>> 0 : number;
  return `0x${first.toString(16).toUpperCase().padStart(8, "0")}`;
}

/** What an error of the service means. */
export function meaningOf(error: unknown): Meaning | undefined {
  if (!(error instanceof BackendError)) return undefined;
  if (isServiceLost(error)) return reason("service-lost");
  if (error.kind !== "refused") return undefined;
  const code = normalizedCode(error.code);
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : ["internal"];
}

/** Does the work of a contract method: whatever it throws becomes the contract's error. */
export function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  return attemptWith(about, work, meaningOf);
}

/** The same for work that answers at once. */
export function attemptNow<T>(about: About, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw driverError(error, about);
  }
}

/** The contract's error for whatever was thrown. */
export function driverError(error: unknown, about: About): DriverError {
  return driverErrorWith(error, about, meaningOf);
}

/** A refusal of our own with one of the contract's reasons; which call it ends is added later. */
export function trouble(name: UvmReason, message: string): Trouble {
  return new Trouble(UVM_REASONS[name], message, name);
}

/** A refusal of our own about the input. */
export function invalid(message: string): Trouble {
  return new Trouble("invalid-argument", message);
}

/** Whether the service refused with one of these codes. */
export function isRefused(error: unknown, ...codes: readonly string[]): error is BackendError {
  return error instanceof BackendError && error.kind === "refused" &&
    codes.includes(normalizedCode(error.code));
}

/** Whether the service went away, and the VM with it. */
export function isServiceLost(error: unknown): boolean {
  return error instanceof BackendError && error.kind === "disconnected" &&
    normalizedCode(error.code) === CODES.serviceDisconnect;
}

/** Whether the call may have done its work although it failed. */
export function isUnsure(error: unknown): boolean {
  if (!(error instanceof BackendError)) return true;
  return error.kind !== "refused" && error.kind !== "unreachable";
}
