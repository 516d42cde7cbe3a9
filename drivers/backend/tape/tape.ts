/**
 * Tapes: what went through the seam while one case ran, as text.
 *
 * A tape is NDJSON: a header, then one line for each call and each event in the order in which they
 * began. Keys have a stable order, so that a changed value is one changed line.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Origin } from "../../contract/mod.ts";
import type { BackendErrorKind, Json } from "../backend.ts";
import { stableJson } from "./json.ts";

/** The version of the format that this code writes, and the newest that it reads. */
export const TAPE_FORMAT = 1;

/** Where a tape comes from. */
export interface Provenance {
  /** The driver's name. */
  readonly driver: string;
  /** The case's id. */
  readonly case: string;
  /** The seed of the run: a replay needs the same names. */
  readonly seed: string;
  /** Where its evidence comes from. */
  readonly origin: Origin;
  /** Host and hypervisor versions. */
  readonly versions: Readonly<Record<string, string>>;
  /** The adapter's version. */
  readonly adapter: string;
  /** The suite's version. */
  readonly suite: string;
  /** When, in ISO 8601. */
  readonly recordedAt: string;
  /** The user's settings: a replay needs the same. */
  readonly settings: Readonly<Record<string, string>>;
  /** The beginnings of the test images, as an adapter may look at what an image is. */
  readonly images: ImageHeads;
}

/** The beginnings of the test images, byte by byte, without zeros at the end. */
export interface ImageHeads {
  /** Of the disk that nothing boots from. */
  readonly blank: readonly number[];
  /** Of the disk with a guest. */
  readonly guest: readonly number[];
}

/** How a call failed. */
export interface TapeFailure {
  /** The kind of the {@linkcode BackendError}. */
  readonly kind: BackendErrorKind;
  /** The raw code. */
  readonly code: string;
  /** The raw text. */
  readonly message: string;
}

/** One call. Without result and error it was never answered, because it was abandoned. */
export interface TapeCall {
  /** Milliseconds on the world's clock when it began. */
  readonly at: number;
  /** How long it took. */
  readonly ms?: number;
  /** What it was about. */
  readonly lane: string;
  /** The method. */
  readonly method: string;
  /** The parameters, with placeholders. */
  readonly params: Json;
  /** The result, with placeholders. */
  readonly result?: Json;
  /** What went wrong. */
  readonly error?: TapeFailure;
}

/** One event. */
export interface TapeEvent {
  /** Milliseconds on the world's clock when it came. */
  readonly at: number;
  /** What it was about. */
  readonly lane: string;
  /** The event, with placeholders. */
  readonly event: Json;
}

/** One line of a tape. */
export type TapeLine = TapeCall | TapeEvent;

/** A tape. */
export interface Tape {
  /** Where it comes from. */
  readonly provenance: Provenance;
  /** Calls and events in the order in which they began. */
  readonly lines: readonly TapeLine[];
}

/** What is wrong with a tape. */
export type TapeErrorKind =
  | "missing"
  | "unreadable"
  | "truncated"
  | "edited"
  | "newer"
  | "malformed"
  | "foreign";

/** What reading a tape throws. */
export class TapeError extends Error {
  /** Always `TapeError`. */
  override readonly name = "TapeError";

