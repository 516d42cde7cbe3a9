import { assert } from "@std/assert";
import { contractPages } from "./docs.ts";

Deno.test("a page names the cases and the mutants of a clause", () => {
  const pages = contractPages({
    cases: [{ id: "case.one", checks: { a: "machine.list" } }],
    mutants: [{ id: "forgetful", breaks: "machine.list" }],
  });
  const row = pages.get("driver/README.md")?.split("\n")
    .find((line) => line.startsWith("| `machine.list` "));
  assert(row?.includes("`case.one`") && row.includes("`forgetful`"), row);
});
