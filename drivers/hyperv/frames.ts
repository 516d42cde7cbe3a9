/**
 * What comes out of PowerShell: answers between lines that mean nothing, and error records.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import { codeOf } from "./backend.ts";

/** An error record, as the script inside of PowerShell tells it. */
export interface ErrorRecord {
  /** Its `FullyQualifiedErrorId`: the error, and the cmdlet's class. */
  readonly fqid: string;
  /** The name of its category. */
  readonly category: string;
  /** Such as `0x80070020`, or empty. */
  readonly hresult: string;
  /** What it is about. */
  readonly target: string;
  /** In the language of the host. */
  readonly message: string;
}

/** An answer, or what is said without being asked. */
export type Frame = Readonly<Record<string, Json>>;

/**
 * The answers in a stream of bytes: what comes after the mark, to the end of the line. It need not begin
 * the line, as a warning before it may have none of its own. All else goes to `noise`.
 *
 * @throws {BackendError} `garbled`, if something after a mark is no answer
 */
export async function* frames(
  output: AsyncIterable<Uint8Array>,
  mark: string,
  noise: (line: string) => void,
): AsyncGenerator<Frame> {
  for await (const line of lines(output)) {
    const at = line.indexOf(mark);
    const before = (at < 0 ? line : line.slice(0, at)).trim();
    if (before !== "") noise(before);
    if (at >= 0) yield parse(line.slice(at + mark.length));
  }
}

/** Lines without their ends. A last one without an end is none: it was cut off. */
async function* lines(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const chunk of output) {
    const [first = "", ...more] = decoder.decode(chunk, { stream: true }).split("\n");
    parts.push(first);
    for (const next of more) {
      yield parts.join("").replace(/\r$/, "");
      parts = [next];
    }
  }
}

function parse(text: string): Frame {
  try {
    const frame: unknown = JSON.parse(text);
    if (isFrame(frame)) return frame;
  } catch {
    // It is told below.
  }
  throw new BackendError("garbled", "", `No answer of ours: ${printable(text).slice(0, 80)}`);
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== "object" || value === null) return false;
  if ("ready" in value) return true;
  const { id, data, warnings, error } = value as Record<string, unknown>;
  return (typeof id === "number" || id === null) && data !== undefined &&
    Array.isArray(warnings) && (error === null || isErrorRecord(error));
}

function isErrorRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  return ["fqid", "category", "hresult", "target", "message"]
    .every((name) => typeof record[name] === "string");
}

const LONGEST_MESSAGE = 300;

/** The refusal that an error record is. Its text is for people alone. */
export function refusalOf({ fqid, category, hresult, message }: ErrorRecord): BackendError {
  const first = fqid.split(",")[0] ?? "";
  // An exception that a script throws has its whole text for an identity.
  const id = /^[\w.-]+$/.test(first) ? first : "Unspecified";
  return new BackendError("refused", codeOf({ id, category, hresult }), redacted(message));
}

/** A text of the host without people's names in paths, in one line, and not too long. */
export function redacted(text: string): string {
  const plain = printable(text).replace(
    /([A-Za-z]:[\\/]+Users[\\/]+)[^\\/"'<>|]+/gi,
    "%USERPROFILE%",
  );
  return plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE)}…` : plain;
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}
