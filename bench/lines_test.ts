import { assertEquals, assertThrows } from "@std/assert";
import { type Head, type Line, parseResults, resultsOf, type Sample, seriesOf } from "./lines.ts";

const HEAD: Head = {
  type: "head",
  version: 1,
  fingerprint: {
    driver: "memory",
    mode: "simulated",
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
  },
  commit: "abc",
  settings: {},
  quick: false,
  startedAt: "2026-01-02T03:04:05.000Z",
  load: 0,
};

function sample(over: Partial<Sample>): Sample {
  return { type: "sample", run: 1, measure: "m", series: "s", unit: "ms", value: 1, ...over };
}

Deno.test("what was written is read again", () => {
  const lines: Line[] = [
    HEAD,
    sample({ value: 3, x: 10 }),
    { type: "measure", run: 1, measure: "m", status: "measured" },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  assertEquals(parseResults(text), resultsOf(lines));
});

Deno.test("a file without a head, or with a line that is none, is refused", () => {
  assertThrows(() => parseResults(""), TypeError, "no head");
  assertThrows(() => resultsOf([sample({})]), TypeError, "no head");
  assertThrows(() => parseResults(`${JSON.stringify(HEAD)}\n{"type":`), TypeError, "Line 2");
});

Deno.test("a line that is JSON and no line is refused by its number", () => {
  const refused = (line: string, text = `${JSON.stringify(HEAD)}\n\n${line}`): void => {
    assertThrows(() => parseResults(text), TypeError, "Line 3 is neither");
  };
  refused("17");
  refused("null");
  refused(JSON.stringify({ ...sample({}), value: "1" }));
  refused(JSON.stringify({ ...sample({}), series: undefined }));
  assertThrows(
    () => parseResults(JSON.stringify({ ...HEAD, fingerprint: undefined })),
    TypeError,
    "Line 1 is neither",
  );
});

Deno.test("series keep units and dependencies apart, and warm-up out", () => {
  const series = seriesOf([
    sample({ value: 9, warmUp: true }),
    sample({ value: 1 }),
    sample({ value: 2, run: 2 }),
    sample({ value: 5, x: 1 }),
    sample({ value: 7, unit: "calls" }),
  ]);
  assertEquals(series.map(({ values }) => values), [[1, 2], [5], [7]]);
  assertEquals([...series[0]?.runs ?? []], [[1, [1]], [2, [2]]]);
});
