import { assertEquals } from "@std/assert";
import { coveredMs, type Span } from "./probe.ts";

const span = (began: number, ended: number): Span => ({ method: "m", began, ended });

Deno.test("calls that overlap cover their time once", () => {
  assertEquals(coveredMs([span(2, 5), span(4, 7), span(8, 9)], 0, 10), 6);
  assertEquals(coveredMs([span(4, 5), span(2, 9)], 0, 10), 7);
});

Deno.test("what was before or after covers nothing", () => {
  assertEquals(coveredMs([span(0, 3), span(8, 12), span(20, 30)], 2, 10), 3);
  assertEquals(coveredMs([], 0, 10), 0);
});
