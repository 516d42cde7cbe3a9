/**
 * The service's documents as text, and back.
 *
 * @module
 */

import { BackendError, type Json } from "../../backend/backend.ts";
import type { JsonObject, SystemRecord } from "../backend.ts";
import { toWide } from "./strings.ts";

/** A value as the text of a document; null for none. */
export function wideJson(value: Json): Uint16Array<ArrayBuffer> | null {
  return value === null ? null : toWide(JSON.stringify(value));
}

function garbled(text: string, cause?: unknown): BackendError {
  const start = JSON.stringify(text.slice(0, 200));
  return new BackendError("garbled", "", `The service answered with no such document: ${start}`, {
    cause,
  });
}

/** The value of a document. @throws {BackendError} `garbled` */
export function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw garbled(text, cause);
  }
}

/** A value that has to be an array. @throws {BackendError} `garbled` */
export function asArray(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw garbled(JSON.stringify(value));
}

/** A value that has to be an object. @throws {BackendError} `garbled` */
export function asObject(value: Json): JsonObject {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw garbled(JSON.stringify(value));
}

/** A value that has to be about a system. @throws {BackendError} `garbled` */
export function asRecord(value: Json): SystemRecord {
  const object = asObject(value);
  if (typeof object.Id === "string") return { ...object, Id: object.Id } as SystemRecord;
  throw garbled(JSON.stringify(value));
}
