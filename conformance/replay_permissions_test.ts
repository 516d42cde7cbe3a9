import { assertEquals, assertStringIncludes } from "@std/assert";
import { MEMORY, User } from "./user_test.ts";

const PROJECT = new URL("../", import.meta.url);

/** All that a replay may do is read. */
const PERMISSIONS = [
  ...["--deny-run", "--deny-ffi", "--deny-write", "--deny-sys", "--deny-net"],
  ...["--allow-read", "--allow-env"],
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

Deno.test("a replay starts nothing, writes nothing and talks to nobody", async () => {
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
  assertEquals(new Set(err.trim().split("\n")), new Set(["prompt prompt prompt prompt"]));
  assertEquals(code, 0);
  const report = JSON.parse(await Deno.readTextFile(`${user.folder}/report.json`));
  assertEquals([report.mode, report.totals.passed], ["replayed", 1]);
});

Deno.test("the threads of a replay give up what it does", async () => {
  await using user = await User.come();
  await user.write(
    "mine.ts",
    `import { LIBVIRT } from "${new URL("drivers/libvirt/mod.ts", PROJECT)}";
const where = "WorkerGlobalScope" in globalThis ? "thread" : "main";
const { driver } = LIBVIRT.serves;
export default { ...LIBVIRT, serves: { driver: {
  ...driver,
  create(context) {
    const states = ["run", "write", "ffi", "net"]
      .map((name) => Deno.permissions.querySync({ name }).state);
    if (context.owner !== "claims") console.error(where, ...states);
    return driver.create(context);
  },
} } };
`,
  );
  const args = [
    "--driver",
    `${user.folder}/mine.ts`,
    "--fixtures",
    `${import.meta.dirname}/../fixtures`,
  ];
  const { code, err } = await conformance(["-A"], [...args, "power", "image", "create"]);
  const given = (where: string): string => `${where} prompt prompt prompt prompt`;
  const threads = navigator.hardwareConcurrency > 1 ? ["main", "thread"] : ["main"];
  assertEquals(new Set(err.trim().split("\n")), new Set(threads.map(given)));
  assertEquals(code, 0);
});
