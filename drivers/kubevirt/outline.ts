/**
 * Outlines of objects: what this adapter looks at, and nothing else.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import { isObject } from "./answers.ts";

/** What is looked at of each part of an object, whatever its kind is. */
const KEPT = {
  metadata: [
    "name",
    "uid",
    "resourceVersion",
    "deletionTimestamp",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
  ],
  spec: ["runStrategy", "running"],
  status: ["printableStatus", "created", "runStrategy", "phase", "conditions", "interfaces"],
} as const;
/** What is looked at of a condition. */
const OF_CONDITION = ["type", "status", "reason", "message"] as const;

/** An object in outline; a `Status` stays as it is. */
export function outlineOf<T extends Json>(value: T): T {
  return outlined(value) as T;
}

/** A list with its objects in outline. */
export function outlinesOf(list: Json): Json {
  if (!isObject(list) || !Array.isArray(list.items)) return list;
  return { metadata: list.metadata, items: list.items.map(outlined) };
}

function outlined(value: Json): Json {
  if (!isObject(value) || value.kind === "Status") return value;
  const { kind, metadata, spec, status } = value;
  return {
    ...(kind !== undefined && { kind }),
    ...(metadata !== undefined && { metadata: partOf(metadata, KEPT.metadata) }),
    ...(spec !== undefined && { spec: partOf(spec, KEPT.spec) }),
    ...(status !== undefined && { status: withConditions(partOf(status, KEPT.status)) }),
  };
}

function withConditions(status: Json): Json {
  if (!isObject(status) || !Array.isArray(status.conditions)) return status;
  return { ...status, conditions: status.conditions.map((it) => partOf(it, OF_CONDITION)) };
}

/** An object with some of its fields; what is none stays as it is. */
function partOf(value: Json, fields: readonly string[]): Json {
  if (!isObject(value)) return value;
  const kept = fields.flatMap((field) =>
    value[field] === undefined ? [] : [[field, value[field]] as const]
  );
  return Object.fromEntries(kept);
}
