import { assertEquals, assertThrows } from "@std/assert";
import { fromWide, toGuid, toWide } from "./strings.ts";

Deno.test("a text comes back as it was, whatever is in it", () => {
  for (const text of ["", "plain", "é𝄞", "\ud800 alone", "x".repeat(10_000)]) {
    assertEquals(fromWide(Deno.UnsafePointer.of(toWide(text))), text);
  }
});

Deno.test("a null pointer is no text", () => {
  assertEquals(fromWide(null), null);
});

Deno.test("a text with a NUL is refused rather than cut", () => {
  assertThrows(() => toWide("a\0b"), RangeError, "NUL");
});

Deno.test("the first three fields of a GUID are little-endian", () => {
  const bytes = toGuid("00112233-4455-6677-8899-AABBCCDDEEFF");
  assertEquals(bytes.toHex(), "33221100554477668899aabbccddeeff");
});

Deno.test("what is no GUID is refused", () => {
  for (const text of ["", "00112233", "{00112233-4455-6677-8899-aabbccddeeff}"]) {
    assertThrows(() => toGuid(text), RangeError, "GUID");
  }
});
