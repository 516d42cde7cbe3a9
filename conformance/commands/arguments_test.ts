import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { assertOptionsOf, type Option, optionLines, readArguments } from "./arguments.ts";
import { UsageError } from "./usage.ts";

const OPTIONS: readonly Option[] = [
  { name: "driver", value: "NAME", help: "the driver" },
  { name: "set", value: "KEY=VALUE", many: true, help: "a setting" },
  { name: "live", help: "live" },
  { name: "update", of: ["gates"], help: "update" },
];

Deno.test("readArguments() reads words, switches and values, in any order", () => {
  const { words, has, one, all } = readArguments(
    ["run", "--set", "a=b", "--live", "x", "--set=c=-d", "--driver", "m", "--", "--y"],
    OPTIONS,
  );
  assertEquals(words, ["run", "x", "--y"]);
  assertEquals([has("live"), has("update")], [true, false]);
  assertEquals([one("driver"), all("set")], ["m", ["a=b", "c=-d"]]);
});

const wrong: [string[], string][] = [
  [["--drivr", "m"], 'Unknown option "--drivr": did you mean "--driver"?'],
  [["-x"], 'Unknown option "-x": known: "--driver"'],
  [["--driver"], '"--driver" needs a value: --driver NAME'],
  [["--driver="], '"--driver" needs a value'],
  [["--driver", "--live"], '"--driver" needs a value'],
  [["--live=no"], '"--live" takes no value'],
  [["--driver", "a", "--driver", "b"], '"--driver" may be given once'],
];

for (const [args, message] of wrong) {
  Deno.test(`readArguments() refuses ${JSON.stringify(args.join(" "))}`, () => {
    assertThrows(() => readArguments(args, OPTIONS), UsageError, message);
  });
}

for (const args of [["--help"], ["-h"], ["--nonsense", "--help"]]) {
  Deno.test(`readArguments() takes ${args.join(" ")} as a wish for help`, () => {
    assertEquals(readArguments(args, OPTIONS).help, true);
  });
}

Deno.test("an option of another command is refused", () => {
  const given = readArguments(["--update"], OPTIONS);
  assertOptionsOf("gates", given, OPTIONS);
  const message = '"--update" is for "gates", and not for "run"';
  assertThrows(() => assertOptionsOf("run", given, OPTIONS), UsageError, message);
});

Deno.test("the help has a line for each option", () => {
  const text = optionLines(OPTIONS);
  assertEquals(text.split("\n").length, OPTIONS.length + 2);
  assertStringIncludes(text, "  --set KEY=VALUE  a setting; repeatable\n");
});
