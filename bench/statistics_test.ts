import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  bootstrap,
  chance,
  compareRuns,
  deviation,
  fitLine,
  growth,
  isTwoHumped,
  mean,
  median,
  permutationTest,
  quantile,
  shuffled,
} from "./statistics.ts";

Deno.test("quantiles interpolate between neighbours", () => {
  // (4 - 1) * 0.5 = 1.5: half way from 2 to 4; (4 - 1) * 0.9 = 2.7: 4 + 0.7 * (10 - 4).
  assertEquals(median([10, 1, 4, 2]), 3);
  assertAlmostEquals(quantile([10, 1, 4, 2], 0.9), 8.2);
  assertEquals([quantile([7], 0.99), median([])], [7, NaN]);
});

Deno.test("mean and deviation are those of the textbook", () => {
  // Squares of 2, 4, 4, 4, 5, 5, 7, 9 around 5 add up to 32; 32 / 7 under the root.
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  assertEquals(mean(values), 5);
  assertAlmostEquals(deviation(values), 2.138089935);
});

Deno.test("the line of least squares is found", () => {
  assertEquals(fitLine([[1, 5], [2, 7], [3, 9]]), { slope: 2, intercept: 3, r2: 1 });
  // x: 1 2 3 4, y: 2 4 5 4: Sxx 5, Sxy 3.5, Syy 4.75; slope 0.7, intercept 2, r2 12.25 / 23.75.
  const { slope, intercept, r2 } = fitLine([[1, 2], [2, 4], [3, 5], [4, 4]]);
  assertAlmostEquals(slope, 0.7);
  assertAlmostEquals(intercept, 2);
  assertAlmostEquals(r2, 12.25 / 23.75);
});

Deno.test("growth tells linear from quadratic", () => {
  assertAlmostEquals(growth([[1, 3], [10, 30], [100, 300]]), 1);
  assertAlmostEquals(growth([[1, 3], [10, 300], [100, 30_000]]), 2);
});

Deno.test("the permutation test counts the ways to swap the pairs", () => {
  // All of one sign: only two of the 2^n ways are as far.
  assertEquals(permutationTest([1, 2, 3]), 2 / 8);
  assertEquals(permutationTest([1, 2, 3, 4, 5, 6, 7, 8]), 2 / 256);
  // |sum| 2 of 1, 2, -1: reached by (1,2,-1), (-1,2,1), (1,2,1) and their opposites: 6 of 8.
  assertEquals(permutationTest([1, 2, -1]), 6 / 8);
  assertEquals(permutationTest([0, 0, 0]), 1);
});

Deno.test("with many pairs the permutation test samples, the same each time", () => {
  const same = Array.from({ length: 30 }, (_, i) => i % 2 ? 1 : -1);
  assert(permutationTest(same) > 0.9);
  const apart = Array.from({ length: 30 }, (_, i) => 1 + i / 100);
  assert(permutationTest(apart) < 0.001);
  assertEquals(permutationTest(apart, 7), permutationTest(apart, 7));
});

Deno.test("chance depends on the seed alone", () => {
  const [a, b, c] = [chance(1), chance(1), chance(2)];
  const first = a();
  assertEquals(first, b());
  assert(first !== c() && first >= 0 && first < 1);
});

Deno.test("a bootstrap interval holds the mean", () => {
  assertEquals(bootstrap([3, 3, 3]), [3, 3]);
  const [low, high] = bootstrap([1, 2, 3, 4, 5]);
  assert(low >= 1 && low < 3 && high > 3 && high <= 5);
});

const TIMES = [100, 101, 99, 102, 98, 100, 101, 99];

Deno.test("a certain and large difference has its direction", () => {
  const slower = TIMES.map((it) => it * 1.2);
  const { verdict, ratio, p } = compareRuns(TIMES, slower);
  assertEquals([verdict, p], ["worse", 2 / 256]);
  assertAlmostEquals(ratio, 1.2);
  assertEquals(compareRuns(slower, TIMES).verdict, "better");
  assertEquals(compareRuns(TIMES, slower, { higherIsBetter: true }).verdict, "better");
});

Deno.test("a difference that is certain but small is none", () => {
  assertEquals(compareRuns(TIMES, TIMES.map((it) => it * 1.01)).verdict, "same");
});

Deno.test("too few or too noisy runs decide nothing, and say what they would have seen", () => {
  assertEquals(compareRuns([100, 100], [130, 130]).verdict, "undecided");
  const noisy = compareRuns(TIMES, [60, 150, 70, 160, 90, 130, 80, 140]);
  assertEquals(noisy.verdict, "undecided");
  assert(noisy.detectable > 0.3);
  assertEquals(compareRuns([1], [1]).detectable, Infinity);
});

Deno.test("two humps are told from one", () => {
  assert(isTwoHumped([99, 100, 101, 99, 100, 117, 118, 117]));
  assert(!isTwoHumped([99, 100, 101, 102, 103, 104, 105]));
  assert(!isTwoHumped([100, 100, 100, 100, 100, 100, 500]));
  assert(!isTwoHumped([1, 2]));
});

Deno.test("each order comes as often as any other, and the same seed gives the same ones", () => {
  const orders = (seed: number): string[] => {
    const next = chance(seed);
    return Array.from({ length: 6000 }, () => shuffled(["a", "b", "c"], next).join(""));
  };
  const counts = [...Map.groupBy(orders(1), (it) => it).values()].map(({ length }) => length);
  assertEquals(counts.length, 6);
  for (const count of counts) assertAlmostEquals(count, 1000, 150);
  assertEquals(orders(7), orders(7));
});
