import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import { Trouble } from "../backend/driver_errors.ts";
import { within } from "./within.ts";

Deno.test("work in time answers, and the timer is gone", async () => {
  using clock = new VirtualClock();
  const answer = await within({ clock, ms: 100, what: "Work" }, () => Promise.resolve(7));
  assertEquals([answer, clock.now()], [7, 0]);
});

Deno.test("work that takes too long is aborted, and ends at once", async () => {
  using clock = new VirtualClock();
  let aborted = false;
  const work = (signal: AbortSignal): Promise<void> => {
    signal.addEventListener("abort", () => aborted = true);
    return new Promise(() => {});
  };
  const error = await assertRejects(() => within({ clock, ms: 100, what: "Work" }, work), Trouble);
  assertEquals([error.code, aborted, clock.now()], ["deadline-exceeded", true, 100]);
});

Deno.test("the caller's signal ends it with its own reason", async () => {
  using clock = new VirtualClock();
  const stop = new AbortController();
  const work = (): Promise<void> => new Promise(() => {});
  const going = within({ clock, ms: 100, signal: stop.signal, what: "Work" }, work);
  stop.abort(new Error("enough"));
  await assertRejects(() => going, Error, "enough");
});

Deno.test("an error of the work is its own", async () => {
  using clock = new VirtualClock();
  const work = (): Promise<void> => Promise.reject(new Error("broken"));
  await assertRejects(() => within({ clock, ms: 100, what: "Work" }, work), Error, "broken");
});
