import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";

Deno.test("publish refuses while the stand-ins are active", async () => {
  const folder = await Deno.makeTempDir({ prefix: "vmtck-publish-test-" });
  try {
    await Deno.mkdir(join(folder, ".ci", "std"), { recursive: true });
    await Deno.copyFile(new URL("publish.ts", import.meta.url), join(folder, ".ci", "publish.ts"));
    const choice = join(folder, ".ci", "std", "deno.json");
    await Deno.writeTextFile(choice, '{"workspace":["./assert"]}');
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", join(folder, ".ci", "publish.ts")],
    }).output();
    assertEquals(code, 1);
    assertStringIncludes(new TextDecoder().decode(stderr), "Cannot publish while the stand-ins");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
