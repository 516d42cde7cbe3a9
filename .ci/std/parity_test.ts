/**
 * What this project relies on in `@std`. Passes with the stand-ins and with the real packages alike:
 * run it after `deno task std local` and after `deno task std jsr`.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
} from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { parseArgs as parseArgsOfRoot } from "@std/cli";
import { TextLineStream, toText } from "@std/streams";

/** Decided without the assertions under test. */
function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Expected ${what}`);
}

function passes(what: string, fn: () => void): void {
  try {
    fn();
  } catch (error) {
    throw new Error(`Expected ${what} to pass`, { cause: error });
  }
}

function fails(what: string, fn: () => void, ...message: string[]): void {
  try {
    fn();
  } catch (error) {
    expect(error instanceof AssertionError, `${what} to throw an AssertionError: ${error}`);
    const text = (error as Error).message;
    for (const part of message) expect(text.includes(part), `"${text}" to include "${part}"`);
    return;
  }
  throw new Error(`Expected ${what} to fail`);
}

/** What may be thrown although it is no error. */
const thing: unknown = "text";

class Point {
  constructor(readonly x: number) {}
}

const same: [string, unknown, unknown][] = [
  ["numbers", 1, 1],
  ["NaN", NaN, NaN],
  ["zeros", 0, -0],
  ["nested data", { a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] }],
  ["dates", new Date(5), new Date(5)],
  ["patterns", /a/g, /a/g],
  ["urls", new URL("http://a/b"), new URL("http://a/b")],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ["buffers", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  ["maps in any order", new Map([[1, "a"], [2, "b"]]), new Map([[2, "b"], [1, "a"]])],
  ["maps with object keys", new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])],
  ["sets", new Set([{ a: 1 }, { b: 2 }]), new Set([{ b: 2 }, { a: 1 }])],
  ["instances", new Point(1), new Point(1)],
  ["null prototypes", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
];
const different: [string, unknown, unknown][] = [
  ["number and text", 1, "1"],
  ["null and undefined", null, undefined],
  ["an undefined property and none", { a: undefined }, {}],
  ["undefined under other names", { a: undefined }, { b: undefined }],
  ["lists of other length", [1], [1, 2]],
  ["lists in other order", [1, 2], [2, 1]],
  ["list and object", [], {}],
  ["dates", new Date(5), new Date(6)],
  ["patterns", /a/g, /a/i],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  ["bytes of other kind", new Uint8Array([1]), new Int8Array([1])],
  ["maps", new Map([[1, "a"]]), new Map([[1, "b"]])],
  ["sets", new Set([1]), new Set([2])],
  ["instance and data", new Point(1), { x: 1 }],
  ["instances", new Point(1), new Point(2)],
  ["symbol keys", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
  ["functions", () => 1, () => 1],
];

for (const [what, a, b] of same) {
  Deno.test(`assertEquals() takes as equal: ${what}`, () => {
    expect(equal(a, b) && equal(b, a), "equal() to be true");
    passes("assertEquals", () => assertEquals(a, b));
    fails("assertNotEquals", () => assertNotEquals(a, b));
  });
}
for (const [what, a, b] of different) {
  Deno.test(`assertEquals() takes as different: ${what}`, () => {
    expect(!equal(a, b) && !equal(b, a), "equal() to be false");
    fails("assertEquals", () => assertEquals(a, b), "Values are not equal");
    passes("assertNotEquals", () => assertNotEquals(a, b));
  });
}

Deno.test("assertEquals() compares values that contain themselves", () => {
  const ring = (): unknown[] => {
    const list: unknown[] = [1];
    list.push(list);
    return list;
  };
  passes("assertEquals", () => assertEquals(ring(), ring()));
});

Deno.test("assertEquals() shows both sides and the message", () => {
  const fn = () => assertEquals({ name: "seen" }, { name: "wanted" }, "the subject");
  fails("assertEquals", fn, "the subject", "seen", "wanted", "-", "+");
});

Deno.test("each assertion passes when it holds and fails when not", () => {
  const cases: [string, () => void, () => void][] = [
    ["assert", () => assert(1), () => assert(0, "message")],
    ["assertExists", () => assertExists(0), () => assertExists(null)],
    ["assertMatch", () => assertMatch("abc", /b/), () => assertMatch("abc", /d/)],
    ["assertGreater", () => assertGreater(2, 1), () => assertGreater(1, 1)],
    ["assertLess", () => assertLess(1, 2), () => assertLess(1, 1)],
    ["assertStrictEquals", () => assertStrictEquals(NaN, NaN), () => assertStrictEquals([], [])],
    ["assertStringIncludes", () => assertStringIncludes("abc", "b"), () => {
      assertStringIncludes("abc", "d");
    }],
    ["assertInstanceOf", () => assertInstanceOf(new Point(1), Point), () => {
      assertInstanceOf({}, Point);
    }],
    ["assertAlmostEquals", () => assertAlmostEquals(0.1 + 0.2, 0.3), () => {
      assertAlmostEquals(1, 1.1, 0.01);
    }],
  ];
  for (const [name, holds, broken] of cases) {
    passes(name, holds);
    fails(name, broken);
  }
  fails("assert", () => assert(false, "message"), "message");
  fails("fail", () => fail("reason"), "Failed assertion: reason");
  expect(new AssertionError("x").name === "AssertionError", "the error's name");
});

Deno.test("assertThrows() answers the error, and checks class and text", () => {
  const boom = () => {
    throw new RangeError("too big: 5");
  };
  const error: RangeError = assertThrows(boom, RangeError, "too big");
  expect(error.message === "too big: 5", "the error itself");
  passes("a base class", () => assertThrows(boom, Error));
  passes("no class", () => assertThrows(boom));
  passes("a value that is no error", () =>
    assertThrows(() => {
      throw thing;
    }));
  fails("another class", () => assertThrows(boom, TypeError), "TypeError", "RangeError");
  fails("another text", () => assertThrows(boom, RangeError, "too small"), "too small", "too big");
  fails("no throw", () => assertThrows(() => {}), "Expected function to throw");
  fails("no throw", () => assertThrows(() => {}, "note"), "note");
  fails("no error", () =>
    assertThrows(() => {
      throw thing;
    }, Error), "non-Error");
});

async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    expect(error instanceof AssertionError, `an AssertionError: ${error}`);
    return (error as Error).message;
  }
  throw new Error("Expected a rejection");
}

Deno.test("assertRejects() answers the error, and checks class and text", async () => {
  const boom = () => Promise.reject(new RangeError("too big: 5"));
  const error: RangeError = await assertRejects(boom, RangeError, "too big");
  expect(error.message === "too big: 5", "the error itself");
  await assertRejects(boom);
  const wrong = await rejection(assertRejects(boom, TypeError));
  expect(wrong.includes("TypeError"), wrong);
  const text = await rejection(assertRejects(boom, RangeError, "too small"));
  expect(text.includes("too small"), text);
  const none = await rejection(assertRejects(() => Promise.resolve()));
  expect(none.includes("Expected function to reject"), none);
  const sync = await rejection(assertRejects(() => {
    throw new Error("now");
  }));
  expect(sync.includes("throws when expected to reject"), sync);
});

Deno.test("parseArgs() reads text, switches, repeated and undeclared options", () => {
  const args = parseArgs(
    ["run", "--driver", "libvirt", "--live", "--skip=a", "--skip", "b", "-v", "--seed=7", "9", "-"],
    {
      string: ["driver", "skip", "none"],
      boolean: ["live", "verbose", "quiet"],
      collect: ["skip", "none"],
      alias: { verbose: "v" },
      default: { seed: 1, level: "must" },
    },
  );
  const driver: string | undefined = args.driver;
  const live: boolean = args.live;
  const skip: string[] = args.skip;
  assertEquals([driver, live, skip], ["libvirt", true, ["a", "b"]]);
  assertEquals(args, {
    _: ["run", 9, "-"],
    driver: "libvirt",
    live: true,
    skip: ["a", "b"],
    none: [],
    verbose: true,
    v: true,
    quiet: false,
    seed: 7,
    level: "must",
  });
});

Deno.test("parseArgs() leaves out what unknown() refuses", () => {
  const seen: unknown[] = [];
  const args = parseArgs(["--drvier", "x", "--live", "--a=b", "-q", "pos"], {
    boolean: ["live"],
    unknown: (arg: string, key?: string, value?: unknown) => {
      seen.push([arg, key, value]);
      return false;
    },
  });
  assertEquals(args, { _: [], live: true });
  assertEquals(seen, [
    ["--drvier", "drvier", "x"],
    ["--a=b", "a", "b"],
    ["-q", "q", "pos"],
  ]);
});

Deno.test("parseArgs() lets unknown() see positional arguments", () => {
  const seen: unknown[] = [];
  const unknown = (arg: string, key?: string) => {
    seen.push([arg, key]);
    return true;
  };
  assertEquals<unknown>(parseArgs(["a", "5"], { string: ["_"], unknown }), { _: ["a", "5"] });
  assertEquals(seen, [["a", undefined], ["5", undefined]]);
});

const argumentCases: [string, string[], Parameters<typeof parseArgs>[1], unknown][] = [
  ["keeps text as text", ["--id", "007"], { string: ["id"] }, { id: "007" }],
  ["keeps an equals sign", ["--id=a=b"], { string: ["id"] }, { id: "a=b" }],
  ["keeps a line break", ["--id=a\nb"], { string: ["id"] }, { id: "a\nb" }],
  ["gives empty text to a value that is missing", ["--id"], { string: ["id"] }, { id: "" }],
  ["does not take an option for a value", ["--id", "--x"], { string: ["id"], boolean: ["x"] }, {
    id: "",
    x: true,
  }],
  ["takes a negative value after =", ["--id=-5"], { string: ["id"] }, { id: "-5" }],
  ["lets the last one win", ["--id=a", "--id=b"], { string: ["id"] }, { id: "b" }],
  ["reads --x=false", ["--x=false"], { boolean: ["x"] }, { x: false }],
  ["reads --x true", ["--x", "true"], { boolean: ["x"] }, { x: true }],
  ["negates what is negatable", ["--no-x"], { boolean: ["x"], negatable: ["x"] }, { x: false }],
  ["negates a default", ["--no-x"], { boolean: ["x"], negatable: ["x"], default: { x: true } }, {
    x: false,
  }],
  ["does not negate what is not negatable", ["--no-x"], { boolean: ["x"] }, {
    x: false,
    "no-x": true,
  }],
  ["groups letters", ["-ab", "v"], { boolean: ["a"] }, { a: true, b: "v" }],
  ["takes a letter's value", ["-d=x"], { string: ["driver"], alias: { driver: "d" } }, {
    driver: "x",
    d: "x",
  }],
  ["gives an alias the default", [], { alias: { driver: "d" }, default: { driver: "m" } }, {
    driver: "m",
    d: "m",
  }],
];
for (const [what, args, options, expected] of argumentCases) {
  Deno.test(`parseArgs() ${what}`, () => {
    assertEquals<unknown>(parseArgs(args, options), { _: [], ...expected as object });
  });
}

Deno.test("parseArgs() keeps what follows -- as it is", () => {
  assertEquals<unknown>(parseArgs(["a", "--", "--b", "5"]), { _: ["a", "--b", "5"] });
  assertEquals<unknown>(parseArgs(["a", "--", "--b"], { "--": true }), { _: ["a"], "--": ["--b"] });
});

Deno.test("parseArgs() stops early when told", () => {
  const args = parseArgsOfRoot(["--x", "cmd", "--y", "5"], { boolean: ["x"], stopEarly: true });
  assertEquals<unknown>(args, { _: ["cmd", "--y", "5"], x: true });
});

function lines(chunks: string[], options?: { allowCR: boolean }): Promise<string[]> {
  return Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new TextLineStream(options)));
}

Deno.test("TextLineStream splits at line ends, wherever the chunks end", async () => {
  assertEquals(await lines(["a\nb\r\nc"]), ["a", "b", "c"]);
  assertEquals(await lines(["a\r", "\nb\n", "\n", "c\n"]), ["a", "b", "", "c"]);
  assertEquals(await lines(["ab", "cd"]), ["abcd"]);
  assertEquals(await lines(["a\rb\n"]), ["a\rb"]);
  assertEquals(await lines(["a\r"]), ["a\r"]);
  assertEquals(await lines([]), []);
});

Deno.test("TextLineStream splits at carriage returns when told", async () => {
  assertEquals(await lines(["10%\r20%\r", "30%\n"], { allowCR: true }), ["10%", "20%", "30%"]);
  assertEquals(await lines(["a\r", "\nb\r"], { allowCR: true }), ["a", "b"]);
});

Deno.test("toText() reads text, and characters cut in two", async () => {
  const bytes = new TextEncoder().encode("aé€b");
  assertEquals(await toText(ReadableStream.from([bytes.slice(0, 2), bytes.slice(2)])), "aé€b");
  assertEquals(await toText(ReadableStream.from(["a", "b"])), "ab");
  assertEquals(await toText(ReadableStream.from([new Uint8Array([0xe2])])), "\ufffd");
});
