import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "./clock.ts";
import { KeyedLock } from "./keyed_lock.ts";

function worker(clock = new VirtualClock()) {
  const seen: string[] = [];
  const work = (name: string, ms = 10) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await clock.sleep(ms);
    seen.push(`${name} ends`);
    return name;
  };
  return { seen, work };
}

Deno.test("KeyedLock runs work of one key in the order of asking, and answers its value", async () => {
  const { seen, work } = worker();
  const lock = new KeyedLock();
  const done = [
    lock.run("m1", work("a", 30)),
    lock.run("m1", work("b")),
    lock.run("m1", work("c")),
  ];
  assertEquals(await Promise.all(done), ["a", "b", "c"]);
  assertEquals(seen, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

Deno.test("KeyedLock lets different keys overlap", async () => {
  const { seen, work } = worker();
  const lock = new KeyedLock();
  await Promise.all([lock.run("m1", work("a", 20)), lock.run("m2", work("b", 10))]);
  assertEquals(seen, ["a begins", "b begins", "b ends", "a ends"]);
});

Deno.test("KeyedLock goes on after work that failed", async () => {
  const { work } = worker();
  const lock = new KeyedLock();
  const failed = lock.run("m1", () => Promise.reject(new Error("no")));
  const next = lock.run("m1", work("b"));
  await assertRejects(() => failed, Error, "no");
  assertEquals(await next, "b");
});

Deno.test("KeyedLock does not begin work whose wait was aborted, and keeps the others' order", async () => {
  const { seen, work } = worker();
  const lock = new KeyedLock();
  const controller = new AbortController();
  const first = lock.run("m1", work("a"));
  const aborted = lock.run("m1", work("b"), { signal: controller.signal });
  const last = lock.run("m1", work("c"));
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await Promise.all([first, last]);
  assertEquals(seen, ["a begins", "a ends", "c begins", "c ends"]);
  await assertRejects(() => lock.run("m1", work("d"), controller), Error, "enough");
});
