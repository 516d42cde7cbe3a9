import { assertEquals, assertStringIncludes } from "@std/assert";
import { CLAUSES } from "../../drivers/contract/mod.ts";
import { CASES } from "../cases/mod.ts";
import type { SubjectRequest } from "../commands/composer.ts";
import { type AttemptInit, runAttempt } from "../engine/attempt.ts";
import { run, runBy } from "../engine/engine.ts";
import { MemoryLedger } from "../engine/ledger.ts";
import type { CheckEvent, Event } from "../engine/events.ts";
import { neighboursIn } from "../engine/names.ts";
import { composer } from "./mod.ts";
import { MEMORY } from "../user_test.ts";
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
  request: SubjectRequest = REQUEST,
): Promise<AttemptInit> {
  const item = CASES.find((it) => it.id === id);
  if (!item) throw new TypeError(`There is no case "${id}"`);
  return {
    case: item,
    attempt: 1,
    subject: await composer.subject(request),
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

Deno.test("threads() of a machine with one core are this thread alone, and say the same", async () => {
  await using subject = await composer.subject(REQUEST);
  const cases = POWER.slice(0, 5);
  const options = { seed: "seed", startedAt: REQUEST.startedAt, parallel: 8 };
  using one = threads(REQUEST, cases.map(({ id }) => id), 1);
  assertEquals(one.count, 1);
  const lines = await said(runBy(one.attempt, cases, subject, options));
  assertEquals(lines, await said(run(cases, subject, options)));
});

/** Promises that were rejected when nobody waited for them, as the command line hears of them. */
function rejections(): { readonly reasons: readonly string[] } & Disposable {
  const reasons: string[] = [];
  const heard = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    reasons.push(String(event.reason));
  };
  globalThis.addEventListener("unhandledrejection", heard);
  return {
    reasons,
    [Symbol.dispose]: () => globalThis.removeEventListener("unhandledrejection", heard),
  };
}

/** The memory driver, which loses sight of a promise when it is made, and of another at its end. */
const CARELESS = `import { MEMORY } from "${MEMORY}";
const { driver } = MEMORY.serves;
const create = (context) => {
  Promise.reject(new TypeError("Begun"));
  const it = driver.create(context);
  const end = async () => {
    await it[Symbol.asyncDispose]();
    Promise.reject(new TypeError("Ended"));
  };
  return { ...it, [Symbol.asyncDispose]: end };
};
export default { ...MEMORY, serves: { driver: { ...driver, create } } };
`;

Deno.test("newThread() tells of a promise that nobody waits for as this thread does", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/careless.ts`, CARELESS);
    const request = { ...REQUEST, driver: `${folder}/careless.ts`, mode: "simulated" } as const;
    const attempt = await init("power.cycle", new AbortController().signal, () => {}, request);
    using floating = rejections();
    using thread = newThread({ type: "begin", request, known: ["power.cycle"] });
    assertEquals((await thread.attempt(attempt)).status, "pass");
    const there = [...floating.reasons];
    const clauses = new Map(CLAUSES.map((clause) => [clause.id, clause]));
    const own = { ...attempt, clauses, neighbours: neighboursIn(["power.cycle"]) };
    assertEquals((await runAttempt(own)).status, "pass");
    // Of its own, this thread hears when its turn is over.
    await new Promise((heard) => setTimeout(heard));
    assertEquals(floating.reasons.slice(there.length), there);
    assertEquals(new Set(there), new Set(["TypeError: Begun", "TypeError: Ended"]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
