import { assert, assertEquals } from "@std/assert";
import { disguisesOf } from "./disguises.ts";

const SECRET = 'päss "word"/+?\n1';
const bytes = new TextEncoder().encode(SECRET);

Deno.test("a secret is found in every form that it is written in", () => {
  const forms = disguisesOf(SECRET);
  const texts = [
    SECRET,
    JSON.stringify({ message: SECRET }),
    JSON.stringify(JSON.stringify({ message: SECRET })),
    `[${bytes.join(" ")}]`,
    JSON.stringify([...bytes]),
    bytes.toHex(),
    `?q=${encodeURIComponent(SECRET)}`,
    new URLSearchParams({ q: SECRET }).toString(),
  ];
  for (const text of texts) assert(forms.some((form) => text.includes(form)), text);
});

Deno.test("a secret is found in base64 wherever it begins and ends", () => {
  const forms = disguisesOf(SECRET);
  for (const before of ["", "a", "ab", "abc"]) {
    for (const after of ["", "x", "xy", "xyz"]) {
      const text = new TextEncoder().encode(`${before}${SECRET}${after}`).toBase64();
      const url = text.replaceAll("+", "-").replaceAll("/", "_");
      for (const it of [text, url]) assert(forms.some((form) => it.includes(form)), it);
    }
  }
});

Deno.test("an empty secret has no form", () => {
  assertEquals(disguisesOf(""), []);
});
