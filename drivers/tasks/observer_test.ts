import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import type { Sight } from "./machines.ts";
import { Observer } from "./observer.ts";

interface Bench extends Disposable {
  readonly clock: VirtualClock;
  readonly observer: Observer;
  /** How often it looked. */
  looks(): number;
  /** What it sees from now on; an error where nothing can be seen. */
  show(sight: Sight | Error): void;
  /** What it was told of the end. */
  readonly ends: Sight[];
}

function bench(): Bench {
  const clock = new VirtualClock();
  let sight: Sight | Error = { state: "running" };
  let looks = 0;
  const ends: Sight[] = [];
  const observer = new Observer({
    clock,
    pollMs: 1_000,
    look: () => {
      looks++;
      return sight instanceof Error ? Promise.reject(sight) : Promise.resolve(sight);
    },
    onEnd: (end) => ends.push(end),
  });
  return {
    ...{ clock, observer, ends },
    looks: () => looks,
    show: (next) => sight = next,
    [Symbol.dispose]: () => {
      observer.close(new Error("over"));
      clock[Symbol.dispose]();
    },
  };
}

const OFF: Sight = { state: "ended", reason: "off" };

Deno.test("all who wait share one observer, and hear of the end once each", async () => {
  using it = bench();
  const waits = Promise.all([1, 2, 3, 4].map(() => it.observer.ended()));
  await it.clock.sleep(4_500);
  assertEquals(it.looks(), 5);
  it.show(OFF);
  await waits;
  assertEquals(it.ends, [OFF]);
  await it.observer.ended();
  assertEquals(it.looks(), 6);
});

Deno.test("nobody waits, nobody looks", async () => {
  using it = bench();
  const stop = new AbortController();
  const wait = it.observer.ended(stop.signal);
  await it.clock.sleep(1_500);
  stop.abort(new Error("enough"));
  await assertRejects(() => wait, Error, "enough");
  const before = it.looks();
  await it.clock.sleep(10_000);
  assertEquals(it.looks(), before);
});

Deno.test("a look that fails tells nothing, and the next one may", async () => {
  using it = bench();
  it.show(new Error("down"));
  const wait = it.observer.ended();
  await it.clock.sleep(2_500);
  it.show(OFF);
  await wait;
  assertEquals(it.ends, [OFF]);
});

Deno.test("a machine that ended does not come back", async () => {
  using it = bench();
  it.show({ state: "gone" });
  await it.observer.look();
  it.show({ state: "running" });
  assertEquals(await it.observer.look(), { state: "gone" });
  assertEquals(it.ends.length, 1);
});

Deno.test("closing ends all waits, and those to come", async () => {
  using it = bench();
  const wait = it.observer.ended();
  it.observer.close(new Error("closed"));
  await assertRejects(() => wait, Error, "closed");
  await assertRejects(() => it.observer.ended(), Error, "closed");
});

Deno.test("it looks while it is kept, although nobody waits", async () => {
  using it = bench();
  it.observer.keep(true);
  await it.clock.sleep(1_500);
  it.show(OFF);
  await it.clock.sleep(1_500);
  assertEquals(it.ends, [OFF]);
});
