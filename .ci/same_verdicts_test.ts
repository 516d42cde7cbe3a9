import { assertEquals } from "@std/assert";
import { compare, type Run } from "./same_verdicts.ts";

const run = (status: string, check: string): Run => ({
  cases: [{ id: "task.a", status, checks: [{ id: "b", status: check }] }],
});

Deno.test("two runs with the same verdicts differ in nothing", () => {
  assertEquals(compare(run("pass", "pass"), run("pass", "pass")), { same: 2, different: [] });
});

Deno.test("a verdict that differs is told, and so is one that is missing", () => {
  assertEquals(compare(run("pass", "pass"), run("fail", "fail")).different, [
    "task.a: pass, then fail",
    "task.a/b: pass, then fail",
  ]);
  assertEquals(compare(run("pass", "pass"), { cases: [] }).different, [
    "task.a: pass, then absent",
    "task.a/b: pass, then absent",
  ]);
});

Deno.test("what the first run cannot claim, the other may pass, and may not fail", () => {
  const none: Run = { cases: [{ id: "task.a", status: "unsupported", checks: [] }] };
  assertEquals(compare(none, run("pass", "pass")).different, []);
  assertEquals(compare(none, run("fail", "fail")).different, [
    "task.a: unsupported, then fail",
    "task.a/b: absent, then fail",
  ]);
});
