/** The command line of the suite, as a process under Windows. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const decoder = new TextDecoder();

/** `output()` is fine here: it is short, and one at a time. */
async function suite(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const program = ["run", "-A", "--no-prompt", "--no-check", "--cached-only", "conformance/cli.ts"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...program, ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

function onWindows(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os !== "windows", fn });
}

onWindows("the command line says how it is used", async () => {
  const { code, out } = await suite("--help");
  assertEquals(code, 0);
  assertMatch(out, /--driver NAME/);
});

onWindows("the command line lists its cases", async () => {
  const { code, out } = await suite("--list");
  assertEquals(code, 0);
  assert(out.trim().split("\n").length > 50, out);
});

onWindows("wrong use ends with 2, in one sentence", async () => {
  const { code, err } = await suite("--driver", "hyperv", "no-such-case");
  assertEquals(code, 2);
  assertMatch(err, /^[^\n]*"no-such-case"[^\n]*\n$/);
});

for (const [driver, ...flags] of [["memory"], ["hyperv", "--simulated"]] as const) {
  onWindows(`the driver "${driver}" keeps its contract`, async () => {
    const { code, out, err } = await suite(
      "--driver",
      driver,
      ...flags,
      "create",
      "power",
      "image",
    );
    assertEquals(code, 0, out + err);
  });
}
