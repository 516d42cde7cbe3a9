import { assertEquals, assertThrows } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { spawn } from "./child.ts";

const ignore = Deno.build.os === "windows";

/** What is said of a file that cannot be started. */
function refusalOf(path: string): string {
  const error = assertThrows(() => spawn({ path }, {}), BackendError);
  assertEquals([error.kind, error.code], ["unreachable", "spawn"]);
  return error.message.replace(path, "FILE");
}

Deno.test("a plugin that is not there is told as such", () => {
  assertEquals(refusalOf("/nowhere/plugin"), 'Cannot start plugin "FILE": there is no such file');
});

Deno.test({
  name: "a file that is no program is told as what it is",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/plugin`;
      assertEquals(refusalOf(folder), 'Cannot start plugin "FILE": it is a folder');
      await Deno.writeTextFile(file, "#!/nowhere/sh\n", { mode: 0o644 });
      assertEquals(
        refusalOf(file),
        'Cannot start plugin "FILE": it is not executable; try chmod +x',
      );
      await Deno.chmod(file, 0o755);
      assertEquals(
        refusalOf(file),
        'Cannot start plugin "FILE": the program that its first line names is missing',
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a program is taken along by an exit that nobody expected",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const pipe = `${folder}/pipe`;
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      const code = `import { killAtExit, spawn } from ${
        JSON.stringify(import.meta.resolve("./child.ts"))
      };
        killAtExit(spawn({ path: "sh", args: ["-c", 'exec sleep 60 3>"$0"', ${
        JSON.stringify(pipe)
      }] }, {}));
        for await (const _ of Deno.stdin.readable);
        Deno.exit(130);`;
      const host = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdin: "piped" })
        .spawn();
      // Open as long as the program lives, which has it open, too.
      using held = await Deno.open(pipe);
      await host.stdin.close();
      assertEquals((await host.status).code, 130);
      assertEquals(await held.read(new Uint8Array(1)), null);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
