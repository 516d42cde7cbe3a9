import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";

/** Runs the script in a project of its own, whose version is 1.2.3 and where the stand-ins answer. */
async function published(...args: string[]): Promise<{ code: number; said: string }> {
  const folder = await Deno.makeTempDir({ prefix: "vmtck-publish-test-" });
  try {
    await Deno.mkdir(join(folder, ".ci", "std"), { recursive: true });
    await Deno.copyFile(new URL("publish.ts", import.meta.url), join(folder, ".ci", "publish.ts"));
    await Deno.writeTextFile(join(folder, "deno.json"), '{"version":"1.2.3"}');
    const choice = join(folder, ".ci", "std", "deno.json");
    await Deno.writeTextFile(choice, '{"workspace":["./assert"]}');
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", join(folder, ".ci", "publish.ts"), ...args],
    }).output();
    return { code, said: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const refused: readonly (readonly [args: readonly string[], code: number, said: string])[] = [
  [[], 1, "Cannot publish while the stand-ins"],
  [["--tag", "v1.2.3"], 1, "Cannot publish while the stand-ins"],
  [["--tag", "v1.2.4"], 1, 'Cannot publish the release "v1.2.4"'],
  [["--tag"], 2, "Expected"],
  [["--dryrun"], 2, "Expected"],
];

for (const [args, code, said] of refused) {
  Deno.test(`publish ${args.join(" ")} is refused: ${said}`, async () => {
    const ended = await published(...args);
    assertEquals(ended.code, code);
    assertStringIncludes(ended.said, said);
  });
}
