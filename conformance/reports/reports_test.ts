import { assert, assertEquals, assertThrows } from "@std/assert";
import { run } from "../engine/engine.ts";
import type { Event } from "../engine/events.ts";
import {
  collected,
  FAILING,
  FAKE_CLAUSES,
  fakeCase,
  fakeSubject,
  PASSING,
} from "../engine/fake_subject_test.ts";
import { UsageError } from "../commands/usage.ts";
import { merged, parseEvents, type Reporter, REPORTERS, type Style } from "./mod.ts";

const PLAIN: Style = { color: false, live: false };
const FOLDER = new URL("__snapshots__/", import.meta.url);

const CASES = [
  fakeCase("create.passes", PASSING),
  fakeCase("create.fails", FAILING, {
    title: 'A title with <markup> & "quotes" | bars',
    checks: { ok: "a.must", later: "a.must", last: "a.must" },
  }),
  fakeCase("create.leaks", async (context) => {
    await context.fresh.machine();
    await PASSING(context);
  }),
  fakeCase("create.throws", () => Promise.reject(new TypeError("x is\nundefined ]]>"))),
  fakeCase(
    "start.warns",
    ({ check }) => Promise.resolve(check.equal("ok", "names", ["b", "a"], ["a", "b"])),
    { checks: { ok: "a.should" } },
  ),
  fakeCase("start.unsupported", PASSING, { needs: ["machine.saving"] }),
  fakeCase("start.not-run", PASSING, { needs: ["faults"] }),
  fakeCase("start.known", FAILING),
  fakeCase("stop.harness", ({ check }) => Promise.resolve(check.equal("other", "x", 1, 1))),
];

/** A run with every status but flaky, always the same. */
async function exampleRun(): Promise<Event[]> {
  const subject = fakeSubject({
    mode: "live",
    onDelete: (name, host) => {
      if (!name.includes(".v") || host.size > 1) host.delete(name);
    },
  });
  const events = await collected(run(CASES, subject, {
    seed: "seed-1",
    startedAt: "2026-01-31T12:00:00.000Z",
    command: ["--driver", "./my driver.ts", "--live"],
    known: Array.from({ length: 12 }, (_, index) => `case-${index}`),
    clauses: FAKE_CLAUSES,
    knownFailures: [
      { case: "start.known", reason: "The backend is wrong" },
      { case: "create.passes", reason: "It was wrong" },
    ],
  }));
  return events.map((event) =>
    "stack" in event ? { ...event, stack: "TypeError: x is\n    at case.ts:1:1" } : event
  );
}

function rendered(reporter: Reporter, events: readonly Event[], style = PLAIN): string {
  const report = reporter(style);
  return events.map(report).join("");
}

