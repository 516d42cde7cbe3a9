import { assertEquals, assertRejects } from "@std/assert";
import type { AnyCase, Case } from "../case.ts";
import { run, type RunOptions } from "./engine.ts";
import type { CaseEnd, CheckEvent, Event, RunEnd } from "./events.ts";
import {
  collected,
  type Defects,
  FAILING,
  FAKE_CLAUSES,
  fakeCase,
  fakeSubject,
  PASSING,
} from "./fake_subject_test.ts";
import { MemoryLedger } from "./ledger.ts";
import type { Subject } from "./subject.ts";

const OPTIONS: RunOptions = {
  seed: "s",
  startedAt: "2026-01-01T00:00:00Z",
  clauses: FAKE_CLAUSES,
};

/** Runs cases, and answers the ends and the checks by id. */
async function ran(
  cases: readonly AnyCase[],
  subject: Subject | Defects = {},
  options: Partial<RunOptions> = {},
): Promise<{ ends: CaseEnd[]; end: RunEnd; checks: CheckEvent[]; events: Event[] }> {
  const given = "open" in subject ? subject : fakeSubject(subject);
  const events = await collected(run(cases, given, { ...OPTIONS, ...options }));
  const end = events.at(-1);
  if (end?.type !== "run-end") throw new Error("The last event is no run-end");
  return {
    events,
    end,
    ends: events.filter((it) => it.type === "case-end"),
    checks: events.filter((it) => it.type === "check"),
  };
}

const outcome = ({ status, reason }: CaseEnd): unknown[] => [status, reason];

const checkOutcomes = (checks: readonly CheckEvent[]): Record<string, string> =>
  Object.fromEntries(checks.map(({ check, status }) => [check, status]));

Deno.test("a case whose checks pass is a pass, and the run conformant", async () => {
  const { end, checks, events } = await ran([fakeCase("a", PASSING)]);
  assertEquals(events.map((it) => it.type), [
    "run-start",
    "case-start",
    "check",
    "check",
    "check",
    "case-end",
    "run-end",
  ]);
  assertEquals(checkOutcomes(checks), { ok: "pass", completes: "pass", "no-leak": "pass" });
  assertEquals([end.totals.passed, end.totals.required, end.exitCode], [1, 1, 0]);
});

Deno.test("a failed check tells clause, expected, seen and subject", async () => {
  const { end, checks } = await ran([fakeCase("a", FAILING)]);
  assertEquals(checks[0], {
    type: "check",
    case: "a",
    check: "ok",
    attempt: 1,
    clause: "a.must",
    level: "must",
    status: "fail",
    subject: "number",
    expected: 2,
    seen: 1,
    text: "It must",
    source: "https://example.com/must",
  });
  assertEquals(end.exitCode, 1);
});

Deno.test("a failed check of a should clause is a warning, and not required", async () => {
  const { end, ends } = await ran([
    fakeCase("a", ({ check }) => Promise.resolve(check.equal("ok", "number", 1, 2)), {
      checks: { ok: "a.should" },
    }),
  ]);
  // The engine's own checks of that case are bound to its first clause, the leak to its own.
  assertEquals([ends[0]?.status, end.exitCode], ["warn", 0]);
});

Deno.test("an unexpected error fails what was not reached, and the case's end", async () => {
  const { checks, ends } = await ran([
    fakeCase("a", () => Promise.reject(new TypeError("x is undefined"))),
  ]);
  assertEquals(checks[0]?.notReached, "TypeError: x is undefined");
  assertEquals(checkOutcomes(checks), { ok: "fail", completes: "fail", "no-leak": "pass" });
  assertEquals(outcome(ends[0]!), ["fail", "TypeError: x is undefined"]);
});

Deno.test("a failed succeeds ends the case without an error of its own", async () => {
  const { checks } = await ran([
    fakeCase("a", async ({ check }) => {
      await check.succeeds("ok", "call", () => Promise.reject(new Error("no")));
    }, { checks: { ok: "a.must", later: "a.must" } }),
  ]);
  assertEquals(checkOutcomes(checks), {
    ok: "fail",
    later: "fail",
    completes: "pass",
    "no-leak": "pass",
  });
});