  /** Makes the error. */
  constructor(
    /** What is wrong. */
    readonly kind: TapeErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Which tape, and what to do if it is no good, in the words of an error. */
export interface TapeSubject {
  /** The driver's name. */
  readonly driver: string;
  /** The case's id. */
  readonly case: string;
  /** The command that records cases, without their ids; absent, the words name none. */
  readonly recordCommand?: string;
}

interface Header extends Provenance {
  readonly format: number;
  readonly lines: number;
  readonly sha256: string;
}

const HEADER_KEYS = [
  "format",
  "driver",
  "case",
  "seed",
  "origin",
  "versions",
  "adapter",
  "suite",
  "recordedAt",
  "settings",
  "images",
  "lines",
  "sha256",
] as const satisfies (keyof Header)[];
const LINE_KEYS = ["at", "ms", "lane", "method", "params", "result", "error", "event"] as const;

/** The tape as text, with the digest of all of it in the header. */
export function formatTape({ provenance, lines }: Tape): string {
  const body = lines.map((line) => `${ordered(line, LINE_KEYS)}\n`).join("");
  const header = { ...provenance, format: TAPE_FORMAT, lines: lines.length };
  const sha256 = digest(header, body);
  return `${ordered({ ...header, sha256 }, HEADER_KEYS)}\n${body}`;
}

/**
 * Reads a tape.
 *
 * @throws {TapeError} if it is truncated, was edited by hand, is of a newer format or of another
 * case, or is no tape
 */
export function parseTape(text: string, subject: TapeSubject): Tape {
  const end = text.indexOf("\n");
  if (end < 0) throw broken("truncated", subject, "it ends within its first line");
  const { format, lines, sha256, ...provenance } = parseHeader(text.slice(0, end), subject);
  const body = text.slice(end + 1);
  const texts = body.split("\n").slice(0, -1);
  if (texts.length < lines || !text.endsWith("\n")) {
    const found = `it has ${texts.length} whole lines of ${lines}`;
    throw broken("truncated", subject, found);
  }
  if (digest({ ...provenance, format, lines }, body) !== sha256) {
    throw broken("edited", subject, "its digest does not fit, so it was edited by hand");
  }
  if (provenance.case !== subject.case || provenance.driver !== subject.driver) {
    throw broken("foreign", subject, `it is that of ${named(provenance)}`);
  }
  return { provenance, lines: texts.map((line) => JSON.parse(line) as TapeLine) };
}

/**
 * Reads a tape from a file. Opens it for reading and nothing else.
 *
 * @throws {TapeError} as {@linkcode parseTape}, and if there is no such file
 */
export function loadTape(path: string | URL, subject: TapeSubject): Tape {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw broken("missing", subject, "there is none", cause);
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw broken("unreadable", subject, `it cannot be read: ${why}`, cause);
  }
  return parseTape(text, subject);
}

/** Whether a line is a call. */
export function isCall(line: TapeLine): line is TapeCall {
  return "method" in line;
}

function parseHeader(text: string, subject: TapeSubject): Header {
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw broken("malformed", subject, "its first line is no JSON", cause);
  }
  if (typeof header?.format !== "number") {
    throw broken("malformed", subject, "its first line is no header of a tape");
  }
  if (header.format > TAPE_FORMAT) {
    throw new TapeError(
      "newer",
      `Cannot replay the tape of ${named(subject)}: its format ${header.format} is newer than ` +
        `${TAPE_FORMAT}, the newest known here. Update vmtck`,
    );
  }
  if (typeof header.sha256 !== "string" || typeof header.lines !== "number") {
    throw broken("malformed", subject, "its first line is no header of a tape");
  }
  return header as Header;
}

function broken(
  kind: TapeErrorKind,
  subject: TapeSubject,
  what: string,
  cause?: unknown,
): TapeError {
  const { recordCommand, case: id } = subject;
  const again = recordCommand === undefined
    ? "Record it again"
    : `Record it: ${recordCommand} ${id}`;
  const message = `Cannot replay the tape of ${named(subject)}: ${what}. ${again}`;
  return new TapeError(kind, message, { cause });
}

function named({ driver, case: id }: Pick<TapeSubject, "driver" | "case">): string {
  return `case "${id}" with driver "${driver}"`;
}

/** The fields in that order, and what is inside of them in a stable one. */
function ordered(fields: object, keys: readonly string[]): string {
  const values = new Map(Object.entries(fields));
  const parts = keys
    .filter((key) => values.get(key) !== undefined)
    .map((key) => `${JSON.stringify(key)}:${stableJson(values.get(key))}`);
  return `{${parts.join(",")}}`;
}

/** Of all but itself. */
function digest(header: Omit<Header, "sha256">, body: string): string {
  return createHash("sha256").update(`${ordered(header, HEADER_KEYS)}\n`).update(body).digest(
    "hex",
  );
}
