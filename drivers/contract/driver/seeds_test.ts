import { assert, assertEquals } from "@std/assert";
import { DRIVER_CLAUSE_TOPICS } from "./clauses/mod.ts";
import { SEED_ITEMS } from "./seeds.ts";

// That every symbol exists is a matter of types: the compiler refuses a row with any other.

Deno.test("every seed item is there once, with a clause that exists", () => {
  const known = new Set(DRIVER_CLAUSE_TOPICS.flatMap(([, all]) => all.map(({ id }) => id)));
  assertEquals(new Set(SEED_ITEMS.map(({ item }) => item)).size, SEED_ITEMS.length);
  for (const { item, clauses } of SEED_ITEMS) {
    assert(clauses.length > 0, item);
    assertEquals(clauses.filter((id) => !known.has(id)), [], item);
  }
});

Deno.test("no exported item of the seeds is missing", () => {
  const counts = new Map<string, number>();
  for (const { item } of SEED_ITEMS) {
    const [seed, type, member] = item.split(".");
    const key = member === undefined ? `${seed}` : `${seed}.${type}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // Read off the published documentation: constants, functions and types, then methods by type.
  assertEquals(Object.fromEntries(counts), {
    "driverhyperv": 8,
    "driverhyperv.Driver": 18,
    "driverhyperv.Image": 9,
    "driverhyperv.Machine": 14,
    "core": 9,
    "core.SSHClient": 2,
    "core.VMDriver": 15,
    "core.VMHost": 10,
    "core.VMImage": 5,
  });
});
