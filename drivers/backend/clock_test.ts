import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { systemClock, VirtualClock } from "./clock.ts";

Deno.test("systemClock() sleeps at least as long as asked", async () => {
  const clock = systemClock();
  const before = clock.now();
  await clock.sleep(5);
  assert(clock.now() - before >= 5, `${clock.now() - before}`);
});

Deno.test("systemClock() leaves no timer behind when a sleep is aborted", async () => {
  const controller = new AbortController();
  const sleep = systemClock().sleep(60_000, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => sleep, Error, "enough");
  await assertRejects(
    () => systemClock().sleep(1, { signal: AbortSignal.abort(new Error("too late")) }),
    Error,
    "too late",
  );
});

Deno.test("systemClock() can be asked to sleep for ever", async () => {
  const controller = new AbortController();
  const sleep = systemClock().sleep(Infinity, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => sleep, Error, "enough");
});

Deno.test("both clocks refuse a delay that is no number from 0", () => {
  for (const clock of [systemClock(), new VirtualClock()]) {
    assertThrows(() => clock.sleep(-1), RangeError, "Cannot wait");
    assertThrows(() => clock.sleep(NaN), RangeError, "Cannot wait");
  }
});

Deno.test("VirtualClock wakes sleepers in order of time, then of going to sleep", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    seen.push(`${name}@${clock.now()}`);
  };
  await Promise.all([sleep("c", 20), sleep("a", 10), sleep("b", 10), sleep("now", 0)]);
  assertEquals(seen, ["now@0", "a@10", "b@10", "c@20"]);
});

Deno.test("VirtualClock waits for promises, however many follow each other", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const sleeper = clock.sleep(1).then(() => seen.push("woken"));
  for (let i = 0; i < 10_000; i++) await Promise.resolve();
  seen.push("busy until now");
  await sleeper;
  assertEquals(seen, ["busy until now", "woken"]);
});

Deno.test("VirtualClock lets what one sleeper caused happen before the next one wakes", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  await Promise.all([
    (async (): Promise<void> => {
      await clock.sleep(10);
      for (let i = 0; i < 100; i++) await Promise.resolve();
      seen.push("effect of the first");
    })(),
    clock.sleep(10).then(() => seen.push("second")),
  ]);
  assertEquals(seen, ["effect of the first", "second"]);
});

Deno.test("VirtualClock stands still while work is held", async () => {
  const clock = new VirtualClock();
  const sleeper = clock.sleep(1);
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve("done"), 10);
  assertEquals(await clock.hold(promise), "done");
  clearTimeout(timer);
  assertEquals(clock.now(), 0);
  await sleeper;
  assertEquals(clock.now(), 1);
});

Deno.test("VirtualClock moves on after held work failed", async () => {
  const clock = new VirtualClock();
  await assertRejects(() => clock.hold(Promise.reject(new Error("no"))), Error, "no");
  await clock.sleep(5);
  assertEquals(clock.now(), 5);
});

Deno.test("VirtualClock forgets an aborted sleeper, and does not wait for it", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const aborted = clock.sleep(10, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await clock.sleep(20);
  assertEquals(clock.now(), 20);
});

Deno.test("VirtualClock never wakes who sleeps for ever, nor keeps the process busy for it", async () => {
  const clock = new VirtualClock();
  let woken = false;
  clock.sleep(Infinity).then(() => woken = true);
  await clock.sleep(1e12);
  assertEquals([woken, clock.now()], [false, 1e12]);
});

Deno.test("VirtualClock takes no real time", async () => {
  const real = systemClock();
  const clock = new VirtualClock();
  for (let i = 0; i < 1000; i++) await clock.sleep(60_000);
  assert(real.now() < 1000, `${real.now()}`);
});

Deno.test("VirtualClock that was disposed of wakes nobody", async () => {
  const clock = new VirtualClock();
  let woken = false;
  clock.sleep(1).then(() => woken = true);
  clock[Symbol.dispose]();
  const other = new VirtualClock();
  await other.sleep(10);
  assertEquals(woken, false);
});

Deno.test("a timer of either clock fires once, unless it is called off", async () => {
  for (const clock of [systemClock(), new VirtualClock()]) {
    const fired: string[] = [];
    const off = clock.timer(1, () => fired.push("called off"));
    const late = clock.timer(2, () => fired.push("late"));
    off();
    await clock.sleep(5);
    late();
    assertEquals(fired, ["late"]);
    assertThrows(() => clock.timer(-1, () => {}), RangeError, "Cannot wait");
  }
});
