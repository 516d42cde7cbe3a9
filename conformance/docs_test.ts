import { assertEquals } from "@std/assert";
import { FOLDER, pages } from "./docs.ts";

for (const [path, text] of pages()) {
  Deno.test(`the page drivers/contract/${path} is what "deno task docs" writes`, async () => {
    const page = (await Deno.readTextFile(new URL(path, FOLDER))).replaceAll("\r\n", "\n");
    assertEquals(page === text, true, "Run: deno task docs");
  });
}
