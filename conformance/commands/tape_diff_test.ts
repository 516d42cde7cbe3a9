import { assertEquals, assertStringIncludes } from "@std/assert";
import { Names } from "../engine/names.ts";
import { lineDifference, renderDifferences, tapeDifference } from "./tape_diff.ts";
import { User } from "../user_test.ts";

/** A tape of a case, as another run would record it. */
function tape(seed: string, result: string, { versions = { libvirt: "9" } } = {}): string {
  const { owner } = new Names(seed, "a.b", 1);
  return [
    { case: "a.b", driver: "x", seed, origin: "hardware", versions },
    { at: seed.length, ms: 2, lane: `machine:${owner}`, method: "get", params: { owner }, result },
    { at: 3, lane: "host", event: { owner } },
  ].map((line) => `${JSON.stringify(line)}\n`).join("");
}

Deno.test("another seed and other times are no difference", () => {
  assertEquals(tapeDifference(tape("one", "x"), tape("another", "x")), []);
});

Deno.test("another answer and another host are differences, with owners as placeholders", () => {
  const lines = tapeDifference(tape("s", "x"), tape("s", "y", { versions: { libvirt: "10" } }));
  assertEquals(lines, [
    '- {"origin":"hardware","versions":{"libvirt":"9"}}',
    '+ {"origin":"hardware","versions":{"libvirt":"10"}}',
    '- {"lane":"machine:⟨owner⟩","method":"get","params":{"owner":"⟨owner⟩"},"result":"x"}',
    '+ {"lane":"machine:⟨owner⟩","method":"get","params":{"owner":"⟨owner⟩"},"result":"y"}',
  ]);
});

Deno.test("a difference of lines is the least there is", () => {
  assertEquals(lineDifference(["a", "b", "c", "d"], ["a", "c", "x", "d"]), ["- b", "+ x"]);
});

Deno.test("what is new and what is gone is told apart", () => {
  const text = renderDifferences([
    { tape: "x/a", kind: "new", lines: [] },
    { tape: "x/b", kind: "gone", lines: [] },
    { tape: "x/c", kind: "same", lines: [] },
  ]);
  assertStringIncludes(text, "1 same, 0 changed, 1 new, 1 gone");
});

Deno.test("two recordings of one driver that did not change are the same", async () => {
  await using user = await User.come();
  for (const folder of ["old", "now"]) {
    const args = `record --driver ./mine.ts --live --seed ${folder} --fixtures ${folder}`;
    assertEquals((await user.say(`${args} create.stopped power.start`)).code, 0);
  }
  const { code, out } = await user.say("diff old now");
  assertStringIncludes(out, "2 same, 0 changed, 0 new, 0 gone");
  assertEquals(code, 0);
});

Deno.test("a folder without recordings is wrong use", async () => {
  await using user = await User.come();
  const { code, err } = await user.say("diff none nowhere");
  assertStringIncludes(err, 'Cannot read the recordings in "');
  assertEquals(code, 2);
});
