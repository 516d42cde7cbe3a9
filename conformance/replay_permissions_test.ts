import { assertEquals, assertStringIncludes } from "@std/assert";
import { MEMORY, User } from "./user_test.ts";

const PROJECT = new URL("../", import.meta.url);

/** All that a replay may do: read, and serve images to itself. */
const PERMISSIONS = [
  ...["--deny-run", "--deny-ffi", "--deny-write", "--deny-sys"],
  ...["--allow-net=127.0.0.1", "--allow-read", "--allow-env"],
];

/** A machine's life, a guest that boots, a network, a download and a command inside of a guest. */
const CASES = ["power.cycle", "power.stop-graceful", "network.create", "image.fetch", "ssh.run"];

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function conformance(
  permissions: readonly string[],
  args: readonly string[],
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, "conformance/cli.ts", ...args],
    cwd: PROJECT,
    stdin: "null",
    env: { NO_COLOR: "1", INIT_CWD: "" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("a replay starts nothing, writes nothing and talks to nobody but itself", async () => {
  const { code, out, err } = await conformance(PERMISSIONS, ["--driver", "libvirt", ...CASES]);
  assertStringIncludes(out, `${CASES.length}/${CASES.length} passed`, out + err);
  assertEquals(code, 0);
});

Deno.test("a replay gives up by itself what it does not need", async () => {
  await using user = await User.come();
  const { code: recorded } = await user.say("record --driver ./mine.ts --live create.stopped");
  assertEquals(recorded, 0);
  await user.write(
    "mine.ts",
    `import { MEMORY } from "${MEMORY}";
const asked = ["run", "write", "ffi", "net"];
const { driver } = MEMORY.serves;
export default { ...MEMORY, name: "mine", time: "real", serves: { driver: {
  ...driver,
  create(context) {
    console.error(asked.map((name) => Deno.permissions.querySync({ name }).state).join(" "));
    return driver.create(context);
  },
} } };
`,
  );
  const args = ["--driver", `${user.folder}/mine.ts`, "--fixtures", `${user.folder}/fixtures`];
  const { code, err } = await conformance(["-A"], [
    ...[...args, "create.stopped"],
    ...["--reporter", `json=${user.folder}/report.json`],
  ]);
  assertEquals(new Set(err.trim().split("\n")), new Set(["prompt prompt prompt granted"]));
  assertEquals(code, 0);
  const report = JSON.parse(await Deno.readTextFile(`${user.folder}/report.json`));
  assertEquals([report.mode, report.totals.passed], ["replayed", 1]);
});
