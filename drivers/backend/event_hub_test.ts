import { assertEquals } from "@std/assert";
import { EventHub } from "./event_hub.ts";

Deno.test("EventHub gives every listener all events from its subscription on", async () => {
  const hub = new EventHub<number>();
  const controller = new AbortController();
  hub.emit(0);
  const first = hub.subscribe(controller);
  hub.emit(1);
  const second = hub.subscribe(controller);
  hub.emit(2);
  hub.end();
  assertEquals(await Array.fromAsync(first), [1, 2]);
  assertEquals(await Array.fromAsync(second), [2]);
  assertEquals(hub.size, 0);
});

Deno.test("EventHub ends the stream of a listener who aborts, also while it waits", async () => {
  const hub = new EventHub<number>();
  const controller = new AbortController();
  let ended = 0;
  const stream = hub.subscribe({ signal: controller.signal, onEnd: () => ended++ });
  const rest = Array.fromAsync(stream);
  controller.abort();
  assertEquals(await rest, []);
  assertEquals([hub.size, ended], [0, 1]);
});

Deno.test("EventHub lets go of a listener who breaks out of the loop", async () => {
  const hub = new EventHub<number>();
  const stream = hub.subscribe({ signal: new AbortController().signal });
  hub.emit(1);
  for await (const event of stream) {
    assertEquals(event, 1);
    break;
  }
  assertEquals(hub.size, 0);
});

Deno.test("EventHub has nothing for a listener whose signal is aborted already", async () => {
  const hub = new EventHub<number>();
  const stream = hub.subscribe({ signal: AbortSignal.abort() });
  hub.emit(1);
  assertEquals(await Array.fromAsync(stream), []);
});
