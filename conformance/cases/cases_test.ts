import { assert, assertEquals } from "@std/assert";
import { CLAUSES } from "../../drivers/contract/mod.ts";
import { CASES } from "./mod.ts";

/** Clauses that the engine itself checks in every case. */
const ENGINE_CLAUSES = ["leak.none", "machine.bystander"];

Deno.test("case ids are unique, and can be file names", () => {
  const ids = CASES.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) assert(/^[a-z]+\.[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)?$/.test(id), id);
});

Deno.test("clause ids are unique", () => {
  assertEquals(new Set(CLAUSES.map(({ id }) => id)).size, CLAUSES.length);
});

Deno.test("every check names a clause that exists", () => {
  const known = new Set(CLAUSES.map(({ id }) => id));
  const unknown = CASES.flatMap(({ id, checks }) =>
    Object.entries(checks).filter(([, clause]) => !known.has(clause)).map(([check]) =>
      `${id}/${check}`
    )
  );
  assertEquals(unknown, []);
});

Deno.test("every clause has a case, or says why it has none", () => {
  const shown = new Set(CASES.flatMap(({ checks }) => Object.values(checks)));
  const without = CLAUSES.filter(({ id, untested }) =>
    !shown.has(id) && untested === undefined && !ENGINE_CLAUSES.includes(id)
  );
  assertEquals(without.map(({ id }) => id), []);
});
