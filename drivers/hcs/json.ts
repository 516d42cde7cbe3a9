/**
 * JSON, as the service wants it, and values of callers that have to be such.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import { invalid } from "./errors.ts";

/** A JSON object; the documents of the service are such. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Without content. */
export type Nothing = Readonly<Record<string, never>>;

/** A copy of the value as JSON. @throws {Trouble} `invalid-argument` for what is none */
export function asJson(value: unknown, what: string): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw invalid(`"${what}" is JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (text === undefined) throw invalid(`"${what}" is JSON, not ${typeof value}`);
  return JSON.parse(text);
}