Deno.test("a check that its case does not declare, or makes twice, is a harness error", async () => {
  const { end, ends } = await ran([
    fakeCase("undeclared", ({ check }) => Promise.resolve(check.equal("other", "x", 1, 1))),
    fakeCase("twice", async ({ check, settled }) => {
      check.equal("ok", "x", 1, 1);
      await settled([Promise.resolve().then(() => check.equal("ok", "x", 1, 1))]);
    }),
    fakeCase("unknown-clause", PASSING, { checks: { ok: "a.nothing" } }),
  ]);
  assertEquals(ends.map(outcome), [
    ["harness-error", 'Check "undeclared/other" is not among those that its case declares'],
    ["harness-error", 'Check "twice/ok" was made twice'],
    ["harness-error", 'Check "unknown-clause/ok" names no clause: "a.nothing"'],
  ]);
  assertEquals(end.exitCode, 3);
});

Deno.test("a world that cannot be opened, or complains at its end, is a harness error", async () => {
  const { end, ends } = await ran([fakeCase("a", PASSING), fakeCase("b", PASSING)], {
    onOpen({ case: { id } }) {
      if (id === "a") throw new Error("There is no tape");
    },
    onDispose() {
      throw new Error("A line is unused");
    },
  });
  assertEquals(ends.map(outcome), [
    ["harness-error", "There is no tape"],
    ["harness-error", "A line is unused"],
  ]);
  assertEquals(end.exitCode, 3);
});

Deno.test("an image that cannot be made is a harness error", async () => {
  const { ends } = await ran([fakeCase("a", async ({ fresh }) => void await fresh.guest())]);
  assertEquals(outcome(ends[0]!), [
    "harness-error",
    "Cannot get the guest image: Error: mkfs.ext4 is missing",
  ]);
});

Deno.test("a facet that is not claimed is unsupported, and what cannot be shown is not run", async () => {
  const { end, ends } = await ran([
    fakeCase("a", PASSING, { needs: ["machine.saving"] }),
    fakeCase("b", PASSING, { needs: ["faults"] }),
    fakeCase("c", PASSING, { needs: ["host.reboot"] }),
  ], { claims: { host: { inapplicable: { reboot: "hosts do not restart" } } } });
  assertEquals(ends.map(outcome), [
    ["unsupported", 'The driver does not claim "machine.saving"'],
    ["not-run", "The subject cannot show it: faults cannot be planned"],
    ["unsupported", '"host.reboot" makes no sense here: hosts do not restart'],
  ]);
  assertEquals([end.totals.required, end.exitCode], [1, 5]);
});

Deno.test("a case that takes too long fails, on the world's clock", async () => {
  const { ends, checks } = await ran(
    [fakeCase("a", ({ clock }) => clock.sleep(10_000_000))],
    {},
    { caseTimeoutMs: 1000 },
  );
  assertEquals(checks[0]?.notReached, "CaseTimeout: Not done after 1000 ms");
  assertEquals([ends[0]?.status, ends[0]?.ms], ["fail", 1000]);
});

Deno.test("what a case makes is removed, and struck out of the ledger", async () => {
  const ledger = new MemoryLedger();
  const subject = fakeSubject();
  const { end } = await ran(
    [fakeCase("a", async ({ fresh, check }) => {
      await fresh.machine();
      check.equal("ok", "ledger", ledger.open().map((it) => it.kind), ["image", "machine"]);
    })],
    subject,
    { ledger },
  );
  assertEquals([end.exitCode, [...subject.host], ledger.open()], [0, [], []]);
});

Deno.test("what a driver leaves is a failure of the case that made it", async () => {
  const ledger = new MemoryLedger();
  const making = fakeCase("a", async (context) => {
    await context.fresh.machine();
    await PASSING(context);
  });
  const { end, ends, checks } = await ran([making], { onDelete: () => {} }, { ledger });
  assertEquals(checkOutcomes(checks), { ok: "pass", completes: "pass", "no-leak": "fail" });
  assertEquals(ends[0]?.leaks?.length, 1);
  assertEquals([end.exitCode, end.leaks], [1, []]);
  assertEquals(ledger.open().map((it) => it.kind), ["image", "machine"]);
});

Deno.test("leaks remain only after a live run, and outweigh its failures", async () => {
  const making = fakeCase("a", async ({ fresh }) => void await fresh.machine());
  const { end } = await ran([making], { onDelete: () => {}, mode: "live" });
  assertEquals([end.leaks.length, end.exitCode], [1, 4]);
});

const blind = (): never => {
  throw new Error("The host is gone");
};
const makes = fakeCase("a", async ({ fresh }) => void await fresh.machine());

