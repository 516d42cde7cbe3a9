/**
 * Values of callers that have to be JSON.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import { invalid } from "./errors.ts";

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
