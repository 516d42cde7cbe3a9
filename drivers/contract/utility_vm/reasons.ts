/**
 * The named errors of utility VMs: reasons under the codes of {@linkcode DriverError}.
 *
 * @module
 */

import type { ErrorCode } from "../errors.ts";

/** Each reason, with the one code that it comes under. */
export const UVM_REASONS = {
  /** Every location that the VM was made with is taken. */
  "no-available-location": "resource-exhausted",
  /** There is no such attachment. */
  "not-attached": "not-found",
  /** That disk is attached already. */
  "already-attached": "already-exists",
  /** The VM was made without SCSI controllers. */
  "no-scsi-controllers": "failed-precondition",
  /** The call names no utility VM. */
  "no-utility-vm": "invalid-argument",
  /** A document attaches more SCSI disks than there are locations. */
  "too-many-attachments": "out-of-range",
  /** The same host path, or the same guest path, is attached with other options. */
  "conflict": "failed-precondition",
  /** The VM needs this device for itself: it was there when the VM was made. */
  "reserved": "failed-precondition",
  /** The VM has not been started, or has ended. */
  "not-running": "failed-precondition",
  /** The VM was started before. */
  "already-started": "failed-precondition",
  /** The handle was closed. */
  "closed": "failed-precondition",
  /** The VM ended while something waited for it. */
  "exited": "aborted",
  /** The service that runs the VMs went away. */
  "service-lost": "unavailable",
  /** The guest refused, or failed at, its part. */
  "guest-failed": "internal",
  /** The host is too old for what was asked for. */
  "host-too-old": "unimplemented",
  /** A file that the VM is made from is not there. */
  "file-missing": "failed-precondition",
} as const satisfies Readonly<Record<string, ErrorCode>>;

/** One of {@linkcode UVM_REASONS}. */
export type UvmReason = keyof typeof UVM_REASONS;
