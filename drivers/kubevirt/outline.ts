/**
 * Outlines of objects: what is enough to tell how they are, without what only their makers read.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import { isObject } from "./answers.ts";

/** An object in outline; a `Status` stays as it is. */
export function outlineOf<T extends Json>(value: T): T {
  return outlined(value) as T;
}

/** A list with its objects in outline. */
export function outlinesOf(list: Json): Json {
  if (!isObject(list) || !Array.isArray(list.items)) return list;
  return { ...list, items: list.items.map(outlined) };
}

function outlined(value: Json): Json {
  if (!isObject(value)) return value;
  const { data: _data, stringData: _stringData, spec, metadata, ...rest } = value;
  return {
    ...rest,
    ...(metadata !== undefined && { metadata: withoutWriters(metadata) }),
    ...(spec !== undefined && { spec: plainOf(spec) }),
  };
}

function withoutWriters(metadata: Json): Json {
  if (!isObject(metadata)) return metadata;
  const { managedFields: _, ...rest } = metadata;
  return rest;
}

/** What is no structure. */
function plainOf(spec: Json): Json {
  if (!isObject(spec)) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => typeof value !== "object"));
}
