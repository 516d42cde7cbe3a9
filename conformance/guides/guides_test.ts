import { assert, assertEquals } from "@std/assert";
import { openSubject } from "../compose/mod.ts";
import { registerDenoTests } from "../register_deno_tests.ts";
import toy from "./toy/driver.ts";

/** The driver of the guide, held to every case that it can be held to. */
await registerDenoTests({ open: () => openSubject(toy) });

const read = (name: string): Promise<string> =>
  Deno.readTextFile(new URL(name, import.meta.url)).then((text) => text.replaceAll("\r\n", "\n"));

Deno.test("every block of code in the guide is a part of the driver that the tests run", async () => {
  const [guide, driver] = await Promise.all([read("driver_author.md"), read("toy/driver.ts")]);
  const blocks = [...guide.matchAll(/```ts ignore\n([\s\S]*?)\n```/g)].map(([, code]) =>
    code ?? ""
  );
  assertEquals(blocks.length, 7);
  for (const block of blocks) assert(driver.includes(block), block);
});

Deno.test("every file that a guide leads to is there", async () => {
  for (const name of ["README.md", "driver_author.md", "maintainer.md"]) {
    for (const [, path = ""] of (await read(name)).matchAll(/\]\(([^)#]+)\)/g)) {
      assert((await Deno.stat(new URL(path, import.meta.url))) !== undefined, path);
    }
  }
});
