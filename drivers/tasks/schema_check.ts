/**
 * Holding a configuration to its schema. Pure.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Schema, SchemaType } from "../contract/mod.ts";

/**
 * The configuration as the schema says: defaults are filled in, what is `null` counts as absent.
 *
 * @throws {Trouble} `invalid-argument`, naming the key
 */
export function checkSchema(schema: Schema, value: unknown): unknown {
  return read(schema, value ?? {}, "");
}

function wrong(path: string, what: string): Trouble {
  return new Trouble("invalid-argument", `the key "${path}" ${what}`);
}

/** Reads one node; `value` is the value of the node itself, absent if undefined. */
function read(schema: Schema, value: unknown, path: string): unknown {
  const isAbsent = value === undefined || value === null;
  switch (schema.kind) {
    case "object":
      return object(schema.attributes, value, path);
    case "default":
      return read(schema.primary, value, path) ?? read(schema.default, undefined, path);
    case "literal":
      return JSON.parse(schema.value);
    case "block_list":
    case "block_set":
      return blocks(schema, value, path);
    case "block_map":
      return isAbsent ? {} : labelled(schema.nested, schema.labels.length, value, path);
  }
  if (isAbsent) {
    if (schema.required) throw wrong(path, "is required");
    return undefined;
  }
  if (schema.kind === "attr") return typed(schema.type, value, path);
  if (schema.kind === "block") return read(schema.nested, value, path);
  return typed(`map(${elementOf(schema.type)})`, value, path);
}

function object(
  attributes: Readonly<Record<string, Schema>>,
  value: unknown,
  path: string,
): Record<string, unknown> {
  if (!isRecord(value)) throw wrong(path, "must be an object");
  const below = (key: string): string => path === "" ? key : `${path}.${key}`;
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(attributes, key)) throw wrong(below(key), "is unknown");
  }
  const entries = Object.entries(attributes)
    .map(([key, schema]) => [key, read(schema, value[key], below(key))] as const)
    .filter(([, read]) => read !== undefined);
  return Object.fromEntries(entries);
}

function blocks(
  { nested, minItems = 0, maxItems = Infinity }: Extract<
    Schema,
    { kind: "block_list" | "block_set" }
  >,
  value: unknown,
  path: string,
): unknown[] {
  const list = value ?? [];
  if (!Array.isArray(list)) throw wrong(path, "must be a list");
  if (list.length < minItems) throw wrong(path, `must have at least ${minItems} entries`);
  if (list.length > maxItems) throw wrong(path, `must have at most ${maxItems} entries`);
  return list.map((item: unknown, index) => read(nested, item ?? {}, `${path}[${index}]`));
}

function labelled(nested: Schema, depth: number, value: unknown, path: string): unknown {
  if (!isRecord(value)) throw wrong(path, "must be an object");
  return Object.fromEntries(
    Object.entries(value).map(([label, item]) => {
      const below = `${path}.${label}`;
      return [
        label,
        depth > 1 ? labelled(nested, depth - 1, item, below) : read(nested, item ?? {}, below),
      ];
    }),
  );
}

function elementOf(type: SchemaType): "string" | "number" | "bool" {
  const [, element = type] = /\((.*)\)/.exec(type) ?? [];
  return element === "number" || element === "bool" ? element : "string";
}

const WORDS = { string: "a string", number: "a number", bool: "true or false" };

function typed(type: SchemaType, value: unknown, path: string): unknown {
  if (type === "any") return value;
  const element = elementOf(type);
  const isElement = (item: unknown): boolean =>
    typeof item === (element === "bool" ? "boolean" : element) &&
    (typeof item !== "number" || Number.isFinite(item));
  if (type.startsWith("list(")) {
    if (Array.isArray(value) && value.every(isElement)) return [...value];
    throw wrong(path, `must be a list, each entry ${WORDS[element]}`);
  }
  if (type.startsWith("map(")) {
    if (isRecord(value) && Object.values(value).every(isElement)) return { ...value };
    throw wrong(path, `must be an object, each value ${WORDS[element]}`);
  }
  if (isElement(value)) return value;
  throw wrong(path, `must be ${WORDS[element]}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array);
}
