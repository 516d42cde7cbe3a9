import { assertEquals, assertNotEquals } from "@std/assert";
import { requestHash } from "./request_hash.ts";

Deno.test("the same fields have the same hash, in whatever order", () => {
  const one = requestHash({ a: 1, b: { c: [1, 2], d: "x" }, e: undefined });
  assertEquals(one, requestHash({ b: { d: "x", c: [1, 2] }, a: 1 }));
  assertEquals(one.length, 64);
});

Deno.test("another value, another order of a list and another place have another hash", () => {
  const one = requestHash({ a: { b: [1, 2] } });
  for (
    const other of [{ a: { b: [2, 1] } }, { a: { b: [1] } }, { b: { a: [1, 2] } }, { a: "1,2" }]
  ) {
    assertNotEquals(requestHash(other), one);
  }
});
