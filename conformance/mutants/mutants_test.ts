import { assertEquals } from "@std/assert";
import { CLAUSES } from "../../drivers/contract/mod.ts";
import { MUTANTS } from "./mod.ts";

Deno.test("mutant ids are unique", () => {
  assertEquals(new Set(MUTANTS.map(({ id }) => id)).size, MUTANTS.length);
});

Deno.test("every mutant breaks a clause that exists", () => {
  const known = new Set(CLAUSES.map(({ id }) => id));
  assertEquals(MUTANTS.filter(({ breaks }) => !known.has(breaks)).map(({ id }) => id), []);
});

Deno.test("every clause that must be kept has a mutant, or says why it has no case", () => {
  const broken = new Set(MUTANTS.map(({ breaks }) => breaks));
  const without = CLAUSES.filter(({ id, level, untested }) =>
    level === "must" && untested === undefined && !broken.has(id)
  );
  assertEquals(without.map(({ id }) => id), []);
});
