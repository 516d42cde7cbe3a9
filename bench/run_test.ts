import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withMembers } from "../conformance/engine/tracker.ts";
import { simulationOf } from "../conformance/simulations/mod.ts";
import type { AnyModule } from "../conformance/compose/load_module.ts";
import type { Driver } from "../drivers/contract/mod.ts";
import { MEMORY } from "../drivers/memory/mod.ts";
import { htmlPage } from "./html.ts";
import { type Line, resultsOf } from "./lines.ts";
import type { AnyMeasure, Measure } from "./measure.ts";
import { CALLS } from "./measures/calls.ts";
import { EVENTS } from "./measures/events.ts";
import { MEASURES } from "./measures/mod.ts";
import { NOTICE } from "./measures/notice.ts";
import { summary } from "./report.ts";
import { runMeasures } from "./run.ts";

async function measured(
  measures: readonly AnyMeasure[],
  module: AnyModule = MEMORY,
): Promise<{ lines: Line[]; leaks: unknown }> {
  const lines: Line[] = [];
  const leaks = await runMeasures({
    ...{ module, mode: "live", driver: module.name, settings: {}, quick: true, run: 1 },
    ...{ measures, seed: "s", emit: (line) => lines.push(line) },
  });
  return { lines, leaks };
}

Deno.test("a measure leaves nothing behind, and says what it counted", async () => {
  const { lines, leaks } = await measured([CALLS]);
  assertEquals(leaks, []);
  const starts = lines.filter((line) => line.type === "sample" && line.series === "machine.start");
  assertEquals(starts.length, 1);
  assertEquals(lines.at(-1), { type: "measure", run: 1, measure: "calls", status: "measured" });
});

Deno.test("a measure that fails is told, and what it made is removed all the same", async () => {
  const { lines, leaks } = await measured([{
    id: "broken",
    title: "Breaks",
    async run({ fresh }) {
      await fresh.machine();
      throw new Error("it broke");
    },
  }]);
  assertEquals(leaks, []);
  const [end] = lines;
  assert(end?.type === "measure" && end.status === "failed");
  assertStringIncludes(end.reason ?? "", "it broke");
});

/** A stream in which nothing ever comes. */
function silence(signal: AbortSignal): ReadableStream<never> {
  return new ReadableStream({
    start: (controller) => signal.addEventListener("abort", () => controller.close()),
  });
}

Deno.test("events that are lost fail their measure", async () => {
  const deaf: Measure = {
    ...EVENTS,
    run(bench) {
      const events: Driver["events"] = {
        subscribe: ({ signal }) => Promise.resolve(silence(signal)),
      };
      return EVENTS.run(withMembers(bench, { driver: withMembers(bench.driver, { events }) }));
    },
  };
  const { lines } = await measured([deaf]);
  const end = lines.at(-1);
  assert(end?.type === "measure" && end.status === "failed");
  assertStringIncludes(end.reason ?? "", "44 events missed, 0 more than once");
});

Deno.test("what cannot be measured here is named with its reason", async () => {
  const peers = MEASURES.filter(({ id }) => id === "peers" || id === "pipe");
  const { lines } = await measured(peers);
  assertEquals(lines.map((line) => line.type === "measure" && [line.measure, line.reason]), [
    ["peers", 'It is about driver "libvirt"'],
    ["pipe", 'It is about driver "hyperv"'],
  ]);
});

Deno.test("of a driver of utility VMs the measures of its own contract are taken, and none is left", async () => {
  const both = MEASURES.filter(({ id }) => id === "calls" || id === "life" || id === "list");
  const { lines, leaks } = await measured(both, await simulationOf("hcs"));
  assertEquals(leaks, []);
  const ends = lines.filter((line) => line.type === "measure");
  assertEquals(ends.map(({ measure, status, reason }) => [measure, status, reason]), [
    ["list", "missing", 'It is about the contract "driver"'],
    ["life", "measured", undefined],
    ["calls", "measured", undefined],
  ]);
});

Deno.test("of a driver of tasks it is measured how soon an end is told, in looks and after the event", async () => {
  const { lines, leaks } = await measured([NOTICE]);
  assertEquals(leaks, []);
  const samples = lines.filter((line) => line.type === "sample");
  const of = (series: string): number[] =>
    samples.filter((line) => line.series === series && !line.warmUp).map(({ value }) => value);
  const [looks, told] = [of("one look"), of("from the hypervisor's event")];
  assertEquals([looks.length, of("from the end").length, told.length], [3, 3, 3]);
  // The hypervisor in memory tells of it, so that nobody has to look twice.
  assert(Math.max(...told) <= Math.min(...looks), `${told} after the event, ${looks} for a look`);
});

Deno.test("the page has every series and no script, and names are text in it", () => {
  const fingerprint = {
    ...{ driver: "<b>", mode: "live", origin: "simulator", versions: { a: "1" } } as const,
    ...{ cpu: "c", cores: 1, nested: false, governor: "", ramMiB: 1, os: "o", deno: "d" },
    clockSource: "",
  };
  const sample = { type: "sample", run: 1, measure: "m", unit: "ms" } as const;
  const results = resultsOf([
    {
      ...{ type: "head", version: 1, commit: "", settings: {}, quick: true } as const,
      ...{ startedAt: "2026-01-02", load: 0, fingerprint },
    },
    ...[1, 2, 3, 3, 4].map((value) => ({ ...sample, series: "a & b", value })),
    ...[1, 10, 100].map((x) => ({ ...sample, series: "list", x, value: x * 2 })),
    { type: "measure", run: 1, measure: "gone", status: "missing", reason: "no <facet>" },
  ]);
  const page = htmlPage(results);
  for (const text of ["a &amp; b", "&lt;b&gt;", "<svg", "no &lt;facet&gt;"]) {
    assertStringIncludes(page, text);
  }
  assert(!page.includes("<script") && !page.includes("<b>"));
  const text = summary(results);
  assertStringIncludes(text, "gone: missing: no <facet>");
  assertStringIncludes(text, "list: 0 + 200 ms per 100");
});
