/**
 * From the service's words to the contract's.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { UvmExit, UvmExitKind, UvmState } from "../contract/mod.ts";
import type { JsonObject } from "./backend.ts";
import { includes, OLDEST_SCHEMA, type SchemaVersion } from "./documents.ts";

const STATES: Readonly<Record<string, UvmState>> = {
  // A system that was created and never started may tell no state at all.
  "": "created",
  Created: "created",
  Running: "running",
  Paused: "paused",
  Stopped: "stopped",
};

/** The state for the service's word. */
export function stateOf(word: string | undefined): UvmState {
  return Object.hasOwn(STATES, word ?? "") ? STATES[word ?? ""] ?? "unknown" : "unknown";
}

const EXITS: Readonly<Record<string, UvmExitKind>> = {
  GracefulExit: "graceful",
  ForcedExit: "forced",
  UnexpectedExit: "unexpected",
};

/** An exit of which nothing else is known. */
export const UNKNOWN_EXIT: UvmExit = { kind: "unknown", raw: "" };

/** The exit that an event's document tells; undefined for what is no such document. */
export function exitOf(text: string | null): UvmExit | undefined {
  const document = parsed(text);
  const raw = document?.ExitType;
  if (document === undefined || typeof raw !== "string") return undefined;
  const { Status: status } = document;
  const kind = Object.hasOwn(EXITS, raw) ? EXITS[raw] ?? "unknown" : "unknown";
  return { kind, raw, ...(typeof status === "number" && { status }) };
}

function parsed(text: string | null): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text ?? "");
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as JsonObject : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The newest schema version of major version 2 in the answer to the service's basic properties;
 * undefined if there is none that has virtual machines. `A.X` means `A.0` to `A.X`.
 */
export function newestSchema(answer: JsonObject): SchemaVersion | undefined {
  return versionsIn(answer)
    .filter((version) => includes(version, OLDEST_SCHEMA))
    .sort((a, b) => b.Minor - a.Minor)[0];
}

/** Wherever it is: the answer wraps the properties once, and twice on newer hosts. */
function versionsIn(value: Json | undefined): SchemaVersion[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(versionsIn);
  const found = (value as JsonObject).SupportedSchemaVersions;
  if (Array.isArray(found)) return found.flatMap(asVersion);
  return Object.values(value).flatMap(versionsIn);
}

function asVersion(value: Json): SchemaVersion[] {
  const { Major, Minor } = value as JsonObject;
  return typeof Major === "number" && typeof Minor === "number" ? [{ Major, Minor }] : [];
}
