import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import { helpText, readOptions } from "./options.ts";

Deno.test("the command line is read", () => {
  const options = readOptions(
    [
      "ab",
      "--driver",
      "memory",
      "--measure",
      "list,life",
      "--set",
      "a=b",
      "--b",
      "c=d",
      "--runs=8",
    ],
  );
  const { command, driver, measures, settings, runs, sides, live } = options;
  assertEquals([command, driver, live, runs], ["ab", "memory", false, 8]);
  assertEquals([measures, settings], [["list", "life"], { a: "b" }]);
  assertEquals(sides.map((side) => side.settings), [{}, { c: "d" }]);
});

Deno.test("wrong use is told with what was perhaps meant", () => {
  const wrong: [string[], string][] = [
    [["--drvier", "memory"], 'did you mean "--driver"?'],
    [["comapre"], 'did you mean "compare"?'],
    [["--live", "--simulated"], "exclude each other"],
    [["--runs", "0"], "a whole number from 1"],
    [["--set", "x"], "KEY=VALUE"],
    [["html", "a", "b"], 'Unknown argument "b"'],
    [["gates", "memory"], 'Unknown argument "memory"'],
    [["--driver", "a", "--driver", "b"], "may be given once"],
  ];
  for (const [args, message] of wrong) {
    assertThrows(() => readOptions(args), UsageError, message);
  }
});

Deno.test("the help names every command", () => {
  const text = helpText(["memory"]);
  for (const word of ["compare", "ab", "gates", "record", "html", "list", "--live"]) {
    assertStringIncludes(text, word);
  }
});
