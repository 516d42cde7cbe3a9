import { assertEquals } from "@std/assert";
import type { Backend } from "./backend.ts";
import { EventHub } from "./event_hub.ts";
import { shareBackend } from "./shared_backend.ts";

function scene() {
  const upstream = new EventHub<string>();
  let subscriptions = 0;
  let disposed = false;
  const below: Backend<Record<string, never>, string> = {
    call: () => Promise.resolve() as never,
    events(options) {
      subscriptions++;
      return upstream.subscribe(options);
    },
    [Symbol.asyncDispose]() {
      disposed = true;
      return Promise.resolve();
    },
  };
  return { upstream, below, state: () => ({ subscriptions, listening: upstream.size, disposed }) };
}

Deno.test("shareBackend() subscribes once, tells once, and stops when nobody listens", async () => {
  const { upstream, below, state } = scene();
  const told: string[] = [];
  const shared = shareBackend(below, (event) => told.push(event));
  const [a, b] = [new AbortController(), new AbortController()];
  const [first, second] = [shared.events(a), shared.events(b)];
  const firstSaw = Array.fromAsync(first);
  upstream.emit("one");
  const iterator = second[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value, "one");
  a.abort();
  b.abort();
  await firstSaw;
  assertEquals(told, ["one"]);
  assertEquals(state(), { subscriptions: 1, listening: 0, disposed: false });
});

Deno.test("shareBackend() ends its listeners and leaves the backend open when disposed of", async () => {
  const { below, state } = scene();
  const shared = shareBackend(below);
  const stream = Array.fromAsync(shared.events(new AbortController()));
  await shared[Symbol.asyncDispose]();
  assertEquals(await stream, []);
  assertEquals(state(), { subscriptions: 1, listening: 0, disposed: false });
});

Deno.test("shareBackend() ends its listeners when the backend's stream breaks, and subscribes anew", async () => {
  const { upstream, below, state } = scene();
  const shared = shareBackend(below);
  const { signal } = new AbortController();
  const stream = Array.fromAsync(shared.events({ signal }));
  upstream.end();
  assertEquals(await stream, []);
  const abort = new AbortController();
  shared.events(abort);
  assertEquals(state().subscriptions, 2);
  abort.abort();
});
