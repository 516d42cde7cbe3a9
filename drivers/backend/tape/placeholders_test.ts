import { assertEquals, assertThrows } from "@std/assert";
import type { Json } from "../backend.ts";
import { PlaceholderReader, PlaceholderWriter } from "./placeholders.ts";

const UUID = "550e8400-e29b-41d4-a716-446655440000";
const nothing = (): undefined => undefined;

function written(value: Json, nominated: [string, string | number][], known = {}): Json {
  const writer = new PlaceholderWriter(known);
  for (const [type, leaf] of nominated) writer.nominate(type, leaf);
  return writer.write(value, nothing);
}

Deno.test("PlaceholderWriter replaces a nominated text wherever it is a leaf", () => {
  assertEquals(
    written({ a: UUID, b: [UUID, "other"], c: null, d: true }, [["uuid", UUID]]),
    { a: "⟨uuid:1⟩", b: ["⟨uuid:1⟩", "other"], c: null, d: true },
  );
});

Deno.test("PlaceholderWriter replaces a long text inside others, where it stands for itself", () => {
  const disk = `/pool/m-${UUID}.qcow2`;
  assertEquals(written([disk, `${UUID}0`, `x${UUID}`], [["uuid", UUID]]), [
    "/pool/m-⟨uuid:1⟩.qcow2",
    `${UUID}0`,
    `x${UUID}`,
  ]);
});

Deno.test("PlaceholderWriter prefers the longest of several values inside a text", () => {
  const folder = "/var/scratch/run-1";
  assertEquals(
    written(`${folder}/case-7/disk`, [["path", folder], ["path", `${folder}/case-7`]]),
    "⟨path:2⟩/disk",
  );
});

Deno.test("PlaceholderWriter replaces short texts and numbers only where they are nominated", () => {
  const writer = new PlaceholderWriter();
  writer.nominate("port", 22);
  writer.nominate("tag", "ab");
  const value = { port: 22, size: 22, tag: "ab", name: "ab" };
  const typeOf = (path: readonly string[]): string | undefined =>
    ["port", "tag"].find((type) => type === path[0]);
  assertEquals(writer.write(value, typeOf), {
    port: "⟨#port:1⟩",
    size: 22,
    tag: "⟨tag:1⟩",
    name: "ab",
  });
});

Deno.test("PlaceholderWriter uses the names of known values", () => {
  assertEquals(
    written("/tmp/scratch-17/cache/x", [], { "path:scratch": "/tmp/scratch-17" }),
    "⟨path:scratch⟩/cache/x",
  );
});

Deno.test("PlaceholderWriter refuses a text that looks like a placeholder, and a type that makes none", () => {
  assertThrows(() => written("a ⟨uuid:1⟩", []), TypeError, "looks like a placeholder");
  assertThrows(() => written("x", [["Host UUID", "x"]]), TypeError, "placeholder of type");
});

Deno.test("PlaceholderReader makes values up, the same ones in each replay", () => {
  const value = ["⟨uuid:1⟩", "⟨mac:2⟩", "⟨ip:3⟩", "⟨path:1⟩/disk", "⟨#port:1⟩", "⟨odd:1⟩", 5, null];
  const filled = [
    "00000000-0000-4000-8000-000000000001",
    "52:54:00:00:00:02",
    "192.0.2.3",
    "/vmtck/path-1/disk",
    40001,
    "odd-1",
    5,
    null,
  ];
  assertEquals(new PlaceholderReader().fill(value), filled);
  const reader = new PlaceholderReader();
  reader.fill("⟨mac:2⟩");
  assertEquals(reader.fill(value), filled);
});

Deno.test("PlaceholderReader binds what the running side introduces, and answers with it", () => {
  const reader = new PlaceholderReader();
  const recorded = { uuid: "⟨uuid:1⟩", disk: "/pool/⟨uuid:1⟩-⟨id:1⟩.qcow2", port: "⟨#port:1⟩" };
  const called = { uuid: UUID, disk: `/pool/${UUID}-x7.qcow2`, port: 5901 };
  assertEquals(reader.match(recorded, called, "params"), []);
  assertEquals(reader.fill(["⟨uuid:1⟩", "⟨id:1⟩", "⟨#port:1⟩"]), [UUID, "x7", 5901]);
  assertEquals(reader.unfill([UUID, "m1"]), ["⟨uuid:1⟩", "m1"]);
});

Deno.test("PlaceholderReader says which placeholder stands for something else already", () => {
  const reader = new PlaceholderReader();
  reader.match("⟨uuid:1⟩", "aaa", "params");
  assertEquals(reader.match({ id: "⟨uuid:1⟩" }, { id: "bbb" }, "params"), [
    'params.id: ⟨uuid:1⟩, which is "aaa" here, vs "bbb"',
  ]);
  assertEquals(reader.match("x/⟨uuid:1⟩", "x/bbb", "params"), ['params: "x/aaa" vs "x/bbb"']);
});

Deno.test("PlaceholderReader says which value has another placeholder already", () => {
  const reader = new PlaceholderReader();
  reader.match("⟨uuid:1⟩", "aaa", "params");
  assertEquals(reader.match({ id: "⟨uuid:2⟩" }, { id: "aaa" }, "params"), [
    'params.id: ⟨uuid:2⟩ vs "aaa", which is ⟨uuid:1⟩ already',
  ]);
});

Deno.test("PlaceholderReader keeps types apart", () => {
  const reader = new PlaceholderReader();
  assertEquals(reader.match(["⟨#size:1⟩", "⟨#port:1⟩"], [5, 5], "params"), []);
  assertEquals(reader.match("⟨#port:1⟩", "5", "params"), ['params: "⟨#port:1⟩" vs "5"']);
});

Deno.test("PlaceholderReader binds nothing if anything differs", () => {
  const reader = new PlaceholderReader();
  assertEquals(reader.match(["⟨uuid:1⟩", 1], ["aaa", 2], "params"), ["params.1: 1 vs 2"]);
  assertEquals(reader.match("⟨uuid:1⟩", "bbb", "params"), []);
});
