import { assertEquals } from "@std/assert";
import { decode as unpack } from "@msgpack/msgpack";
import type { Schema } from "../contract/mod.ts";
import { decode, encode } from "./codec.ts";
import { fromSpec, packConfig, toSpec, unpackConfig } from "./schemas.ts";

const text: Schema = { kind: "attr", name: "image", type: "string", required: true };
const EVERY_KIND: Schema = {
  kind: "object",
  attributes: {
    image: text,
    size: {
      kind: "default",
      primary: { kind: "attr", name: "size", type: "number" },
      default: { kind: "literal", value: "2000" },
    },
    os: {
      kind: "block",
      name: "os",
      nested: {
        kind: "object",
        attributes: { arch: { kind: "attr", name: "arch", type: "string" } },
      },
    },
    labels: { kind: "block_attrs", name: "labels", type: "string" },
    disk: {
      kind: "block_list",
      name: "disk",
      minItems: 1,
      maxItems: 2,
      nested: { kind: "object", attributes: { image: text } },
    },
    tag: { kind: "block_set", name: "tag", nested: { kind: "object", attributes: {} } },
    pool: {
      kind: "block_map",
      name: "pool",
      labels: ["name"],
      nested: { kind: "object", attributes: { image: text } },
    },
  },
};

Deno.test("a schema of every kind comes through the wire", () => {
  const bytes = encode("SchemaResponse", { spec: toSpec(EVERY_KIND) });
  assertEquals(fromSpec(decode("SchemaResponse", bytes).spec), EVERY_KIND);
});

Deno.test("types that the contract has no word for may be anything; sets are lists", () => {
  const typed = (type: string): Schema =>
    fromSpec(decode("Spec", encode("Spec", { attr: { name: "a", type } })));
  assertEquals(typed("list(map(string))"), { kind: "attr", name: "a", type: "any" });
  assertEquals(typed("set(string)"), { kind: "attr", name: "a", type: "list(string)" });
});

Deno.test("a configuration has every attribute on the wire, and null where nothing is set", () => {
  const config = { image: "/i", disk: [{ image: "/d" }], pool: { a: { image: "/p" } } };
  const packed = packConfig(EVERY_KIND, config);
  assertEquals(unpack(packed), {
    image: "/i",
    size: null,
    os: null,
    labels: null,
    disk: [{ image: "/d" }],
    tag: [],
    pool: { a: { image: "/p" } },
  });
  assertEquals(unpackConfig(packed), { ...config, tag: [] });
});

Deno.test("no bytes are no configuration", () => {
  assertEquals(unpackConfig(new Uint8Array()), undefined);
});
