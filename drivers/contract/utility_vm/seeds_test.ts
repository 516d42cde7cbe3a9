import { assert, assertEquals } from "@std/assert";
import { UVM_CLAUSES } from "./clauses/mod.ts";
import { UVM_SEED_ITEMS } from "./seeds.ts";

// That every symbol exists is a matter of types: the compiler refuses a row with any other.

Deno.test("every item of hcsshim's package is there once, with clauses that exist", () => {
  const known = new Set(UVM_CLAUSES.map(({ id }) => id));
  assertEquals(new Set(UVM_SEED_ITEMS.map(({ item }) => item)).size, UVM_SEED_ITEMS.length);
  for (const { item, clauses } of UVM_SEED_ITEMS) {
    assert(clauses.length > 0, item);
    assertEquals(clauses.filter((id) => !known.has(id)), [], item);
  }
});

Deno.test("no exported item of hcsshim's package is missing", () => {
  const counts = new Map<string, number>();
  for (const { item } of UVM_SEED_ITEMS) {
    const [seed, type, member] = item.split(".");
    const key = member === undefined ? `${seed}` : `${seed}.${type}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // Read off the published documentation: constants, variables, functions and types, then members.
  assertEquals(Object.fromEntries(counts), {
    "uvm": 14,
    "uvm.UVMOptions": 15,
    "uvm.UtilityVM": 20,
  });
});

Deno.test("the ids of clauses are their contract's, and there once", () => {
  const ids = UVM_CLAUSES.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(ids.filter((id) => !id.startsWith("uvm.")), []);
});
