import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { RpcError } from "./errors.ts";
import { type EventName, events, readEvent } from "./events.ts";
import { decode, encode } from "./fake_daemon_test.ts";
import { procedures } from "./procedures.ts";
import { composites, type Fields, type Procedure } from "./wire_types.ts";
import { XdrReader, XdrWriter } from "./xdr.ts";

const DOMAIN = { name: "web", uuid: "00112233-4455-6677-8899-aabbccddeeff", id: -1 };
const table: [string, Procedure][] = Object.entries(procedures);

/** A repeatable source of numbers from 0 to below `n`. */
function seeded(seed: number): (n: number) => number {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** Some value of a notation, or undefined for what stays on the wire. */
function arbitrary(type: string | Fields | null, pick: (n: number) => number): unknown {
  if (type === null || type === "one" || type === "skip") return undefined;
  if (typeof type !== "string") {
    const entries = Object.entries(type).map(([key, t]) => [key, arbitrary(t, pick)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  const list = /^listed (.*)$/.exec(type)?.[1] ?? /^(.*)\[\]$/.exec(type)?.[1];
  if (list) return Array.from({ length: pick(4) }, () => arbitrary(list, pick));
  if (type.endsWith("?")) return pick(2) ? arbitrary(type.slice(0, -1), pick) : null;
  if (type in composites) return arbitrary(composites[type as keyof typeof composites], pick);
  const texts = ["", "a", "ab", "abc", "abcd", "ÄöÜ ß", "𝛑 ≈ 3", "x".repeat(pick(300))];
  const scalars: Record<string, () => unknown> = {
    i32: () => [-0x80000000, -1, 0, 1, 0x7fffffff][pick(5)],
    u32: () => [0, 1, 0xffffffff][pick(3)],
    flags: () => pick(256),
    hyper: () => [Number.MIN_SAFE_INTEGER, -1, 0, Number.MAX_SAFE_INTEGER][pick(4)],
    uhyper: () => [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER][pick(4)],
    bool: () => pick(2) === 1,
    string: () => texts[pick(texts.length)],
    model: () => "x86_64",
    uuid: () => DOMAIN.uuid.replace(/[0-9a-f]/g, () => pick(16).toString(16)),
    param: () =>
      [
        { field: "state", type: "int", value: -1 },
        { field: "vcpu.current", type: "uint", value: 2 },
        { field: "l", type: "llong", value: -5 },
        { field: "balloon", type: "ullong", value: 98304 },
        { field: "load", type: "double", value: 0.5 },
        { field: "on", type: "boolean", value: true },
        { field: "block.0.name", type: "string", value: "vda" },
      ][pick(7)],
  };
  return scalars[type]();
}

Deno.test("every procedure's arguments and result survive the wire", () => {
  const pick = seeded(1);
  for (const [name, { args, result }] of table) {
    for (const type of [args, result]) {
      for (let round = 0; round < 20; round++) {
        const value = arbitrary(type, pick);
        const bytes = encode(type, value, name);
        assertEquals(bytes.length % 4, 0, name);
        assertEquals(decode(type, bytes), value, name);
      }
    }
  }
});

Deno.test("every event survives the wire and carries its name", () => {
  const pick = seeded(2);
  for (const [name, { number, body }] of Object.entries(events)) {
    const value = arbitrary(body, pick) as Record<string, unknown>;
    const event = readEvent(number, new XdrReader(encode(body, value, name)));
    assertEquals<unknown>(event, { event: name as EventName, ...value });
  }
});

Deno.test("an unknown event is ignored", () => {
  assertEquals(readEvent(9999, new XdrReader(new Uint8Array(3))), null);
});

Deno.test("input that ends anywhere too early is malformed", () => {
  const pick = seeded(3);
  for (const [name, { result }] of table) {
    const bytes = encode(result, arbitrary(result, pick), name);
    for (let length = 0; length < bytes.length; length += 1 + pick(8)) {
      const error = assertThrows(() => decode(result, bytes.subarray(0, length)), RpcError);
      assertEquals(error.code, "malformed", `${name} cut to ${length}`);
    }
  }
});

Deno.test("garbage is malformed, or decodes, but does nothing else", () => {
  const pick = seeded(4);
  for (let round = 0; round < 3000; round++) {
    const [, { result }] = table[pick(table.length)];
    const bytes = Uint8Array.from({ length: pick(80) }, () => pick(4) ? 0 : pick(256));
    try {
      decode(result, bytes);
    } catch (error) {
      assertInstanceOf(error, RpcError);
      assertEquals(error.code, "malformed");
    }
  }
});

Deno.test("bytes after the value are malformed", () => {
  assertThrows(() => decode("i32", new Uint8Array(8)), RpcError, "4 bytes too many");
});

Deno.test("a list that claims more items than there are bytes is refused at once", () => {
  const writer = new XdrWriter();
  writer.u32(0xffffffff);
  assertThrows(() => decode("domain[]", writer.written), RpcError, "does not fit");
});

Deno.test("a string over the limit is refused before it is read", () => {
  const writer = new XdrWriter();
  writer.u32(5 * 1024 * 1024);
  assertThrows(() => decode("string", writer.written), RpcError, "over libvirt's limit");
});

Deno.test("an optional value is announced by 0 or 1 only", () => {
  assertThrows(() => decode("i32?", Uint8Array.of(0, 0, 0, 2)), RpcError, "not 0 or 1");
});

Deno.test("a domain has the bytes that libvirt gives it", () => {
  const hex = "00000003" + "77656200" + "00112233445566778899aabbccddeeff" + "ffffffff";
  assertEquals(encode("domain", DOMAIN, "").toHex(), hex);
});

Deno.test("a UUID is taken in either case, and with each digit and dash in its place alone", () => {
  const upper = DOMAIN.uuid.toUpperCase();
  assertEquals(decode("uuid", encode("uuid", upper, "")), DOMAIN.uuid);
  for (let at = 0; at < upper.length; at++) {
    for (const wrong of ["-", "0", "g", "/", ":", "@", "G", "`", "\u0130"]) {
      const text = upper.slice(0, at) + wrong + upper.slice(at + 1);
      const isNone = !/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(text);
      if (isNone) assertThrows(() => encode("uuid", text, ""), RpcError, "must be a UUID");
    }
  }
});

Deno.test("a writer that is used again leaves nothing of what was in it", () => {
  const writer = new XdrWriter();
  writer.fixedOpaque(new Uint8Array(40).fill(0xff));
  writer.clear();
  for (const text of ["a", "é"]) writer.string(text);
  writer.opaque(Uint8Array.of(1));
  const hex = "0000000161000000" + "00000002c3a90000" + "0000000101000000";
  assertEquals(writer.written.toHex(), hex);
});

Deno.test("small integers of the protocol take four bytes each", () => {
  const hex = "00000005" + "0000000000018000" + "0000000000018000" + "00000002" +
    "0000000000000007";
  assertEquals(decode(procedures.domainGetInfo.result, Uint8Array.fromHex(hex)), {
    state: 5,
    maxMemory: 98304,
    memory: 98304,
    vcpus: 2,
    cpuTime: 7,
  });
});

Deno.test("list calls ask for results, optional strings and flags have defaults", () => {
  const { args } = procedures.networkGetDhcpLeases;
  const network = { name: "n", uuid: DOMAIN.uuid };
  assertEquals(encode(args, { network }, "").subarray(-12).toHex(), "000000000000000100000000");
});

Deno.test("a 64-bit number is exact, or a bigint below and rounded above", () => {
  const writer = new XdrWriter();
  writer.hyper(-1);
  writer.hyper(-1);
  const reader = new XdrReader(writer.written);
  assertEquals(reader.hyper(), -1);
  assertEquals(reader.uhyper(), 0xffffffffffffffffn);
  assertEquals(decode("uhyper", writer.written.subarray(8)), 2 ** 64);
});

const wrong: [string, string | Fields, unknown, string][] = [
  ["text as a number", { id: "i32" }, { id: "1" }, '"call.id" must be an integer'],
  ["a fraction", { id: "i32" }, { id: 0.5 }, '"call.id" must be an integer'],
  ["a number out of range", { flags: "flags" }, { flags: -1 }, '"call.flags" must be an integer'],
  ["an inexact number", { size: "uhyper" }, { size: 2 ** 60 }, '"call.size" must be an integer'],
  ["a missing name", { name: "string" }, {}, '"call.name" must be text'],
  ["a NUL in a name", { name: "string" }, { name: "a\0b" }, '"call.name" must be text without NUL'],
  ["half a surrogate", { name: "string" }, { name: "\ud800" }, "well-formed"],
  ["a UUID that is none", { uuid: "uuid" }, { uuid: "x" }, '"call.uuid" must be a UUID'],
  ...["g0112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef/"].map((
    uuid,
  ) => [`"${uuid}"`, "uuid", uuid, '"call" must be a UUID'] as [string, string, unknown, string]),
  [
    "a handle that is none",
    { domain: "domain" },
    { domain: null },
    '"call.domain" must be an object',
  ],
  ["a text as a truth", { on: "bool" }, { on: "true" }, '"call.on" must be true or false'],
  ["an object as a list", "i32[]", {}, '"call" must be an array'],
  ["a wrong item", "i32[]", [1, null], '"call[1]" must be an integer'],
  ["a huge text", "string", "x".repeat(4 * 1024 * 1024 + 1), "at most 4194304 bytes"],
];
for (const [what, type, value, message] of wrong) {
  Deno.test(`${what} is a bad argument that is named`, () => {
    const error = assertThrows(() => encode(type, value, "call"), RpcError, message);
    assertEquals(error.code, "bad-argument");
  });
}
