import { assert, assertEquals } from "@std/assert";
import { disguisesOf } from "./disguises.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What is in secrets, and what some encoding or other writes in its own way. */
const PIECES = [
  ..."aZ09 +/?=&%<>\"'\\!*()~-_.:;[]{}\n\t",
  "ä",
  "é",
  "🙂",
  "\u2028",
  "password",
];

/** Texts that are the same in each run. */
function texts(count: number): string[] {
  let state = 0x9e3779b9;
  const next = (below: number): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
    state = (state + 0x6d2b79f5) >>> 0;
    return state % below;
  };
  return Array.from(
    { length: count },
    () => Array.from({ length: 6 + next(20) }, () => PIECES[next(PIECES.length)]).join(""),
  );
}

/** Others' ways to write a text, none of them made from the code under test. */
const WRITERS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => `token ${text}.`,
  "JSON": (text) => JSON.stringify({ message: text }),
  "JSON in JSON": (text) => JSON.stringify(JSON.stringify({ message: text })),
  "JSON of Go": (text) =>
    JSON.stringify(text).replace(
      /[<>&\u2028\u2029]/g,
      (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  "JSON in ASCII": (text) =>
    [...JSON.stringify(text)].flatMap((it) => it.split("")).map((unit) =>
      unit.charCodeAt(0) < 0x80 ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
    ).join(""),
  "base64": (text) => btoa(String.fromCharCode(...utf8(text))),
  "base64 after one byte": (text) => btoa(String.fromCharCode(1, ...utf8(text), 7)),
  "base64 after two bytes": (text) => btoa(String.fromCharCode(1, 2, ...utf8(text), 7, 8)),
  "base64 after three bytes": (text) => btoa(String.fromCharCode(1, 2, 3, ...utf8(text))),
  "base64url": (text) => utf8(`x${text}x`).toBase64({ alphabet: "base64url" }),
  "base64 without padding": (text) => utf8(text).toBase64({ omitPadding: true }),
  "hexadecimal": (text) => utf8(text).toHex(),
  "hexadecimal with colons": (text) => utf8(text).toHex().toUpperCase().replace(/..(?=.)/g, "$&:"),
  "bytes in decimal": (text) => `[${utf8(text).join(" ")}]`,
  "bytes in JSON": (text) => JSON.stringify([...utf8(text)]),
  "bytes as Go source": (text) =>
    `[]byte{${[...utf8(text)].map((it) => `0x${it.toString(16)}`).join(", ")}}`,
  "a component of a URL": (text) => `https://h/?q=${encodeURIComponent(text)}`,
  "a form": (text) => new URLSearchParams({ q: text }).toString(),
  "a URL in small letters": (text) =>
    encodeURIComponent(text).replace(/%../g, (it) => it.toLowerCase()),
  "a URL by the book": (text) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  "Latin-1": (text) => utf8(text).reduce((all, it) => all + String.fromCharCode(it), ""),
  "text of XML": (text) =>
    `<m>${text.replace(/[&<>]/g, (it) => ({ "&": "&amp;", "<": "&lt;" })[it] ?? "&gt;")}</m>`,
};

for (const [form, write] of Object.entries(WRITERS)) {
  Deno.test(`a secret is found in this form: ${form}`, () => {
    for (const secret of texts(40)) {
      const text = write(secret);
      assert(disguisesOf(secret).some((it) => text.includes(it)), `${secret} in ${text}`);
    }
  });
}

Deno.test("a secret is found in base64 wherever it begins and ends", () => {
  const secret = 'päss "word"/+?\n1';
  const forms = disguisesOf(secret);
  for (const before of ["", "a", "ab", "abc"]) {
    for (const after of ["", "x", "xy", "xyz"]) {
      const text = utf8(`${before}${secret}${after}`).toBase64();
      const url = text.replaceAll("+", "-").replaceAll("/", "_");
      for (const it of [text, url]) assert(forms.some((form) => it.includes(form)), it);
    }
  }
});

Deno.test("another text is not taken for the secret", () => {
  const forms = disguisesOf("canary-5f2c-secret");
  for (const other of ["canary-5f2c", "secret", "canary-5f2d-secret"]) {
    for (const write of Object.values(WRITERS)) {
      assertEquals(forms.filter((form) => write(other).includes(form)), [], other);
    }
  }
});

Deno.test("an empty secret has no form", () => {
  assertEquals(disguisesOf(""), []);
});
