import { assertEquals } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import { EventHub } from "../backend/event_hub.ts";
import type { LibvirtEvent } from "./backend.ts";
import { SETTLED_MS, withSettled } from "./settling.ts";

const LOST: LibvirtEvent = { type: "lost" };
const domain = { name: "o.c.m", uuid: "u", id: 1 };
const HAPPENED: LibvirtEvent = { type: "lifecycle", domain, event: 5, detail: 0 };

Deno.test("withSettled() tells some time after a loss, and holds up nothing until then", async () => {
  using clock = new VirtualClock();
  const hub = new EventHub<LibvirtEvent>();
  const abort = new AbortController();
  const { signal } = abort;
  const told: string[] = [];
  const events = withSettled(hub.subscribe({ signal }), { clock, signal });
  const listening = (async () => {
    for await (const { type } of events) told.push(`${clock.now()} ${type}`);
  })();
  hub.emit(LOST);
  await clock.sleep(500);
  hub.emit(HAPPENED);
  await clock.sleep(SETTLED_MS);
  hub.emit(HAPPENED);
  await clock.sleep(10 * SETTLED_MS);
  abort.abort();
  await listening;
  assertEquals(told, ["0 lost", "500 lifecycle", "2000 settled", "2500 lifecycle"]);
  assertEquals(hub.size, 0);
});

Deno.test("withSettled() ends with its reader, also while it waits", async () => {
  using clock = new VirtualClock();
  const hub = new EventHub<LibvirtEvent>();
  const { signal } = new AbortController();
  const events = withSettled(hub.subscribe({ signal }), { clock, signal });
  hub.emit(LOST);
  for await (const _ of events) break;
  assertEquals(hub.size, 0);
});
