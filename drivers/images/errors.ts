/**
 * From what goes wrong with files to the contract's errors.
 *
 * @module
 */

import { type About, attempt as attemptBy, type MeaningOf } from "../backend/driver_errors.ts";
import { FileError, type FileErrorKind } from "../backend/files.ts";
import type { ErrorCode } from "../contract/mod.ts";

const CODES: Readonly<Record<FileErrorKind, ErrorCode>> = {
  "no-space": "resource-exhausted",
  "denied": "permission-denied",
  "not-found": "internal",
  "other": "internal",
};

const meaningOf: MeaningOf = (error) =>
  error instanceof FileError ? [CODES[error.kind]] : undefined;

/** Does the work of a contract method: whatever it throws becomes the contract's error. */
export function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  return attemptBy(about, work, meaningOf);
}
