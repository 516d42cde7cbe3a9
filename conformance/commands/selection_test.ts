import { assertEquals, assertThrows } from "@std/assert";
import { FAKE_CLAUSES, fakeCase, PASSING } from "../engine/fake_subject_test.ts";
import { select, type Selection } from "./selection.ts";
import { UsageError } from "./usage.ts";

const CASES = [
  fakeCase("create.twice", PASSING),
  fakeCase("create.order", PASSING, { checks: { ok: "a.should" } }),
  fakeCase("created.other", PASSING, { title: "Listed in order" }),
];

const ids = (selection: Selection): string[] =>
  select(CASES, selection, FAKE_CLAUSES).map(({ id }) => id);

Deno.test("select without anything takes all", () => {
  assertEquals(ids({}), ["create.twice", "create.order", "created.other"]);
});

Deno.test("select takes ids and their first words, and no look-alike", () => {
  assertEquals(ids({ ids: ["create"] }), ["create.twice", "create.order"]);
  assertEquals(ids({ ids: ["created.other", "create.twice"] }), ["create.twice", "created.other"]);
});

Deno.test("select greps ids and titles, in any letter case", () => {
  assertEquals(ids({ grep: ["ORDER$"] }), ["create.order", "created.other"]);
});

Deno.test("select leaves out what is skipped", () => {
  assertEquals(ids({ skip: ["create"] }), ["created.other"]);
});

Deno.test("select goes by level", () => {
  assertEquals(ids({ levels: ["should"] }), ["create.order"]);
  assertEquals(ids({ levels: ["must", "should"] }).length, 3);
});

Deno.test("select shards without loss or overlap", () => {
  const shards = [1, 2].map((index) => ids({ shard: { index, of: 2 } }));
  assertEquals(shards, [["create.twice", "created.other"], ["create.order"]]);
});

const wrong: [string, Selection, string][] = [
  ["an id that is near another", { ids: ["create.twic"] }, 'did you mean "create.twice"?'],
  ["a topic that is near another", { ids: ["creat"] }, 'did you mean "create"?'],
  ["a word that is none", { ids: ["zzzzzzzz"] }, 'Unknown case "zzzzzzzz"'],
  ["a level of no case", { levels: ["may"] }, 'no case that proves a clause of level "may"'],
  ["a check", { ids: ["create.twice/ok"] }, 'Cases are selected, not checks: "create.twice"'],
  ["a skip that skips nothing", { skip: ["nothing"] }, 'Unknown case to skip "nothing"'],
  ["an expression that finds nothing", { grep: ["zzz"] }, '"--grep zzz" finds no case'],
  ["a bad expression", { grep: ["("] }, '"--grep (" is no regular expression'],
  ["an unknown contract", { contracts: ["drivr"] }, 'did you mean "driver"?'],
  ["what leaves nothing", { ids: ["create"], skip: ["create"] }, "leaves no case"],
  ["an empty shard", { shard: { index: 4, of: 4 } }, "leaves no case"],
];

for (const [what, selection, message] of wrong) {
  Deno.test(`select refuses ${what}`, () => {
    assertThrows(() => ids(selection), UsageError, message);
  });
}
