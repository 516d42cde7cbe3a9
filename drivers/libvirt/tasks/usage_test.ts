import { assertEquals } from "@std/assert";
import type { VirtualClock } from "../../backend/clock.ts";
import { scriptedSession } from "./scripted_backend_test.ts";
import { Usage } from "./usage.ts";

const domain = { name: "o.t", uuid: "u1" };

Deno.test("memory is in bytes, and processors in percent of one core since the last sample", async () => {
  let seconds = 10;
  const { session } = scriptedSession({
    domainGetStats: () => ({
      "cpu.time": seconds * 1e9,
      "cpu.user": seconds * 0.75e9,
      "cpu.system": seconds * 0.25e9,
      "balloon.rss": 2048,
      "balloon.current": 1024,
    }),
  });
  using clock = session.clock as VirtualClock;
  const usage = new Usage(session);
  const first = await usage.measure(domain, undefined, {});
  assertEquals(first, { memory: { rss: 2 ** 21, usage: 2 ** 20 }, cpu: {} });
  const before = { timestamp: clock.now(), ...first };
  await clock.sleep(1000);
  seconds += 1.5;
  const second = await usage.measure(domain, before, {});
  assertEquals(second.cpu, { percent: 150, userMode: 112.5, systemMode: 37.5 });
  usage.forget(domain);
  assertEquals((await usage.measure(domain, before, {})).cpu, {});
});
