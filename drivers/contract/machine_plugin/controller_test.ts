import { assertEquals } from "@std/assert";
import { ERROR_CODES } from "../errors.ts";
import { CONTROLLER_REACTIONS, orphansIn } from "./controller.ts";

Deno.test("there is a reaction to every code in every flow", () => {
  for (const [flow, reactions] of Object.entries(CONTROLLER_REACTIONS)) {
    assertEquals(Object.keys(reactions).sort(), [...ERROR_CODES].sort(), flow);
    for (const { next, retryMs } of Object.values(reactions)) {
      assertEquals(next === "retry", retryMs !== undefined, flow);
    }
  }
});

Deno.test("only a missing machine is created, and only a missing one counts as deleted", () => {
  const codes = (flow: keyof typeof CONTROLLER_REACTIONS, next: string): string[] =>
    ERROR_CODES.filter((code) => CONTROLLER_REACTIONS[flow][code].next === next);
  assertEquals(codes("status-before-create", "create"), ["not-found", "unimplemented"]);
  assertEquals(codes("status-before-create", "initialize"), ["uninitialized"]);
  assertEquals(codes("delete", "go-on"), ["not-found"]);
});

Deno.test("how long it waits, and what it remembers, is what its code says", () => {
  const told = (flow: keyof typeof CONTROLLER_REACTIONS, code: typeof ERROR_CODES[number]) => {
    const { retryMs, keepsState, sweeps } = CONTROLLER_REACTIONS[flow][code];
    return [retryMs, keepsState, sweeps];
  };
  const soon = ["unknown", "deadline-exceeded", "aborted", "unavailable"] as const;
  for (const code of soon) {
    assertEquals(told("create", code), [5_000, true, undefined]);
    assertEquals(told("status-before-create", code), [5_000, true, undefined]);
    assertEquals(told("initialize", code), [5_000, true, undefined]);
    assertEquals(told("delete", code), [5_000, false, undefined]);
    assertEquals(told("status-before-delete", code), [5_000, true, undefined]);
  }
  assertEquals(told("create", "internal"), [180_000, false, undefined]);
  assertEquals(told("create", "resource-exhausted"), [600_000, true, undefined]);
  assertEquals(told("status-before-create", "resource-exhausted"), [600_000, true, undefined]);
  assertEquals(told("initialize", "resource-exhausted"), [5_000, true, undefined]);
  assertEquals(told("delete", "resource-exhausted"), [600_000, false, undefined]);
  assertEquals(told("status-before-delete", "internal"), [180_000, true, undefined]);
});

Deno.test("several machines for one are looked for in every flow", () => {
  for (const [flow, reactions] of Object.entries(CONTROLLER_REACTIONS)) {
    const sweeping = ERROR_CODES.filter((code) => reactions[code].sweeps);
    assertEquals(sweeping, ["out-of-range"], flow);
  }
});

Deno.test("an orphan is what no machine has the name and the id of", () => {
  const list = { "p://a": "a", "p://old": "b", "p://c": "c", "p://d": "d", "p://e": "e" };
  const known = [
    { name: "a", providerID: "p://a", phase: "Running" },
    { name: "b", providerID: "p://new", phase: "Running" },
    { name: "c", phase: "" },
    { name: "d", phase: "CrashLoopBackOff" },
  ];
  assertEquals(orphansIn(list, known), [
    { name: "b", spec: { providerID: "p://old" } },
    { name: "e", spec: { providerID: "p://e" } },
  ]);
});
