import { assertRejects } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import { runSides } from "./ab.ts";
import { readOptions } from "./options.ts";

const wrong: readonly (readonly [line: readonly string[], problem: string])[] = [
  [[], "Name a driver"],
  [["--driver", "memory", "--measure", "liife"], 'did you mean "life"'],
  [["--driver", "memory", "--b-checkout", "/nowhere"], '"--b-checkout" has no benchmarks'],
];

for (const [line, problem] of wrong) {
  Deno.test(`sides are not run before it is told: ${problem}`, async () => {
    await assertRejects(() => runSides(readOptions(["ab", ...line])), UsageError, problem);
  });
}
