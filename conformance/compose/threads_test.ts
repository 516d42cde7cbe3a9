import { assertEquals, assertStringIncludes } from "@std/assert";
import { CASES } from "../cases/mod.ts";
import type { SubjectRequest } from "../commands/composer.ts";
import type { AttemptInit } from "../engine/attempt.ts";
import { run, runBy } from "../engine/engine.ts";
import { MemoryLedger } from "../engine/ledger.ts";
import type { CheckEvent, Event } from "../engine/events.ts";
import { composer } from "./mod.ts";
import { newThread, threads } from "./threads.ts";

const REQUEST: SubjectRequest = {
  driver: "libvirt",
  mode: "replayed",
  settings: {},
  fixtures: `${import.meta.dirname}/../../fixtures`,
  startedAt: "2026-01-01T00:00:00Z",
};
const POWER = CASES.filter(({ id }) => id.startsWith("power."));

/** What a run says of each check and case, in an order of its own. */
async function said(events: AsyncIterable<Event>): Promise<string[]> {
  const lines: string[] = [];
  for await (const event of events) {
    if (event.type === "check") lines.push(`${event.case} ${event.check} ${event.status}`);
    if (event.type === "case-end") lines.push(`${event.case} ${event.status} ${event.ms}`);
  }
  return lines.sort();
}

/** A replay of one case, as the engine wants it. */
async function init(
  id: string,
  signal: AbortSignal,
  emit: (check: CheckEvent) => void,
): Promise<AttemptInit> {
  const item = CASES.find((it) => it.id === id);
  if (!item) throw new TypeError(`There is no case "${id}"`);
  return {
    case: item,
    attempt: 1,
    subject: await composer.subject(REQUEST),
    seed: "seed",
    ledger: new MemoryLedger(),
    neighbours: () => {
      throw new TypeError("Another thread has its own");
    },
    clauses: new Map(),
    timeoutMs: 60_000,
    bystander: false,
    signal,
    emit,
  };
}

Deno.test("threads() say of a replay what one thread says of it", async () => {
  await using subject = await composer.subject(REQUEST);
  const known = POWER.map(({ id }) => id);
  const options = { seed: "seed", startedAt: REQUEST.startedAt, parallel: 16 };
  using several = threads(REQUEST, known);
  const { attempt } = several;
  assertEquals(
    await said(runBy(attempt, POWER, subject, options)),
    await said(run(POWER, subject, options)),
  );
});

Deno.test("newThread() makes an attempt, and tells its checks before its end", async () => {
  using thread = newThread({ type: "begin", request: REQUEST, known: ["power.cycle"] });
  const checks: CheckEvent[] = [];
  const attempt = await init("power.cycle", new AbortController().signal, (it) => checks.push(it));
  const { status } = await thread.attempt(attempt);
  assertEquals(status, "pass");
  assertEquals(new Set(checks.map((it) => it.case)), new Set(["power.cycle"]));
});

Deno.test("newThread() interrupts what it is at", async () => {
  using thread = newThread({ type: "begin", request: REQUEST, known: ["power.cycle"] });
  const interrupts = new AbortController();
  const attempt = await init("power.cycle", interrupts.signal, () => {});
  const ended = thread.attempt(attempt);
  interrupts.abort();
  const { status, reason } = await ended;
  assertEquals([status, reason], ["not-run", "The run was interrupted"]);
});

Deno.test("newThread() that cannot begin is the harness's fault, and is not asked again", async () => {
  const request = { ...REQUEST, driver: "nosuch" };
  using thread = newThread({ type: "begin", request, known: [] });
  const attempt = await init("power.cycle", new AbortController().signal, () => {});
  const { status, reason = "" } = await thread.attempt(attempt);
  assertEquals(status, "harness-error");
  assertStringIncludes(reason, "nosuch");
  assertEquals(thread.pending, Infinity);
});