async function assertSnapshot(name: string, text: string): Promise<void> {
  const file = new URL(name, FOLDER);
  if (Deno.args.includes("--update")) await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

for (const [name, reporter] of Object.entries(REPORTERS)) {
  Deno.test(`the report ${name} is what it was`, async () => {
    await assertSnapshot(`${name}.txt`, rendered(reporter, await exampleRun()));
  });
}

Deno.test("the report pretty paints, and shows progress, on a terminal", async () => {
  const text = rendered(REPORTERS.pretty!, await exampleRun(), { color: true, live: true });
  await assertSnapshot("pretty_live.txt", text);
});

Deno.test("a run that was written down renders as it did", async () => {
  const events = await exampleRun();
  const read = parseEvents(rendered(REPORTERS.ndjson!, events));
  for (const reporter of Object.values(REPORTERS)) {
    assertEquals(rendered(reporter, read), rendered(reporter, events));
  }
});

Deno.test("no report says 100 %", async () => {
  const events = await collected(
    run([fakeCase("a", PASSING)], fakeSubject(), {
      seed: "s",
      startedAt: "2026-01-01T00:00:00Z",
      clauses: FAKE_CLAUSES,
    }),
  );
  for (const reporter of Object.values(REPORTERS)) {
    assert(!/100\s*%/.test(rendered(reporter, events)));
  }
});

Deno.test("a headline tells a replay's date and origin", async () => {
  const events = await collected(
    run(
      [fakeCase("a", PASSING)],
      fakeSubject({ mode: "replayed", recordedAt: "2026-01-31T01:02" }),
      {
        seed: "s",
        startedAt: "2026-02-01T00:00:00Z",
        clauses: FAKE_CLAUSES,
        known: ["a", "b", "c"],
      },
    ),
  );
  const text = rendered(REPORTERS.markdown!, events);
  assertEquals(
    text.split("\n")[0],
    "## fake (replayed, simulator, recorded 2026-01-31): 1/1 passed · 2 not selected",
  );
});

Deno.test("parseEvents refuses what is no complete run", () => {
  assertThrows(() => parseEvents("{"), TypeError, "Line 1 of the events is no JSON");
  assertThrows(() => parseEvents(""), TypeError, "do not begin");
  const start = '{"type":"run-start","version":1}';
  assertThrows(() => parseEvents(start), TypeError, "was not finished");
  const end = '{"type":"run-end"}';
  for (const text of [`${start}\n${end}`, `${start}\nnull\n${end}`]) {
    assertThrows(() => parseEvents(text), TypeError, "is no whole event");
  }
});

/** A run of some cases by one driver. */
async function runOf(
  ids: readonly string[],
  { driver = "fake", seed = "s" } = {},
): Promise<Event[]> {
  const cases = ids.map((id) => fakeCase(id, id === "b" ? FAILING : PASSING));
  return await collected(run(cases, { ...fakeSubject(), driver }, {
    seed,
    startedAt: "2026-01-01T00:00:00Z",
    command: ["--driver", driver],
    known: ["a", "b", "c"],
    clauses: FAKE_CLAUSES,
  }));
}

Deno.test("shards of one run are merged into it", async () => {
  const events = merged([await runOf(["a"]), await runOf(["b", "c"], { seed: "t" })]);
  const [first] = rendered(REPORTERS.markdown!, events).split("\n");
  assertEquals(first, "## fake (simulated, simulator): 2/3 passed · 1 failed");
  const { exitCode, cases } = JSON.parse(rendered(REPORTERS.json!, events));
  assertEquals([exitCode, cases.length], [1, 3]);
  assertEquals(cases[1].repeat, "deno task conformance --driver fake --seed t b");
});

Deno.test("a matrix is merged by driver, and what no shard ran is counted", async () => {
  const events = merged([await runOf(["a"]), await runOf(["a", "c"], { driver: "other" })]);
  const [first] = rendered(REPORTERS.markdown!, events).split("\n");
  assertEquals(
    first,
    "## fake and other (simulated, simulator): 3/3 passed · 3 not selected",
  );
  const { cases } = JSON.parse(rendered(REPORTERS.json!, events));
  assertEquals(cases[1].id, "other (simulated)/a");
  assertEquals(cases[1].repeat, "deno task conformance --driver other --seed s a");
});

Deno.test("a case that two shards have is refused", async () => {
  const [one, other] = [await runOf(["a"]), await runOf(["a", "c"])];
  assertThrows(() => merged([one, other]), UsageError, 'two of them have case "a"');
});

Deno.test("a text that a driver made does nothing to who reads it", async () => {
  const evil = "\x1b[2J\u0000\u202e<script>alert(1)</script> ]]> | `x`\r\n::error::x";
  const events = (await exampleRun()).map((event): Event =>
    event.type === "case-end" && event.reason !== undefined ? { ...event, reason: evil } : event
  );
  const { json: _, ndjson: __, ...forPeople } = REPORTERS;
  for (const [name, reporter] of Object.entries(forPeople)) {
    const text = rendered(reporter, events);
    // deno-lint-ignore no-control-regex -- exactly those
    assert(!/[\u0000\u001b\u202e\r]/.test(text), name);
    if (name === "html") assert(!text.includes("<script"), name);
    if (name === "markdown") assert(!/(?<!\\)<script/.test(text.split("###")[0] ?? ""), name);
  }
});

Deno.test("a known failure that does not fail is a failure in JUnit's report, too", async () => {
  const events = await collected(
    run([fakeCase("a", PASSING)], fakeSubject(), {
      seed: "s",
      startedAt: "2026-01-01T00:00:00Z",
      clauses: FAKE_CLAUSES,
      knownFailures: [{ case: "a", reason: "r" }],
    }),
  );
  const text = rendered(REPORTERS.junit!, events);
  assert(text.includes('tests="2" failures="1"'), text);
  assert(text.includes('<failure type="stale" message="Known to fail, but it does not: a"'), text);
});
