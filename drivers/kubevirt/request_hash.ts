/**
 * Telling whether a machine was made from the same request.
 *
 * The machine itself cannot tell: the server and its webhooks fill in and change what was asked for.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** A digest of a value of JSON: the same for the same fields in any order. */
export function requestHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(sorted(value))).digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, child]) => [key, sorted(child)]),
  );
}
