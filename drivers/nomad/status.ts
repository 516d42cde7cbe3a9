/**
 * Errors on the wire, in both directions. What a driver says goes as a status of gRPC with details that
 * hold the whole error; of a driver of another make there is a code at best, and a text.
 *
 * @module
 */

import { Metadata, type ServiceError, status as Code } from "@grpc/grpc-js";
import {
  DriverError,
  type DriverErrorData,
  ERROR_CODES,
  type ErrorCode,
  isDriverError,
  type Subject,
  TASK_REASONS,
} from "../contract/mod.ts";
import { decode, encode } from "./codec.ts";

/** The text by which every host knows that there is no such task. */
export const TASK_NOT_FOUND = "task not found for given id";
/** The text by which every host knows that nothing is measured. */
export const STATS_NOT_IMPLEMENTED = "stats not implemented for driver";

const DETAILS_KEY = "grpc-status-details-bin";
const RECOVERABLE_URL =
  "type.googleapis.com/hashicorp.nomad.plugins.shared.structs.RecoverableError";
const INFO_URL = "type.googleapis.com/google.rpc.ErrorInfo";
/** Whose error information it is. */
const DOMAIN = "vmtck";

/**
 * Codes that a host would misread: UNAVAILABLE and CANCELED mean that the plugin died. And one that
 * gRPC does not know.
 */
const MISREAD: readonly ErrorCode[] = ["unavailable", "canceled", "uninitialized"];

/** The texts that hosts know, by reason. */
const TEXTS: Readonly<Record<string, string>> = {
  [TASK_REASONS.notFound]: TASK_NOT_FOUND,
  [TASK_REASONS.noStats]: STATS_NOT_IMPLEMENTED,
};

/** What a handler of the library answers instead of a message. */
export type StatusDraft = Pick<ServiceError, "code" | "details" | "metadata">;

/** What was thrown, as an error of the contract. */
function dataOf(error: unknown): DriverErrorData {
  if (isDriverError(error)) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    operation: "nomad.call",
    subject: "driver:",
    retryable: false,
    message: `The driver failed in an unexpected way: ${message}`,
  };
}

/** An error as a status of gRPC, with everything that the contract says in its details. */
export function toStatus(error: unknown): StatusDraft {
  const data = dataOf(error);
  const { code: word, message, reason = "" } = data;
  const code: number = MISREAD.includes(word) ? Code.UNKNOWN : ERROR_CODES.indexOf(word) + 1;
  const text = TEXTS[reason];
  const details = text === undefined || message.includes(text) ? message : `${text}: ${message}`;
  const metadata = new Metadata();
  const status = encode("Status", {
    code,
    message: details,
    details: [
      // Agents look for it in the first place alone.
      {
        typeUrl: RECOVERABLE_URL,
        value: encode("RecoverableError", { recoverable: data.retryable }),
      },
      {
        typeUrl: INFO_URL,
        value: encode("ErrorInfo", {
          reason: word,
          domain: DOMAIN,
          metadata: { error: JSON.stringify(data) },
        }),
      },
    ],
  });
  metadata.set(DETAILS_KEY, Buffer.from(status));
  return { code, details, metadata };
}

/** The error that went into the details, and whether the call may succeed later. */
function detailsOf(error: ServiceError): { data?: DriverErrorData; recoverable?: boolean } {
  const [bytes] = error.metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Uint8Array)) return {};
  let recoverable: boolean | undefined;
  try {
    for (const { typeUrl, value } of decode("Status", bytes).details) {
      if (typeUrl === RECOVERABLE_URL) {
        recoverable = decode("RecoverableError", value).recoverable;
      }
      if (typeUrl !== INFO_URL) continue;
      const info = decode("ErrorInfo", value);
      if (info.domain !== DOMAIN) continue;
      return { data: JSON.parse(info.metadata.error ?? ""), recoverable };
    }
  } catch {
    // Details that make no sense tell nothing; the code and the text still do.
  }
  return { recoverable };
}

/** What a call was about, for errors of drivers of another make. */
export interface About {
  /** The contract method. */
  readonly operation: string;
  /** What it was about. */
  readonly subject: Subject;
}

/** Go's wrapper says what it knows by the code of another error: then the code tells nothing. */
const CARRIER: ErrorCode = "failed-precondition";

/** What the library says where there is no connection: around the reason, words for its own makers. */
const NO_CONNECTION =
  /^No connection established\. Last error: (?:Error: )?(.*?)(?: \(\S+Z\))?\.? Resolution note:/s;

/** A status of gRPC as an error of the contract. */
export function fromStatus(error: ServiceError, about: About): DriverError {
  const { data, recoverable } = detailsOf(error);
  if (data) return new DriverError({ ...data, cause: error });
  // A stream that breaks by itself has no status.
  const said = error.details ?? error.message;
  const text = NO_CONNECTION.exec(said)?.[1] ?? said;
  const backend = { code: Code[error.code] ?? "", text };
  const what = error.code === Code.UNAVAILABLE ? "does not answer" : "refuses";
  const base = { ...about, backend, cause: error, message: `The plugin ${what}: ${text}` };
  if (text.includes(TASK_NOT_FOUND)) {
    return new DriverError({ ...base, code: "not-found", reason: TASK_REASONS.notFound });
  }
  if (text.includes(STATS_NOT_IMPLEMENTED)) {
    return new DriverError({ ...base, code: "unimplemented", reason: TASK_REASONS.noStats });
  }
  const word = ERROR_CODES[error.code - 1] ?? "unknown";
  if (recoverable !== undefined) {
    const code = word === CARRIER ? "unknown" : word;
    return new DriverError({ ...base, code, retryable: recoverable });
  }
  return word === "not-found"
    ? new DriverError({ ...base, code: word, reason: TASK_REASONS.notFound })
    : new DriverError({ ...base, code: word });
}
