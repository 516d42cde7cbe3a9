/**
 * The text form of an error, as the machine controller manager writes and reads it:
 * `machine codes error: code = [NotFound] message = [there is none]`.
 *
 * The controller reads it back from the text: it takes the groups of brackets that are in no other
 * group, and wants exactly two. So a lone `[` makes an error unreadable, and a lone `]` cuts it off.
 * Besides, it looks for `OutOfRange` anywhere in a description to begin a search for orphans. The
 * writer here escapes both, and nothing else, in a way that the reader takes back.
 *
 * @module
 */

import type { ErrorCode } from "../errors.ts";
import { codeOfStatusName, statusName } from "./status_codes.ts";

/** An error as its text says it. */
export interface StatusText {
  /** The code; `unknown` for a name that is none. */
  readonly code: ErrorCode;
  /** The message. */
  readonly message: string;
}

/** The word that makes the controller look for orphans. */
const SWEEP = "OutOfRange";
const ESCAPES: Readonly<Record<string, string>> = {
  "\\\\": "\\",
  "\\x5b": "[",
  "\\x5d": "]",
  "\\x4f": "O",
};

/**
 * Writes an error's code and message, so that {@linkcode decodeStatus} answers the same.
 *
 * @example
 * ```ts
 * import { decodeStatus, encodeStatus } from "@vmtck/vmtck";
 *
 * const text = encodeStatus({ code: "not-found", message: "no machine m[1" });
 * console.assert(decodeStatus(text)?.message === "no machine m[1");
 * ```
 */
export function encodeStatus({ code, message }: StatusText): string {
  const balanced = escapeLoneBrackets(message.replaceAll("\\", "\\\\"));
  const calm = code === "out-of-range" ? balanced : balanced.replaceAll(SWEEP, "Out\\x4ffRange");
  return `machine codes error: code = [${statusName(code)}] message = [${calm}]`;
}

/** Reads an error's text; undefined where the controller cannot read it either. */
export function decodeStatus(text: string): StatusText | undefined {
  const groups = outerGroups(text);
  const [name, message] = groups;
  if (groups.length !== 2 || name === undefined || message === undefined) return undefined;
  return {
    code: codeOfStatusName(name) ?? "unknown",
    message: message.replace(/\\(?:\\|x5b|x5d|x4f)/g, (escape) => ESCAPES[escape] ?? escape),
  };
}

/** What is in the brackets that are in no others. */
function outerGroups(text: string): string[] {
  const groups: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "[" && depth++ === 0) start = at + 1;
    if (text[at] === "]" && depth > 0 && --depth === 0) groups.push(text.slice(start, at));
  }
  return groups;
}

/** Brackets that have a partner stay as they are. */
function escapeLoneBrackets(text: string): string {
  const open: number[] = [];
  const lone = new Set<number>();
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "[") open.push(at);
    if (text[at] === "]" && open.pop() === undefined) lone.add(at);
  }
  for (const at of open) lone.add(at);
  return text.replace(/[[\]]/g, (bracket, at: number) => {
    if (!lone.has(at)) return bracket;
    return bracket === "[" ? "\\x5b" : "\\x5d";
  });
}
