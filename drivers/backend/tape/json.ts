/**
 * Plain JSON: copying, writing with a stable order of keys, walking and comparing.
 *
 * @module
 */

import type { Json } from "../backend.ts";

/** A leaf of a JSON value. */
export type JsonLeaf = null | boolean | number | string;

/** The value as one line, with the keys of objects sorted. */
export function stableJson(value: Json): string {
  return JSON.stringify(value, (_key, inner) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1));
  });
}

/**
 * A deep copy as it would come back from a tape: keys are sorted, fields that are `undefined` are not
 * there, and nothing at all is null.
 */
export function copyJson<T extends Json>(value: T): T {
  return copied(value) as T;
}

function copied(value: Json | undefined): Json {
  if (typeof value === "number" && !Number.isFinite(value) || value === undefined) return null;
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(copied);
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    if (value[key] !== undefined) copy[key] = copied(value[key]);
  }
  return copy;
}

/** The value with each leaf replaced. */
export function mapLeaves(
  value: Json,
  replace: (leaf: JsonLeaf, path: readonly string[]) => Json,
  path: readonly string[] = [],
): Json {
  if (value === null || typeof value !== "object") return replace(value, path);
  if (isList(value)) {
    return value.map((inner, index) => mapLeaves(inner, replace, [...path, String(index)]));
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, mapLeaves(inner as Json, replace, [...path, key])]),
  );
}

/** The value with each text replaced; a part without a text that changes is not copied. */
export function mapTexts(value: Json, replace: (text: string) => Json): Json {
  if (typeof value === "string") return replace(value);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) {
    const mapped = value.map((inner) => mapTexts(inner, replace));
    return mapped.every((inner, index) => inner === value[index]) ? value : mapped;
  }
  let copy: Record<string, Json | undefined> | undefined;
  for (const key in value) {
    const inner = value[key];
    const mapped = inner === undefined ? undefined : mapTexts(inner, replace);
    if (mapped === inner) continue;
    copy ??= { ...value };
    copy[key] = mapped;
  }
  return copy ?? value;
}

/**
 * Whether two values are the same, but for texts that differ and fit nevertheless. Fields of the seen one
 * that are `undefined` are not there.
 */
export function isSame(
  recorded: Json | undefined,
  seen: Json | undefined,
  fits: (recorded: string, seen: Json | undefined) => boolean,
): boolean {
  if (recorded === seen) return true;
  if (typeof recorded === "string") return fits(recorded, seen);
  if (!isBranch(recorded) || !isBranch(seen)) return false;
  if (Array.isArray(recorded) !== Array.isArray(seen)) return false;
  let more = 0;
  for (const key in recorded) {
    if (!Object.hasOwn(seen, key) || !isSame(recorded[key], seen[key], fits)) return false;
    more++;
  }
  for (const key in seen) if (seen[key] !== undefined) more--;
  return more === 0;
}

/** Why two leaves, or a leaf and something else, are not the same; undefined if they are. */
export type Explain = (recorded: Json | undefined, seen: Json | undefined) => string | undefined;

/** Where two values differ, in words for people: one text for each place, with the path first. */
export function differences(
  recorded: Json | undefined,
  seen: Json | undefined,
  path: string,
  explain: Explain = plainly,
): string[] {
  if (isBranch(recorded) && isBranch(seen) && Array.isArray(recorded) === Array.isArray(seen)) {
    const keys = [...new Set([...Object.keys(recorded), ...Object.keys(seen)])].sort();
    return keys.flatMap((key) => differences(recorded[key], seen[key], `${path}.${key}`, explain));
  }
  const why = explain(recorded, seen);
  return why === undefined ? [] : [`${path}: ${why}`];
}

/** The plain explanation: both values. */
export const plainly: Explain = (recorded, seen) =>
  recorded === seen ? undefined : `${shown(recorded)} vs ${shown(seen)}`;

function isBranch(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const LONGEST_SHOWN = 120;

function shown(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : stableJson(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
