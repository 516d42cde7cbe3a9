import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { User } from "../user_test.ts";
import { UsageError } from "../commands/usage.ts";
import { init, rendered } from "./init.ts";

Deno.test("a driver that was begun says what to write next, and names no other", async () => {
  await using user = await User.come();
  const paths = await init("my-driver", user.folder);
  assertEquals(paths.length, 3);
  for (const path of paths) {
    assertEquals(/example/i.test(await Deno.readTextFile(path)), false, path);
  }
  const { code, out } = await user.say("--driver ./my-driver/mod.ts registry.case driver.stable");
  assertStringIncludes(out, "my-driver (live, simulator): 1/2 passed");
  assertStringIncludes(out, '"driver.status\\" is not written yet; begin with the clause');
  assertEquals(code, 1);
});

Deno.test("each operation that a new driver refuses names a clause that there is", async () => {
  await using user = await User.come();
  await init("mine-too", user.folder);
  const text = await Deno.readTextFile(`${user.folder}/mine-too/driver.ts`);
  const clauses = [...text.matchAll(/unwritten\("[\w.]+", "([\w.-]+)"\)/g)].map(([, id]) => id);
  assertEquals(clauses.length, 5);
  for (const id of clauses) assertEquals((await user.say(`explain ${id}`)).code, 0, id);
});

Deno.test("a driver may be called after the example", () => {
  assertEquals(
    rendered("exampleDriver of example", "example-two"),
    "exampleTwoDriver of example-two",
  );
});

Deno.test("a driver is begun once, and nothing is written over", async () => {
  await using user = await User.come();
  await init("twice", user.folder);
  await assertRejects(() => init("twice", user.folder), UsageError, "exists already");
});

for (const name of ["", "A", "../up", "1st", "a b", "nul.ts"]) {
  Deno.test(`a driver cannot be named ${JSON.stringify(name)}`, async () => {
    await assertRejects(() => init(name, "/nowhere"), UsageError, "Cannot name a driver");
  });
}
