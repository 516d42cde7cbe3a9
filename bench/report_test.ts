import { assertEquals } from "@std/assert";
import type { Series, Unit } from "./lines.ts";
import { shown, trends } from "./report.ts";

for (
  const [value, text] of [
    [0, "0"],
    [0.012345, "0.0123"],
    [1, "1"],
    [10, "10"],
    [99.94, "99.9"],
    // Three digits of it are 100, whose zeros count.
    [99.96, "100"],
    [1234.5, "1235"],
    [-0.2004, "-0.2"],
    [NaN, "-"],
  ] as const
) {
  Deno.test(`${value} is shown as ${text}`, () => {
    assertEquals(shown(value), text);
  });
}

function series(unit: Unit, points: readonly (readonly [x: number, value: number])[]): Series[] {
  return points.map(([x, value]) => ({
    ...{ measure: "m", series: "s", x, unit, values: [value] },
    runs: new Map([[1, [value]]]),
  }));
}

Deno.test("the knee is where more at a time bring less than a tenth more", () => {
  const [text] = trends(series("machines/s", [[1, 2], [2, 4], [4, 7], [8, 7.2], [16, 7.1]]));
  assertEquals(
    text,
    "  s: speed-up 1: 1×, 2: 2×, 4: 3.5×, 8: 3.6×, 16: 3.55×; " +
      "nothing is gained beyond 4",
  );
});

Deno.test("what grows is told with its slope and its power", () => {
  const [text] = trends(series("ms", [[1, 0.1], [10, 1], [100, 10], [1000, 100]]));
  assertEquals(text, "  s: 0 + 10 ms per 100 (r² 1); grows with the power 1");
});
