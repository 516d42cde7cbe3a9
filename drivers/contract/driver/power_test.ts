import { assert, assertEquals, assertThrows } from "@std/assert";
import { DriverError } from "../errors.ts";
import { decide, OPERATION_NAMES, POWER_OPERATIONS, POWER_STATES, POWER_TABLE } from "./power.ts";

const ref = { cluster: "c1", name: "m1" };
const cells = POWER_STATES.flatMap((state) =>
  POWER_OPERATIONS.map((operation) => ({ state, operation, ...POWER_TABLE[state][operation] }))
);

Deno.test("the power table has every state and every operation, and no other", () => {
  assertEquals(Object.keys(POWER_TABLE), [...POWER_STATES]);
  for (const row of Object.values(POWER_TABLE)) {
    assertEquals(Object.keys(row), [...POWER_OPERATIONS]);
  }
});

Deno.test("an absent machine can be created, and anything else is not-found", () => {
  for (const { operation, kind, ...rest } of cells.filter(({ state }) => state === "absent")) {
    if (operation === "create") assertEquals(kind, "allowed");
    else assertEquals("code" in rest && rest.code, "not-found");
  }
});

Deno.test("whatever state a machine is in, it can be got, and deleted with force", () => {
  for (const { state, operation, kind } of cells) {
    if (state === "absent") continue;
    if (operation === "get" || operation === "forceDelete") assertEquals(kind, "allowed", state);
  }
});

Deno.test("start, stop and forceStop are no-ops where all is so already", () => {
  assertEquals(POWER_TABLE.running.start.kind, "no-op");
  assertEquals(POWER_TABLE.stopped.stop.kind, "no-op");
  assertEquals(POWER_TABLE.stopped.forceStop.kind, "no-op");
});

Deno.test("a refusal is retryable in passing states alone", () => {
  const passing = new Set(["creating", "starting", "stopping"]);
  for (const { state, ...outcome } of cells) {
    if ("retryable" in outcome && outcome.retryable) assert(passing.has(state), state);
  }
});

Deno.test("decide does what the table says, about that machine", () => {
  for (const { state, operation, kind } of cells) {
    if (kind === "allowed") assertEquals(decide(state, operation, ref), "do");
    else if (kind === "no-op") assertEquals(decide(state, operation, ref), "no-op");
    else {
      const error = assertThrows(() => decide(state, operation, ref), DriverError);
      const expected = POWER_TABLE[state][operation];
      assert(expected.kind === "refused");
      assertEquals([error.code, error.retryable], [expected.code, expected.retryable]);
      assertEquals(error.subject, "machine:c1/m1");
      assertEquals(error.operation, OPERATION_NAMES[operation]);
    }
  }
});
