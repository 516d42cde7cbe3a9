/**
 * Values as plain JSON: what a check compares, and what an event shows.
 *
 * @module
 */

import { isDriverError } from "../../drivers/contract/mod.ts";

/** A value that JSON can hold. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** An error as plain data: its code, subject and reason if it is a driver's, and its message. */
function plainError(error: Error): Plain {
  if (!isDriverError(error)) return { error: error.name, message: error.message };
  const { code, operation, subject, reason, leftovers, backend, message } = error;
  return plain({ error: code, subject, reason, operation, leftovers, backend, message });
}

/**
 * A value as plain JSON, with sorted keys. What JSON has no word for becomes one: `undefined`, `NaN`;
 * an error becomes its data, bytes become a list of numbers.
 */
export function plain(value: unknown, within: readonly unknown[] = []): Plain {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return typeof value === "undefined" ? "undefined" : String(value);
  if (within.includes(value)) return "(circular)";
  const inner = [...within, value];
  if (value instanceof Error) return plainError(value);
  if (value instanceof Uint8Array || value instanceof Set) {
    return Array.from<unknown>(value).map((item) => plain(item, inner));
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, inner));
  if (value instanceof Map) return plain(Object.fromEntries(value), inner);
  const own = (value as { toJSON?: unknown }).toJSON;
  if (typeof own === "function") return plain(own.call(value), inner);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && typeof item !== "function")
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, item]) => [key, plain(item, inner)]),
  );
}

/** A value as a line of JSON for people, cut off where it gets long. */
export function shown(value: Plain, limit = 600): string {
  const text = JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
}