Deno.test("what was made and cannot be removed is left, although nobody can look", async () => {
  const ledger = new MemoryLedger();
  const { end, checks } = await ran(
    [makes],
    { onLook: blind, onDelete: blind, mode: "live" },
    { ledger },
  );
  const leak = checks.find(({ check }) => check === "no-leak");
  assertEquals(
    (leak?.seen as string[])[1],
    "It cannot be told what is left: Error: The host is gone",
  );
  assertEquals([end.leaks.length, end.exitCode], [1, 4]);
  assertEquals(ledger.open().map((it) => it.kind), ["image", "machine"]);
});

Deno.test("what cannot be told is a failure, but nothing left, if nothing was made", async () => {
  const ledger = new MemoryLedger();
  const { end, ends } = await ran(
    [makes],
    { onLook: blind, onCreate: blind, onDelete: blind, mode: "live" },
    { ledger },
  );
  assertEquals([ends[0]?.status, end.leaks, end.exitCode], ["fail", [], 1]);
  assertEquals(ledger.open().map((it) => it.kind), ["image", "machine"]);
});

Deno.test("a ledger that cannot be written is the harness's failure, and nothing is made", async () => {
  const full = { intend: () => Promise.reject(new Error("The ledger is full")) };
  const ledger = Object.assign(new MemoryLedger(), full);
  const subject = fakeSubject({ mode: "live" });
  const { end, ends } = await ran([makes], subject, { ledger });
  assertEquals(ends.map(outcome), [["harness-error", "The ledger is full"]]);
  assertEquals([end.exitCode, [...subject.host]], [3, []]);
});

Deno.test("clean-up has time, however little a case has", async () => {
  let pause = (): Promise<void> => Promise.resolve();
  const subject = fakeSubject({
    mode: "live",
    onDelete: async (name, host) => {
      await pause();
      host.delete(name);
    },
  });
  const making = fakeCase("a", async ({ clock, fresh }) => {
    pause = () => clock.sleep(5000);
    await fresh.machine();
  });
  const { end } = await ran([making], subject, { caseTimeoutMs: 1000 });
  assertEquals([end.leaks, [...subject.host]], [[], []]);
});

Deno.test("a foreign machine of the host is no leak", async () => {
  const subject = fakeSubject({}, new Set(["machine:somebody.c.m"]));
  const { end } = await ran([fakeCase("a", PASSING)], subject);
  assertEquals([end.exitCode, [...subject.host]], [0, ["machine:somebody.c.m"]]);
});

Deno.test("a bystander that a driver harms fails the case, and is removed", async () => {
  const subject = fakeSubject({
    onDelete: (name, host) => {
      for (const each of host) if (each.startsWith(name.slice(0, 12))) host.delete(each);
    },
  });
  const making = fakeCase("a", async (context) => {
    await context.fresh.machine();
    await PASSING(context);
  });
  const { checks } = await ran([making], subject, { bystander: true });
  assertEquals(checkOutcomes(checks), {
    ok: "pass",
    completes: "pass",
    bystander: "fail",
    "no-leak": "pass",
  });
  assertEquals([...subject.host], []);
});

Deno.test("mixed verdicts are flaky, never a pass", async () => {
  let count = 0;
  const { end, ends } = await ran(
    [fakeCase("a", (context) => count++ === 0 ? FAILING(context) : PASSING(context))],
    {},
    { repeat: 3 },
  );
  assertEquals([ends[0]?.status, ends[0]?.attempts], ["flaky", ["fail", "pass", "pass"]]);
  assertEquals(end.exitCode, 1);
});

Deno.test("a known failure does not fail the run, but a stale entry does", async () => {
  const cases = [fakeCase("a", FAILING), fakeCase("b", PASSING)];
  const known = { case: "a", check: "ok", reason: "issue 7" };
  const good = await ran(cases, {}, { knownFailures: [known] });
  assertEquals(good.ends.map(outcome), [["known-fail", "issue 7"], ["pass", undefined]]);
  assertEquals(good.end.exitCode, 0);
  const stale = await ran(cases, {}, { knownFailures: [known, { case: "b", reason: "old" }] });
  assertEquals([stale.end.stale, stale.end.exitCode], [["b"], 1]);
});

Deno.test("a failure beside the known one still fails", async () => {
  const { ends } = await ran(
    [fakeCase("a", FAILING)],
    {},
    { knownFailures: [{ case: "a", check: "no-leak", reason: "x" }] },
  );
  assertEquals(ends[0]?.status, "fail");
});

Deno.test("bail starts nothing after a failure", async () => {
  const { end, ends } = await ran(
    [fakeCase("a", FAILING), fakeCase("b", PASSING)],
    {},
    { bail: true },
  );
  assertEquals(ends.map((it) => it.status), ["fail", "not-run"]);
  assertEquals(end.exitCode, 1);
});

