/**
 * What goes wrong with images, and the contract's error for it.
 *
 * @module
 */

import { FileError, type FileErrorKind } from "../backend/files.ts";
import { DriverError, type ErrorCode, isDriverError, type Subject } from "../contract/mod.ts";

/** A failure whose code is known, but not which call it ends. */
export class Trouble extends Error {
  /** Always `Trouble`. */
  override readonly name = "Trouble";

  /** Makes it; the message goes on after a colon. */
  constructor(
    /** The code of the error to come. */
    readonly code: ErrorCode,
    message: string,
    /** The contract's own name for it. */
    readonly reason?: string,
  ) {
    super(message);
  }
}

/** The call that an error ends. */
export interface About {
  /** The contract method. */
  readonly operation: string;
  /** What it is about. */
  readonly subject: Subject;
  /** The call in words, such as `fetch image "1.30.1"`. */
  readonly doing: string;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

const CODES: Readonly<Record<FileErrorKind, ErrorCode>> = {
  "no-space": "resource-exhausted",
  "denied": "permission-denied",
  "not-found": "internal",
  "other": "internal",
};

/** The contract's error for whatever was thrown. */
export function toDriverError(error: unknown, about: About): DriverError {
  if (isDriverError(error)) return error;
  const { operation, subject, doing, signal } = about;
  const init = { operation, subject, cause: error };
  const text = error instanceof Error ? error.message : String(error);
  if (signal?.aborted) {
    return new DriverError({
      ...init,
      code: "canceled",
      message: `Cannot ${doing}: the call was aborted`,
    });
  }
  const message = `Cannot ${doing}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  if (error instanceof Trouble) {
    const { code, reason } = error;
    return new DriverError({ ...init, code, reason, message });
  }
  const code = error instanceof FileError ? CODES[error.kind] : "internal";
  return new DriverError({ ...init, code, message });
}

/** Does the work of a contract method: whatever it throws becomes the contract's error. */
export async function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  try {
    about.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    throw toDriverError(error, about);
  }
}
