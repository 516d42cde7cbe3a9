import { assert, assertEquals, assertThrows } from "@std/assert";
import { MEASURES } from "./measures/mod.ts";
import { isKept, parsePromises } from "./promises.ts";

const PROMISES = parsePromises(
  await Deno.readTextFile(new URL("PROMISES.md", import.meta.url)),
);

Deno.test("every promise has a benchmark that exists", () => {
  const known = ["gates", ...MEASURES.map(({ id }) => id)];
  assertEquals(PROMISES.filter(({ benchmark }) => !known.includes(benchmark)), []);
  assert(PROMISES.length > 0);
});

Deno.test("a promise is called kept if its evidence is within the bound, and only then", () => {
  assertEquals(PROMISES.filter((promise) => promise.kept !== isKept(promise)), []);
});

const HEAD = "| metric | bound | benchmark | last evidence | kept |\n| - | - | - | - | - |\n";

Deno.test("a promise without evidence, bound or benchmark is refused", () => {
  const good = "| A | at most 2 ms | `list` | 1 ms, simulator, 2026-01-02 | yes |";
  assertEquals(parsePromises(HEAD + good).map(({ metric, seen }) => [metric, seen]), [["A", 1]]);
  const bad = [
    "| A | at most 2 ms | `list` | | yes |",
    "| A | at most 2 ms | `list` | 1 ms, simulator | yes |",
    "| A | at most 2 ms | `list` | 1 ms, 2026-01-02 | yes |",
    "| A | soon | `list` | 1 ms, simulator, 2026-01-02 | yes |",
    "| A | at most 2 ms | | 1 ms, simulator, 2026-01-02 | yes |",
  ];
  for (const row of bad) assertThrows(() => parsePromises(HEAD + row), TypeError, "needs a bound");
});
