import { assertEquals, assertStringIncludes } from "@std/assert";
import { exitCodeOf } from "./program.ts";
import { UsageError } from "./usage.ts";

async function ending(error: unknown): Promise<{ code: number; said: string }> {
  let said = "";
  const code = await exitCodeOf(() => Promise.reject(error), (text) => said += text);
  return { code, said };
}

Deno.test("a program ends with what its work answers", async () => {
  assertEquals(await exitCodeOf(() => Promise.resolve(4), () => {}), 4);
});

Deno.test("wrong use is 2, and what is missing is 3, each in one sentence", async () => {
  assertEquals(await ending(new UsageError("No such option")), {
    code: 2,
    said: "No such option\n",
  });
  assertEquals(await ending(new Error("No socket")), { code: 3, said: "No socket\n" });
  assertEquals(await ending("a word"), { code: 3, said: "a word\n" });
});

Deno.test("what can only be a bug is told with its stack", async () => {
  const { code, said } = await ending(new TypeError("x is undefined"));
  assertEquals(code, 3);
  assertStringIncludes(said, "program_test.ts");
});

Deno.test({
  name: "a second signal ends a program at once, and says how to remove what is left",
  ignore: Deno.build.os === "windows",
  async fn() {
    const path = new URL("program.ts", import.meta.url).href;
    const program = `import { interrupts } from ${JSON.stringify(path)};
using _heard = interrupts((text) => console.log(text.trimEnd()), true);
console.log("runs");
await new Promise((resolve) => setTimeout(resolve, 600_000));`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--ext=ts", "-"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program));
    await writer.close();
    let said = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += piece;
      if (/runs\n$/.test(said) || /stop at once\n$/.test(said)) child.kill("SIGTERM");
    }
    assertEquals((await child.status).code, 143);
    assertEquals(said.split("\n"), [
      "runs",
      "Interrupted: cleaning up; once more to stop at once",
      'Stopped: "deno task conformance reap" removes what is left',
      "",
    ]);
  },
});
