import { assertEquals, assertThrows } from "@std/assert";
import { explain, listed } from "./explain.ts";
import { FAKE_CLAUSES, fakeCase, PASSING } from "../engine/fake_subject_test.ts";
import { UsageError } from "./usage.ts";

const CASES = [
  fakeCase("create.twice", PASSING, { needs: ["host"] }),
  fakeCase("start", PASSING, { checks: { ok: "a.should" } }),
];

Deno.test("explain tells a case's title, reason, needs, checks and clauses", () => {
  assertEquals(
    explain("create.twice", CASES, FAKE_CLAUSES),
    `create.twice
  Title of create.twice

Why: It broke once
Needs: host
Checks:
  ok: a.must (must)
    It must
    https://example.com/must
`,
  );
});

Deno.test("explain tells a clause's sentence, source and checks", () => {
  assertEquals(
    explain("a.should", CASES, FAKE_CLAUSES),
    `Clause a.should (should)
  It should

Source: contract
Checks:
  start/ok
`,
  );
});

Deno.test("explain takes the id of a check for its case", () => {
  assertEquals(explain("start/ok", CASES, FAKE_CLAUSES), explain("start", CASES, FAKE_CLAUSES));
});

Deno.test("explain refuses what is neither", () => {
  assertThrows(() => explain("strt", CASES, FAKE_CLAUSES), UsageError, 'did you mean "start"?');
});

Deno.test("listed aligns ids and titles", () => {
  assertEquals(
    listed(CASES),
    "create.twice  Title of create.twice\nstart         Title of start\n",
  );
});
