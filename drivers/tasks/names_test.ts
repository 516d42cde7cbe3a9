import { assert, assertEquals } from "@std/assert";
import { isValidName } from "../contract/mod.ts";
import { machineName } from "./names.ts";

Deno.test("the name of a task's machine is a label, whatever the id", () => {
  const ids = ["", "/", "a", "alloc/web/1a2b3c4d", "漢字 ü", "-/-/-", "x".repeat(500), "A/B_C/D"];
  for (const id of ids) {
    const name = machineName(id);
    assert(isValidName(name) && name.length <= 23, name);
  }
});

Deno.test("ids that differ in anything have names that differ", () => {
  const ids = ["a/b/c", "a/b/c ", "A/b/c", "x/b/c", "a/b-c", "a/b/cc"];
  assertEquals(new Set(ids.map(machineName)).size, ids.length);
});

Deno.test("the words are the task's own, and the same id has the same name", () => {
  assert(machineName("0f1e2d3c/web/1a2b3c4d").startsWith("web-1a2b3c-"));
  assertEquals(machineName("a/b/c"), machineName("a/b/c"));
});
