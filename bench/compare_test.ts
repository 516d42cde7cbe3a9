import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import { turns } from "./ab.ts";
import { compare, comparisonTable, unpaired } from "./compare.ts";
import type { Fingerprint, Results, Unit } from "./lines.ts";

function results(values: readonly number[], fingerprint: Partial<Fingerprint> = {}): Results {
  const at: Fingerprint = {
    driver: "memory",
    mode: "live",
    origin: "simulator",
    versions: {},
    cpu: "a processor",
    cores: 2,
    nested: false,
    governor: "unknown",
    ramMiB: 1024,
    os: "linux",
    deno: "2",
    clockSource: "tsc",
    ...fingerprint,
  };
  const head = {
    ...{ type: "head", version: 1, commit: "a", settings: {}, quick: false } as const,
    ...{ startedAt: "2026-01-02T03:04:05.000Z", load: 0, fingerprint: at },
  };
  const of = (unit: Unit) =>
    values.flatMap((value, run) =>
      // Three samples in each run: the run counts once, by its median.
      [value, value, value * 100].map((it) => ({
        ...{ type: "sample", run: run + 1, measure: "m", series: unit, unit, value: it } as const,
      }))
    );
  return { head, samples: [...of("ms"), ...of("MiB/s")], ended: [] };
}

const TIMES = [10, 11, 10, 9, 10, 11, 10, 9];

Deno.test("runs are compared by their medians, and more is better where it is a speed", () => {
  const compared = compare(results(TIMES), results(TIMES.map((it) => it * 2)));
  assertEquals(compared.map(({ of, verdict, pairs }) => [of.unit, verdict, pairs]), [
    ["ms", "worse", 8],
    ["MiB/s", "better", 8],
  ]);
  assertStringIncludes(comparisonTable(compared), "m: ms");
});

Deno.test("what was measured elsewhere is not compared unless that is asked for", () => {
  const [a, b] = [results(TIMES), results(TIMES, { cores: 64 })];
  assertThrows(() => compare(a, b), UsageError, "cores: 2 and 64");
  assertEquals(compare(a, b, { anyway: true })[0]?.verdict, "same");
});

Deno.test("a run that one side lacks pairs with none", () => {
  const whole = results([10, 20, 30, 40]);
  const part = { ...whole, samples: whole.samples.filter(({ run }) => run !== 2) };
  assertEquals(compare(whole, part).map(({ pairs, ratio }) => [pairs, ratio]), [[3, 1], [3, 1]]);
});

Deno.test("nothing on both sides is the same, and something in place of nothing is worse", () => {
  const [none, some] = [TIMES.map(() => 0), TIMES.map(() => 5)];
  assertEquals(compare(results(none), results(none))[0]?.verdict, "same");
  assertEquals(compare(results(none), results(some))[0]?.verdict, "worse");
});

Deno.test("each verdict comes where it is due", () => {
  const verdict = (values: readonly number[]): string | undefined =>
    compare(results(TIMES), results(values))[0]?.verdict;
  const by = (factor: number): number[] => TIMES.map((it) => it * factor);
  assertEquals([0.8, 1.25, 1.001].map((it) => verdict(by(it))), ["better", "worse", "same"]);
  assertEquals(verdict(TIMES.map((it, at) => at % 2 === 0 ? it * 2 : it / 2)), "undecided");
  const few = results(by(0.5).slice(0, 7));
  assertEquals(compare(results(TIMES), few)[0]?.verdict, "undecided");
  assertStringIncludes(comparisonTable(compare(results(TIMES), few)), "Fewer than 8 runs");
});

Deno.test("what is below zero has no ratio, and so no verdict", () => {
  const [early, earlier] = [results([-1, -1, -1, -1]), results([-2, -2, -2, -2])];
  const [{ verdict, p } = { verdict: "", p: 0 }] = compare(early, earlier);
  assertEquals([verdict, p], ["undecided", NaN]);
});

Deno.test("files without a series in common are refused, and what one of them lacks is named", () => {
  const [both, one] = [results(TIMES), results(TIMES)];
  const some = { ...one, samples: one.samples.filter(({ unit }) => unit === "ms") };
  assertEquals(unpaired(both, some), ["Only in A: m: MiB/s"]);
  assertEquals(unpaired(some, both), ["Only in B: m: MiB/s"]);
  assertThrows(() => compare(both, { ...one, samples: [] }), UsageError, "nothing in common");
});

Deno.test("a quick run is not compared with a whole one", () => {
  const [whole, quick] = [results(TIMES), results(TIMES)];
  const other = { ...quick, head: { ...quick.head, quick: true } };
  assertThrows(() => compare(whole, other), UsageError, "quick: false and true");
});

Deno.test("sides take turns, and each begins as often", () => {
  assertEquals(turns(3), [0, 1, 1, 0, 0, 1]);
});
