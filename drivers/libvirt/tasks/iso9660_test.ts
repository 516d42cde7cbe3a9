import { assertEquals, assertThrows } from "@std/assert";
import { isoImage } from "./iso9660.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The part of an image, as text of one byte a letter. */
function text(image: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...image.subarray(from, from + length));
}

Deno.test("an image carries its label, in both forms", () => {
  const image = isoImage("cidata", {});
  assertEquals(text(image, 16 * 2048, 7), "\x01CD001\x01");
  assertEquals(text(image, 16 * 2048 + 40, 7), "cidata ");
  assertEquals(text(image, 17 * 2048 + 40, 14), "\0c\0i\0d\0a\0t\0a\0 ");
});

Deno.test("the same files give the same image, of whole sectors", () => {
  const image = isoImage("cidata", { "user-data": bytes("x".repeat(2049)) });
  assertEquals(image, isoImage("cidata", { "user-data": bytes("x".repeat(2049)) }));
  assertEquals(image.length % 2048, 0);
});

Deno.test("an image is refused that could not be read as it was meant", () => {
  const empty = bytes("");
  const refused: [string, Record<string, Uint8Array>][] = [
    ["", {}],
    ["x".repeat(17), {}],
    ["cidata", { "a/b": empty }],
    ["cidata", { "": empty }],
    ["cidata", { "user-data1": empty, "user-data2": empty }],
    ["cidata", Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, empty]))],
  ];
  for (const [label, files] of refused) assertThrows(() => isoImage(label, files), RangeError);
});
