/**
 * Schemas and configurations on the wire: the tree that is called an hclspec, and MessagePack.
 *
 * @module
 */

import { decode as unpack, encode as pack } from "@msgpack/msgpack";
import type { Schema, SchemaType } from "../contract/mod.ts";
import type { Draft, Message } from "./message_types.ts";
import { copyOf } from "./values.ts";

/** A schema for the wire. */
export function toSpec(schema: Schema): Draft<"Spec"> {
  switch (schema.kind) {
    case "object": {
      const { attributes } = schema;
      const specs = Object.entries(attributes).map(([key, it]) => [key, toSpec(it)]);
      return { object: { attributes: Object.fromEntries(specs) } };
    }
    case "attr":
      return { attr: { name: schema.name, type: schema.type, required: schema.required } };
    case "block":
      return {
        blockValue: {
          name: schema.name,
          required: schema.required,
          nested: toSpec(schema.nested),
        },
      };
    case "block_attrs":
      return { blockAttrs: { name: schema.name, type: schema.type, required: schema.required } };
    case "block_list":
      return { blockList: blocks(schema) };
    case "block_set":
      return { blockSet: blocks(schema) };
    case "block_map":
      return {
        blockMap: { name: schema.name, labels: schema.labels, nested: toSpec(schema.nested) },
      };
    case "default":
      return { default: { primary: toSpec(schema.primary), default: toSpec(schema.default) } };
    case "literal":
      return { literal: { value: schema.value } };
  }
}

function blocks(
  { name, nested, minItems, maxItems }: Extract<Schema, { kind: "block_list" | "block_set" }>,
): Draft<"SpecBlocks"> {
  return { name, minItems, maxItems, nested: toSpec(nested) };
}

/** What is not known more exactly. */
const ANYTHING: Schema = { kind: "attr", name: "", type: "any" };

/** A schema from the wire; what the contract has no word for may be anything. */
export function fromSpec(spec: Message<"Spec"> | null | undefined): Schema {
  if (!spec) return ANYTHING;
  const { object, attr, blockValue, blockAttrs, blockList, blockSet, blockMap, literal } = spec;
  if (object) {
    const schemas = Object.entries(object.attributes).map(([key, it]) => [key, fromSpec(it)]);
    return { kind: "object", attributes: Object.fromEntries(schemas) };
  }
  if (attr) return { kind: "attr", ...typed(attr) };
  if (blockAttrs) return { kind: "block_attrs", ...typed(blockAttrs) };
  if (blockValue) {
    const { name, required, nested } = blockValue;
    return { kind: "block", name, ...(required && { required }), nested: fromSpec(nested) };
  }
  if (blockList) return { kind: "block_list", ...fromBlocks(blockList) };
  if (blockSet) return { kind: "block_set", ...fromBlocks(blockSet) };
  if (blockMap) {
    const { name, labels, nested } = blockMap;
    return { kind: "block_map", name, labels, nested: fromSpec(nested) };
  }
  if (literal) return { kind: "literal", value: literal.value };
  const { default: both } = spec;
  if (!both) return ANYTHING;
  return { kind: "default", primary: fromSpec(both.primary), default: fromSpec(both.default) };
}

const TYPES: readonly string[] = [
  "string",
  "number",
  "bool",
  ...["string", "number", "bool"].flatMap((element) => [`list(${element})`, `map(${element})`]),
];

function isType(type: string): type is SchemaType {
  return TYPES.includes(type);
}

function typed(
  { name, type, required }: Message<"SpecAttr">,
): { name: string; type: SchemaType; required?: boolean } {
  const plain = type.replaceAll(/\s/g, "").replace(/^set\(/, "list(");
  return { name, type: isType(plain) ? plain : "any", ...(required && { required }) };
}

function fromBlocks({ name, minItems, maxItems, nested }: Message<"SpecBlocks">): {
  name: string;
  nested: Schema;
  minItems?: number;
  maxItems?: number;
} {
  return {
    name,
    nested: fromSpec(nested),
    ...(minItems > 0 && { minItems }),
    ...(maxItems > 0 && { maxItems }),
  };
}

/**
 * A configuration that was held to its schema, as agents write it: every attribute is there, and `null`
 * where nothing is set.
 */
export function packConfig(schema: Schema, config: unknown): Uint8Array {
  return pack(complete(schema, config));
}

function complete(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) {
    return schema.kind === "block_list" || schema.kind === "block_set" ? [] : null;
  }
  switch (schema.kind) {
    case "object": {
      const values = value as Readonly<Record<string, unknown>>;
      const entries = Object.entries(schema.attributes)
        .map(([key, it]) => [key, complete(it, values[key])]);
      return Object.fromEntries(entries);
    }
    case "block":
      return complete(schema.nested, value);
    case "block_list":
    case "block_set":
      return (value as readonly unknown[]).map((item) => complete(schema.nested, item));
    case "block_map":
      return labelled(schema.nested, schema.labels.length, value);
    case "default":
      return complete(schema.primary, value);
    default:
      return value;
  }
}

function labelled(nested: Schema, depth: number, value: unknown): unknown {
  const entries = Object.entries(value as Readonly<Record<string, unknown>>).map((
    [label, item],
  ) => [
    label,
    depth > 1 ? labelled(nested, depth - 1, item) : complete(nested, item),
  ]);
  return Object.fromEntries(entries);
}

/** A configuration from the wire; undefined if there is none. @throws {Error} if it is no MessagePack */
export function unpackConfig(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? undefined : withoutNulls(unpack(copyOf(bytes)));
}

/** `null` means absent, at every depth. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null)
    .map(([key, item]) => [key, withoutNulls(item)]);
  return Object.fromEntries(entries);
}
