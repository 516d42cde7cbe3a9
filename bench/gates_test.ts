import { assertEquals } from "@std/assert";
import { countGates, countsOf, generalGates } from "./gates.ts";
import type { Sample, Unit } from "./lines.ts";

function sample(series: string, value: number, unit: Unit, x?: number): Sample {
  return {
    type: "sample",
    run: 1,
    measure: "m",
    series,
    unit,
    value,
    ...(x !== undefined && { x }),
  };
}

Deno.test("one call more or less shuts a gate, and so does an operation that nobody knows", () => {
  const seen = countsOf([sample("get", 2, "calls"), sample("list", 1, "calls", 10)]);
  assertEquals(seen, { "get": 2, "list [10]": 1 });
  const shut = (kept: Record<string, number>): string[] =>
    countGates("d", kept, seen).filter(({ ok }) => !ok).map(({ name }) => name);
  assertEquals(shut({ "get": 2, "list [10]": 1 }), []);
  assertEquals(shut({ "get": 3, "list [10]": 1 }), ["d: get"]);
  assertEquals(shut({ "get": 2 }), ["d: list [10]"]);
  assertEquals(shut({ "get": 2, "list [10]": 1, "gone": 1 }), ["d: gone"]);
});

Deno.test("lost events and lists that grow with the square shut a gate", () => {
  const verdicts = (samples: Sample[]): boolean[] => generalGates("d", samples).map(({ ok }) => ok);
  const listing = (times: number[]): Sample[] =>
    times.map((ms, at) => sample("list", ms, "ms", 10 ** (at + 1)));
  assertEquals(verdicts([sample("missed", 0, "events"), ...listing([1, 10, 100])]), [true, true]);
  assertEquals(verdicts([sample("missed", 1, "events"), ...listing([1, 100, 9000])]), [
    false,
    false,
  ]);
});

Deno.test("memory that stays of machines that are gone shuts a gate", () => {
  const held = (slope: number): boolean[] =>
    generalGates("d", [0, 20, 40].map((x) => sample("cycles done", 10 + slope * x, "MiB", x)))
      .map(({ ok }) => ok);
  assertEquals([held(0.01), held(0.03)], [[true], [false]]);
});
