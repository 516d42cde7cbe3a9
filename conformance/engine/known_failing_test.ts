import { assertEquals, assertThrows } from "@std/assert";
import { entryName, parseKnownFailures } from "./known_failing.ts";

Deno.test("parseKnownFailures reads cases, checks and reasons", () => {
  const text = "# A comment\n\ncreate.twice  # bug 1\nstart.order/first# bug 2 # more\r\n";
  const entries = parseKnownFailures(text);
  assertEquals(entries, [
    { case: "create.twice", reason: "bug 1" },
    { case: "start.order", check: "first", reason: "bug 2 # more" },
  ]);
  assertEquals(entries.map(entryName), ["create.twice", "start.order/first"]);
});

Deno.test("parseKnownFailures wants a reason", () => {
  for (const line of ["create.twice", "create.twice #", "two words # x"]) {
    assertThrows(() => parseKnownFailures(`a # b\n${line}`), TypeError, "Line 2");
  }
});
