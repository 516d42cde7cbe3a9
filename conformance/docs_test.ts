import { assertEquals } from "@std/assert";
import { contractPage } from "../drivers/contract/docs.ts";
import { CASES } from "./cases/mod.ts";
import { CONTRACT_PAGE } from "./docs.ts";

Deno.test("the page about the contract is current (deno task docs)", async () => {
  const page = (await Deno.readTextFile(CONTRACT_PAGE)).replaceAll("\r\n", "\n");
  assertEquals(page === contractPage(CASES), true, "Run: deno task docs");
});