Deno.test("an interrupted run cleans up, and the rest is not run", async () => {
  const controller = new AbortController();
  const subject = fakeSubject({ mode: "live" });
  const stuck = fakeCase("a", async ({ fresh }) => {
    await fresh.machine();
    controller.abort();
    await new Promise(() => {});
  });
  const { end, ends } = await ran([stuck, fakeCase("b", PASSING)], subject, {
    signal: controller.signal,
  });
  assertEquals(ends.map((it) => it.status), ["not-run", "not-run"]);
  assertEquals([end.interrupted, end.exitCode, [...subject.host]], [true, 5, []]);
});

Deno.test("an interrupted run whose clean-up fails says that leaks remain", async () => {
  const controller = new AbortController();
  const stuck = fakeCase("a", async ({ fresh }) => {
    await fresh.machine();
    controller.abort();
    await new Promise(() => {});
  });
  const { end } = await ran([stuck], { mode: "live", onDelete: () => {} }, {
    signal: controller.signal,
  });
  assertEquals(end.exitCode, 4);
});

Deno.test("parallel cases run at the same time, and the totals add up", async () => {
  const waiting: (() => void)[] = [];
  const meeting: Case["run"] = async (context) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 2) waiting.forEach((wake) => wake());
    });
    await PASSING(context);
  };
  const { end } = await ran([fakeCase("a", meeting), fakeCase("b", meeting)], {
    mode: "live",
  }, { parallel: 2, known: ["a", "b", "c", "d", "e"] });
  assertEquals([end.totals.passed, end.totals.notSelected, end.exitCode], [2, 3, 0]);
});

Deno.test("a case that shakes the host runs after those that run beside each other", async () => {
  const cases = [fakeCase("a", PASSING, { needs: ["host.reboot"] }), fakeCase("b", PASSING)];
  const order = async (parallel: number): Promise<string[]> =>
    (await ran(cases, { mode: "live" }, { parallel })).ends.map((it) => it.case);
  assertEquals(await order(1), ["a", "b"]);
  assertEquals(await order(2), ["b", "a"]);
});

Deno.test("a case that waits for a long time begins before those that run beside it", async () => {
  const cases = [fakeCase("a", PASSING), fakeCase("b", PASSING, { waits: true })];
  const order = async (parallel: number): Promise<string[]> =>
    (await ran(cases, { mode: "live" }, { parallel })).ends.map((it) => it.case);
  assertEquals(await order(1), ["a", "b"]);
  assertEquals(await order(2), ["b", "a"]);
});

Deno.test("names follow from the seed, and differ between cases and attempts", async () => {
  const names = async (seed: string): Promise<string[]> => {
    const seen: string[] = [];
    const naming: Case["run"] = (context) => {
      seen.push(`${context.driver.owner} ${context.fresh.name()} ${context.fresh.name()}`);
      return PASSING(context);
    };
    await ran([fakeCase("a", naming), fakeCase("b", naming)], {}, { seed, repeat: 2 });
    return seen;
  };
  const first = await names("s");
  assertEquals(await names("s"), first);
  assertEquals(new Set([...first, ...await names("t")]).size, 8);
});

Deno.test("a replay has the names of its recording, and tells its date", async () => {
  const owners: string[] = [];
  const naming: Case["run"] = (context) => {
    owners.push(context.driver.owner);
    return PASSING(context);
  };
  const recordedAt = "2026-01-01T00:00:00Z";
  const { end, ends } = await ran(
    [fakeCase("a", naming)],
    { mode: "replayed", recordedAt },
    { repeat: 2 },
  );
  assertEquals(new Set(owners).size, 1);
  assertEquals([end.recorded, ends[0]?.seed], [{ from: recordedAt, to: recordedAt }, "recorded"]);
});

Deno.test("a reader that stops reading stops the run", async () => {
  let count = 0;
  const counting: Case["run"] = (context) => {
    count++;
    return PASSING(context);
  };
  const cases = ["a", "b", "c"].map((id) => fakeCase(id, counting));
  for await (const event of run(cases, fakeSubject(), OPTIONS)) {
    if (event.type === "case-start") break;
  }
  assertEquals(count < 3, true);
});

Deno.test("claims that cannot be told end the run before it begins", async () => {
  const subject = { ...fakeSubject(), claims: () => Promise.reject(new Error("no socket")) };
  await assertRejects(() => collected(run([], subject, OPTIONS)), Error, "no socket");
});
