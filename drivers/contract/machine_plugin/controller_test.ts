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
