import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { readOptions } from "./simulate.ts";
import { UsageError } from "./commands/usage.ts";

Deno.test("simulate takes a driver with a server, and a port", () => {
  assertEquals(readOptions(["--driver", "kubevirt"]), {});
  assertEquals(readOptions(["--driver", "kubevirt", "--port", "6443"]), {
    port: 6443,
  });
  assertEquals(readOptions(["--driver", "kubevirt", "--speed", "20"]), { speed: 20 });
});

for (
  const args of [
    [],
    ["--driver", "libvirt"],
    ["--driver", "kubevirt", "--port", "x"],
    ["--driver", "kubevirt", "--port", "70000"],
    ["--driver", "kubevirt", "--speed", "0"],
    ["--driver", "kubevirt", "--speed", "fast"],
    ["--driver", "kubevirt", "--prot", "1"],
    ["--driver", "kubevirt", "more"],
  ]
) {
  Deno.test(`simulate refuses ${JSON.stringify(args.join(" "))}`, () => {
    assertThrows(() => readOptions(args), UsageError);
  });
}

Deno.test({
  name: "simulate prints a kubeconfig for its user alone, and takes it away at the end",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "conformance/simulate.ts", "--driver", "kubevirt"],
      cwd: new URL("..", import.meta.url),
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let text = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes("Contexts:")) break;
    }
    const path = /KUBECONFIG=(.+)/.exec(text)?.[1] ?? "";
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assertMatch(await Deno.readTextFile(path), /"current-context": "certificate"/);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  },
});
