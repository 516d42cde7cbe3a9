/**
 * The status codes, and what the machine controller manager does on each.
 *
 * @module
 */

import { ERROR_CODES, type ErrorCode } from "../errors.ts";

/** A method of the contract, as the controller calls it. */
export type PluginMethod =
  | "createMachine"
  | "initializeMachine"
  | "deleteMachine"
  | "getMachineStatus"
  | "listMachines"
  | "getVolumeIDs";

/** The number of success. */
export const OK = 0;

/** The names of the codes as the controller writes them; the index is the number, 0 to 17. */
export const STATUS_NAMES = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
  "Uninitialized",
] as const;

/** One of {@linkcode STATUS_NAMES}. */
export type StatusName = typeof STATUS_NAMES[number];

/** The number of an error's code, 1 to 17. */
export function statusNumber(code: ErrorCode): number {
  return ERROR_CODES.indexOf(code) + 1;
}

/** The name of an error's code, such as `NotFound`. */
export function statusName(code: ErrorCode): StatusName {
  return STATUS_NAMES[statusNumber(code)] ?? "Unknown";
}

/** The code of a name; undefined for `OK` and for what is none. */
export function codeOfStatusName(name: string): ErrorCode | undefined {
  const number = STATUS_NAMES.findIndex((it) => it === name);
  return number > OK ? ERROR_CODES[number - 1] : undefined;
}
