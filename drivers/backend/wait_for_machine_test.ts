import { assertEquals, assertRejects } from "@std/assert";
import { DriverError } from "../contract/mod.ts";
import { VirtualClock } from "./clock.ts";
import { Trouble } from "./driver_errors.ts";
import { type Sight, waitForMachine } from "./wait_for_machine.ts";

/** Waits two seconds, with a look each second; the looks answer or throw one after the other. */
async function wait(looks: (Sight | Error)[], timeoutMs = 2000, signal?: AbortSignal) {
  using clock = new VirtualClock();
  return await waitForMachine({
    clock,
    timeoutMs,
    about: { operation: "machine.wait", subject: "machine:c1/m1", signal },
    look: () => {
      const seen = looks.shift() ?? { state: "running" };
      return seen instanceof Error ? Promise.reject(seen) : Promise.resolve(seen);
    },
    pollMs: 1000,
  });
}

const DATA = {
  code: "internal",
  operation: "machine.wait",
  subject: "machine:c1/m1",
  message: "It crashed",
} as const;

const gone = new Trouble("not-found", "There is none");

Deno.test("a wait ends with the verdict of a look", async () => {
  const reached = await wait([{ state: "starting" }, { state: "running", verdict: "reached" }]);
  assertEquals(reached, { verdict: "reached", state: "running" });
  const trouble = new DriverError(DATA).toJSON();
  const failed = await wait([{ state: "error", verdict: "failed", error: trouble }]);
  assertEquals(failed, { verdict: "failed", state: "error", error: trouble });
});

Deno.test("a wait that sees no verdict is a timeout, in the state seen last", async () => {
  assertEquals(await wait([{ state: "starting" }, { state: "stopping" }, { state: "stopped" }]), {
    verdict: "timeout",
    state: "stopped",
  });
});

Deno.test("a machine that goes while it is waited for is a verdict", async () => {
  const { verdict, state, error } = await wait([{ state: "running" }, gone]);
  assertEquals([verdict, state, error?.code], ["failed", "absent", "not-found"]);
});

Deno.test("a machine that is not there at the first look is an error", async () => {
  assertEquals((await assertRejects(() => wait([gone]), DriverError)).code, "not-found");
});

Deno.test("what cannot be told is a verdict, also at the first look", async () => {
  const { verdict, state, error } = await wait([new Trouble("unavailable", "It is down")]);
  assertEquals([verdict, state, error?.code], ["failed", "unknown", "unavailable"]);
});

Deno.test("an aborted wait is canceled", async () => {
  const error = await assertRejects(() => wait([], 2000, AbortSignal.abort()), DriverError);
  assertEquals(error.code, "canceled");
});

for (const timeoutMs of [-1, NaN, Infinity]) {
  Deno.test(`a timeout of ${timeoutMs} is refused`, async () => {
    const error = await assertRejects(() => wait([], timeoutMs), DriverError);
    assertEquals(error.code, "invalid-argument");
  });
}
