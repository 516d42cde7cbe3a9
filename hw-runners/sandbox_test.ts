import { assertEquals, assertMatch } from "@std/assert";

const script = new URL("./sandbox.sh", import.meta.url).pathname;

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

const cannotRun = Deno.build.os !== "linux" || Deno.uid() !== 0 ||
  !await exists("/usr/sbin/libvirtd") || !await exists("/usr/bin/qemu-system-x86_64");

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(args: string[], env: Record<string, string> = {}): Promise<Result> {
  const command = new Deno.Command("/bin/bash", { args: [script, ...args], env, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function sandboxTest(name: string, test: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: cannotRun,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await test(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "a missing tool is named with its Debian package",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { code, stderr } = await run(["true"], { PATH: "/nonexistent" });
    assertEquals([code, stderr.trim()], [
      3,
      'sandbox: "unshare" is missing: apt-get install util-linux',
    ]);
  },
});

Deno.test({
  name: "no command is a usage error",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { code, stderr } = await run([]);
    assertEquals(code, 2);
    assertMatch(stderr, /^Usage:/);
  },
});

sandboxTest(
  "the command gets its arguments as they are, and its exit code is passed on",
  async () => {
    const { code, stdout } = await run(["printf", "<%s>", "a b", "", '"$x"']);
    assertEquals([code, stdout], [0, '<a b><><"$x">']);
    assertEquals((await run(["sh", "-c", "exit 42"])).code, 42);
  },
);

sandboxTest(
  "two sandboxes at once each have a libvirt and a network of their own",
  async (folder) => {
    const xml = `${folder}/network.xml`;
    await Deno.writeTextFile(
      xml,
      `<network><name>same</name><bridge name="vmtck0"/><ip address="192.168.77.1"/></network>`,
    );
    const script = `v="virsh -q -c qemu:///system"
    $v net-list --all --name && $v net-create "$1" >/dev/null && ls /sys/class/net`;
    const args = ["sh", "-c", script, "sh", xml];
    const results = await Promise.all([run(args), run(args)]);
    for (const { code, stdout, stderr } of results) {
      assertEquals([code, stdout.trim().split(/\s+/)], [0, ["lo", "vmtck0"]], stderr);
    }
  },
);

sandboxTest("a libvirtd that died is told, as the command's error may not", async (folder) => {
  const script = 'kill -9 "$(cat /run/libvirt/libvirtd.pid)"; sleep 0.2; exit 7';
  const { code, stderr } = await run(["sh", "-c", script], { TMPDIR: folder });
  assertEquals(code, 7);
  assertMatch(stderr, /sandbox: libvirtd does not run any more/);
});

sandboxTest("a signal reaches the command once, and nothing is left afterwards", async (folder) => {
  const child = new Deno.Command("/bin/bash", {
    args: [
      script,
      "bash",
      "-c",
      `trap 'echo term; exit 7' TERM; setsid sleep 60 & echo ready; wait`,
    ],
    env: { TMPDIR: folder },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (text.includes("ready")) child.kill("SIGTERM");
  }
  assertEquals([(await child.status).code, output], [7, "ready\nterm\n"]);
  assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
});
