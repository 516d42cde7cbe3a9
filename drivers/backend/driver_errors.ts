/**
 * From whatever goes wrong in an adapter to the error of the contract, the same way in all of them.
 *
 * @module
 */

import { DriverError, type ErrorCode, isDriverError, type Subject } from "../contract/mod.ts";
import { BackendError, type BackendErrorKind } from "./backend.ts";

/** The call that an error ends. */
export interface About {
  /** The contract's method. */
  readonly operation: string;
  /** What it is about. */
  readonly subject: Subject;
  /** The call in words, such as `fetch image "1.30.1"`; by default from operation and subject. */
  readonly doing?: string;
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

/** A failure whose code is known; which call it ends is added by {@linkcode attempt}. */
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

/** A code of the contract, and perhaps a reason under it. */
export type Meaning = readonly [code: ErrorCode, reason?: string];

/** What an error means that only the caller can read; undefined for all others. */
export type MeaningOf = (error: unknown, about: About) => Meaning | undefined;

/** What the seam's own failures mean; a refusal is the adapter's to read. */
const KINDS: Readonly<Record<BackendErrorKind, ErrorCode>> = {
  refused: "unknown",
  unreachable: "unavailable",
  disconnected: "unavailable",
  timeout: "deadline-exceeded",
  garbled: "internal",
};

/** The contract's error for whatever was thrown. */
export function driverError(error: unknown, about: About, meaningOf?: MeaningOf): DriverError {
  if (isDriverError(error)) return error;
  const { operation, subject, signal } = about;
  const fail = ([code, reason]: Meaning, why: string): DriverError => {
    const message = `Cannot ${about.doing ?? doing(about)}: ${uncapitalized(why)}`;
    const backend = error instanceof BackendError
      ? { code: error.code || error.kind, text: error.message }
      : undefined;
    return new DriverError({ code, operation, subject, reason, backend, message, cause: error });
  };
  if (signal?.aborted) return fail(["canceled"], "the call was aborted");
  const text = error instanceof Error ? error.message : String(error);
  return fail(meaningOf?.(error, about) ?? plainMeaning(error), text || "no reason was given");
}

function plainMeaning(error: unknown): Meaning {
  if (error instanceof Trouble) return [error.code, error.reason];
  return [error instanceof BackendError ? KINDS[error.kind] : "internal"];
}

/** `start machine "c1/m1"`; a driver's own calls are told as they are named. */
function doing({ operation, subject }: About): string {
  const colon = subject.indexOf(":");
  const [kind, name] = [subject.slice(0, colon), subject.slice(colon + 1)];
  if (kind === "driver") return `do ${operation}`;
  return `${operation.slice(operation.lastIndexOf(".") + 1)} ${kind} ${JSON.stringify(name)}`;
}

/** A sentence as the rest of one; `QEMU` and the like stay. */
function uncapitalized(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase());
}

/** Does the work of a contract method: whatever it throws becomes the contract's error. */
export async function attempt<T>(
  about: About,
  work: () => Promise<T>,
  meaningOf?: MeaningOf,
): Promise<T> {
  try {
    about.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    throw driverError(error, about, meaningOf);
  }
}
