import { assertEquals, assertRejects } from "@std/assert";
import { type Backend, BackendError } from "./backend.ts";
import { VirtualClock } from "./clock.ts";
import type { SeamRules } from "./module.ts";
import { Trace, traced } from "./trace.ts";

const seam = {
  lane: (_method, params) => `machine:${(params as { name: string }).name}`,
} as Pick<SeamRules, "lane"> as SeamRules;

Deno.test("traced() has a line for each call: when, how long, about what, and how it ended", async () => {
  const clock = new VirtualClock();
  const trace = new Trace();
  const below: Backend = {
    async call(method) {
      await clock.sleep(5);
      if (method === "fail") throw new BackendError("refused", "42", "No such machine");
      return null;
    },
    events: async function* () {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const backend = traced(below, { trace, clock, seam });
  await backend.call("start", { name: "m1" });
  await assertRejects(() => backend.call("fail", { name: "m2" }));
  const pending = backend.call("start", { name: "m3" });
  assertEquals(trace.lines(), [
    { at: 0, ms: 5, method: "start", lane: "machine:m1", outcome: "ok" },
    {
      at: 5,
      ms: 5,
      method: "fail",
      lane: "machine:m2",
      outcome: "refused 42: No such machine",
    },
    { at: 10, method: "start", lane: "machine:m3", outcome: "pending" },
  ]);
  await pending;
});

Deno.test("Trace keeps the last thousand lines", () => {
  const trace = new Trace();
  for (let at = 0; at < 1500; at++) trace.add({ at, method: "x", lane: "host", outcome: "ok" });
  assertEquals([trace.lines().length, trace.lines()[0].at], [1000, 500]);
});
