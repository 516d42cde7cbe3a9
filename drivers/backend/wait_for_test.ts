import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "./clock.ts";
import { EventHub } from "./event_hub.ts";
import { waitFor } from "./wait_for.ts";

function scene(readyAt = Infinity) {
  const clock = new VirtualClock();
  const looks: number[] = [];
  const look = (): Promise<"reached" | undefined> => {
    looks.push(clock.now());
    return Promise.resolve(clock.now() >= readyAt ? "reached" : undefined);
  };
  return { clock, looks, look };
}

Deno.test("waitFor() looks at once", async () => {
  const { clock, looks, look } = scene(0);
  assertEquals(await waitFor({ clock, look, timeoutMs: 5000 }), "reached");
  assertEquals(looks, [0]);
});

Deno.test("waitFor() with a timeout of 0 looks once", async () => {
  const { clock, looks, look } = scene();
  assertEquals(await waitFor({ clock, look, timeoutMs: 0 }), undefined);
  assertEquals(looks, [0]);
});

Deno.test("waitFor() polls, and looks last exactly at the end", async () => {
  const { clock, looks, look } = scene();
  assertEquals(await waitFor({ clock, look, timeoutMs: 250, pollMs: 100 }), undefined);
  assertEquals(looks, [0, 100, 200, 250]);
});

Deno.test("waitFor() tells a look how much time is left", async () => {
  const clock = new VirtualClock();
  const left: number[] = [];
  const look = ({ remainingMs }: { remainingMs: number }): Promise<undefined> => {
    left.push(remainingMs);
    return Promise.resolve(undefined);
  };
  await waitFor({ clock, look, timeoutMs: 150, pollMs: 100 });
  assertEquals(left, [150, 50, 0]);
});

Deno.test("waitFor() looks when an event comes, and only then", async () => {
  const { clock, looks, look } = scene(70);
  const hub = new EventHub<string>();
  const tell = async (): Promise<void> => {
    await clock.sleep(30);
    hub.emit("something else");
    await clock.sleep(40);
    hub.emit("started");
  };
  const wake = (signal: AbortSignal): AsyncIterable<string> => hub.subscribe({ signal });
  const [seen] = await Promise.all([waitFor({ clock, look, wake, timeoutMs: 5000 }), tell()]);
  assertEquals([seen, ...looks, hub.size], ["reached", 0, 30, 70, 0]);
});

Deno.test("waitFor() does not miss an event that comes during a look", async () => {
  const clock = new VirtualClock();
  const hub = new EventHub<string>();
  let looks = 0;
  const look = (): Promise<number | undefined> => {
    if (++looks === 1) hub.emit("started");
    return Promise.resolve(looks === 2 ? clock.now() : undefined);
  };
  const wake = (signal: AbortSignal): AsyncIterable<string> => hub.subscribe({ signal });
  assertEquals(await waitFor({ clock, look, wake, timeoutMs: 5000 }), 0);
});

Deno.test("waitFor() polls when the events end early", async () => {
  const { clock, looks, look } = scene(300);
  const wake = async function* (): AsyncGenerator<string> {
    await clock.sleep(50);
    yield "something else";
    await clock.sleep(10);
    throw new Error("the stream broke");
  };
  assertEquals(await waitFor({ clock, look, wake, timeoutMs: 5000 }), "reached");
  assertEquals(looks, [0, 50, 60, 310]);
});

Deno.test("waitFor() ends at once when aborted, with the reason", async () => {
  const { clock, look } = scene();
  const controller = new AbortController();
  const wait = waitFor({ clock, look, timeoutMs: 5000, signal: controller.signal });
  const abort = clock.sleep(120).then(() => controller.abort(new Error("enough")));
  await assertRejects(() => wait, Error, "enough");
  await abort;
  assertEquals(clock.now(), 120);
});

Deno.test("waitFor() throws what a look throws", async () => {
  const { clock } = scene();
  const look = (): Promise<string> => Promise.reject(new Error("gone"));
  await assertRejects(() => waitFor({ clock, look, timeoutMs: 5000 }), Error, "gone");
});
