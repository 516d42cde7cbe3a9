import { assertEquals } from "@std/assert";
import { readTag, writeTag } from "./tag.ts";

const TAG = { owner: "o", cluster: "c", name: "m", image: "1.0" };

Deno.test("a tag is read as it was written", () => {
  assertEquals(readTag(writeTag(TAG)), { ...TAG, creating: false });
  assertEquals(readTag(writeTag({ ...TAG, creating: true })), { ...TAG, creating: true });
});

const STRANGE: readonly string[] = [
  "",
  "The accountant's machine. Do not touch!",
  "null",
  "[]",
  '"vmtck"',
  "{}",
  '{"vmtck":null}',
  '{"vmtck":{"owner":"o"}}',
  '{"vmtck":{"owner":"o","cluster":"c","name":["m"]}}',
  '{"vmtck":{"owner":"O","cluster":"c","name":"m"}}',
  '{"owner":"o","cluster":"c","name":"m"}',
  '{"vmtck":{"owner":"o","cluster":"c","name":"m"}} edited',
];

for (const notes of STRANGE) {
  Deno.test(`there is no tag in ${JSON.stringify(notes)}`, () => {
    assertEquals(readTag(notes), undefined);
  });
}
