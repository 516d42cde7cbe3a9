import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import type { Schema } from "../contract/mod.ts";
import { checkSchema } from "./schema_check.ts";

const SCHEMA: Schema = {
  kind: "object",
  attributes: {
    name: { kind: "attr", name: "name", type: "string", required: true },
    count: {
      kind: "default",
      primary: { kind: "attr", name: "count", type: "number" },
      default: { kind: "literal", value: "3" },
    },
    on: { kind: "attr", name: "on", type: "bool" },
    words: { kind: "attr", name: "words", type: "list(string)" },
    labels: { kind: "attr", name: "labels", type: "map(string)" },
    free: { kind: "attr", name: "free", type: "any" },
    os: {
      kind: "block",
      name: "os",
      nested: {
        kind: "object",
        attributes: { arch: { kind: "attr", name: "arch", type: "string", required: true } },
      },
    },
    env: { kind: "block_attrs", name: "env", type: "string" },
    disk: {
      kind: "block_list",
      name: "disk",
      maxItems: 2,
      nested: {
        kind: "object",
        attributes: { size: { kind: "attr", name: "size", type: "number" } },
      },
    },
    pool: {
      kind: "block_map",
      name: "pool",
      labels: ["name"],
      nested: {
        kind: "object",
        attributes: { path: { kind: "attr", name: "path", type: "string", required: true } },
      },
    },
  },
};

/** What an empty configuration becomes beside its name. */
const REST = { count: 3, disk: [], pool: {} };

const GOOD: Readonly<Record<string, [unknown, unknown]>> = {
  "defaults are filled in": [{ name: "a" }, { name: "a", ...REST }],
  "null counts as absent": [
    { name: "a", count: null, on: null, os: null, disk: null },
    { name: "a", ...REST },
  ],
  "all types are kept": [
    {
      name: "a",
      count: 1.5,
      on: false,
      words: ["x"],
      labels: { k: "v" },
      free: [{ any: 1 }],
      os: { arch: "x86_64" },
      env: { A: "b" },
      disk: [{ size: 1 }, {}],
      pool: { p: { path: "/x" } },
    },
    {
      name: "a",
      count: 1.5,
      on: false,
      words: ["x"],
      labels: { k: "v" },
      free: [{ any: 1 }],
      os: { arch: "x86_64" },
      env: { A: "b" },
      disk: [{ size: 1 }, {}],
      pool: { p: { path: "/x" } },
    },
  ],
};

for (const [rule, [value, expected]] of Object.entries(GOOD)) {
  Deno.test(`a configuration is read: ${rule}`, () => {
    assertEquals(checkSchema(SCHEMA, value), expected);
  });
}

const BAD: Readonly<Record<string, [unknown, string]>> = {
  "a missing key": [{}, '"name"'],
  "an unknown key": [{ name: "a", nmae: 1 }, '"nmae"'],
  "a key of the prototype": [{ name: "a", constructor: 1 }, '"constructor"'],
  "a number for a string": [{ name: 1 }, '"name"'],
  "no number": [{ name: "a", count: NaN }, '"count"'],
  "a string for a list": [{ name: "a", words: "x" }, '"words"'],
  "a list of others": [{ name: "a", words: ["x", 1] }, '"words"'],
  "a map of others": [{ name: "a", labels: { k: 1 } }, '"labels"'],
  "a missing key in a block": [{ name: "a", os: {} }, '"os.arch"'],
  "a list for a block": [{ name: "a", os: [] }, '"os"'],
  "too many blocks": [{ name: "a", disk: [{}, {}, {}] }, '"disk"'],
  "an unknown key in a list": [{ name: "a", disk: [{}, { sze: 1 }] }, '"disk[1].sze"'],
  "a missing key in a map": [{ name: "a", pool: { p: {} } }, '"pool.p.path"'],
  "no object": ["text", '""'],
  "bytes": [new Uint8Array(1), '""'],
};

for (const [what, [value, key]] of Object.entries(BAD)) {
  Deno.test(`a configuration with ${what} is refused, naming the key`, () => {
    const error = assertThrows(() => checkSchema(SCHEMA, value), Trouble);
    assertEquals(error.code, "invalid-argument");
    assertStringIncludes(error.message, key);
  });
}
