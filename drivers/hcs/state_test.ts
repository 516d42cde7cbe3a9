import { assertEquals } from "@std/assert";
import { exitOf, newestSchema, stateOf } from "./state.ts";

Deno.test("a state that is not told is that before the start", () => {
  const words = [undefined, "", "Created", "Running", "Paused", "Stopped", "SavedAsTemplate"];
  const states = ["created", "created", "created", "running", "paused", "stopped", "unknown"];
  assertEquals(words.map(stateOf), states);
});

Deno.test("an exit is told by its type", () => {
  assertEquals(exitOf('{"Status":0,"ExitType":"ForcedExit"}'), {
    kind: "forced",
    raw: "ForcedExit",
    status: 0,
  });
  assertEquals(exitOf('{"ExitType":"Fancy"}'), { kind: "unknown", raw: "Fancy" });
});

for (const text of [null, "", "{", "[]", "null", "1", "{}", '{"ExitType":1}']) {
  Deno.test(`no exit: ${text}`, () => assertEquals(exitOf(text), undefined));
}

Deno.test("the newest schema version is found in both shapes of the answer", () => {
  const SupportedSchemaVersions = [{ Major: 1, Minor: 0 }, { Major: 2, Minor: 3 }];
  const expected = { Major: 2, Minor: 3 };
  assertEquals(newestSchema({ Properties: [{ SupportedSchemaVersions }] }), expected);
  const Basic = { Response: { SupportedSchemaVersions } };
  assertEquals(newestSchema({ PropertyResponses: { Basic } }), expected);
  assertEquals(newestSchema({ Properties: [{ SupportedSchemaVersions: [] }] }), undefined);
  assertEquals(newestSchema({}), undefined);
});
