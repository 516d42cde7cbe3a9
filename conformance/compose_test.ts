import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "./cli.ts";
import { composer } from "./compose.ts";
import type { Terminal } from "./composer.ts";
import { FileLedger } from "./ledger_file.ts";

const MEMORY = new URL("../drivers/memory/mod.ts", import.meta.url).href;
const CASES = "registry.case create.stopped";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of a user with a driver module: the memory driver, as if it were real. */
class User implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async come(): Promise<User> {
    const user = new User(await Deno.makeTempDir());
    const module = `import { MEMORY } from "${MEMORY}";
export default { ...MEMORY, name: "mine", time: "real" };
`;
    await Deno.writeTextFile(`${user.folder}/mine.ts`, module);
    return user;
  }

  async say(args: string): Promise<Said> {
    let [out, err] = ["", ""];
    const terminal: Terminal = {
      out: (text) => out += text,
      err: (text) => err += text,
      isTerminal: false,
      env: () => undefined,
      folder: this.folder,
      now: () => "2026-01-31T00:00:00.000Z",
      seed: () => "chance",
      interrupts: () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} }),
    };
    const code = await main([...args.split(" "), "--ledger", "led"], terminal, composer);
    return { code, out, err };
  }

  /** Records the cases, and answers where the tape of one is. */
  async recorded(): Promise<string> {
    const { code, err } = await this.say(`record --driver ./mine.ts --live ${CASES}`);
    assertEquals(code, 0, err);
    return `${this.folder}/fixtures/mine/create.stopped.ndjson`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("the memory driver answers by itself", async () => {
  await using user = await User.come();
  const { code, out } = await user.say(`--driver memory ${CASES}`);
  assertStringIncludes(out, "memory (simulated, simulator): 2/2 passed");
  assertEquals(code, 0);
});

Deno.test("the Hyper-V driver answers over a simulated host, unless the real one is asked for", async () => {
  await using user = await User.come();
  const { code, out } = await user.say(`--driver hyperv ${CASES}`);
  assertStringIncludes(out, "hyperv (simulated, simulator): 2/2 passed");
  assertEquals(code, 0);
  const live = await user.say(`--driver hyperv --live --set powershell=/none/pwsh ${CASES}`);
  assertStringIncludes(live.err, 'Cannot start "/none/pwsh"');
  assertEquals(live.code, 3);
});

Deno.test("what was recorded live is replayed, with its date", async () => {
  await using user = await User.come();
  const { code, err } = await user.say(`record --driver ./mine.ts --live ${CASES}`);
  assertStringIncludes(err, "Recorded 2 of 2 cases");
  assertEquals(code, 0);
  const replay = await user.say(`--driver ./mine.ts ${CASES}`);
  assertStringIncludes(replay.out, "mine (replayed, simulator, recorded 2026-01-31): 2/2 passed");
  assertEquals(replay.code, 0);
});

const damages: [string, (text: string) => string, string][] = [
  ["truncated", (text) => text.slice(0, -20), "whole lines of"],
  ["edited by hand", (text) => text.replace("machine.define", "machine.defined"), "edited by hand"],
  ["no tape", () => "Hello\n", "its first line is no JSON"],
];

for (const [what, damage, message] of damages) {
  Deno.test(`a tape that is ${what} is 3, and says how to record it again`, async () => {
    await using user = await User.come();
    const path = await user.recorded();
    await Deno.writeTextFile(path, damage(await Deno.readTextFile(path)));
    const { code, out } = await user.say(`--driver ./mine.ts ${CASES}`);
    assertStringIncludes(out, message);
    assertStringIncludes(out, "record --driver mine --live create.stopped");
    assertEquals(code, 3);
  });
}

Deno.test("a missing tape is 3, and so are missing recordings", async () => {
  await using user = await User.come();
  const none = await user.say("--driver ./mine.ts registry.case");
  assertStringIncludes(none.err, 'There are no recordings of driver "mine"');
  await Deno.remove(await user.recorded());
  const one = await user.say("--driver ./mine.ts create.stopped");
  assertStringIncludes(one.out, "there is none. Record it:");
  assertEquals([none.code, one.code], [3, 3]);
});

Deno.test("a tape of another course of events is a harness error that shows the difference", async () => {
  await using user = await User.come();
  const path = await user.recorded();
  await Deno.copyFile(path.replace("create.stopped", "registry.case"), path);
  const { code, out } = await user.say("--driver ./mine.ts create.stopped");
  assertStringIncludes(out, "Cannot replay");
  assertEquals(code, 3);
});

const modules: [string, string, string][] = [
  ["exports nothing", "export {};", "exports no driver"],
  ["exports something else", 'export default { name: "x" };', "exports no driver"],
  ["throws", 'throw new Error("Broken");', 'Cannot load the module "'],
  ["is no code", "this is no code", 'Cannot load the module "'],
];

for (const [what, text, message] of modules) {
  Deno.test(`a module that ${what} is wrong use`, async () => {
    await using user = await User.come();
    await Deno.writeTextFile(`${user.folder}/bad.ts`, text);
    const { code, err } = await user.say("--driver ./bad.ts registry.case");
    assertStringIncludes(err, message);
    assertEquals(code, 2);
  });
}

Deno.test("a module or driver that is not there is wrong use, with the nearest name", async () => {
  await using user = await User.come();
  const { code, err } = await user.say("--driver memry registry.case");
  assertEquals([code, err], [2, 'Unknown driver "memry": did you mean "memory"?\n']);
  assertEquals((await user.say("--driver ./none.ts registry.case")).code, 2);
});

Deno.test("a plain module runs live; what it cannot show makes the run incomplete", async () => {
  await using user = await User.come();
  const plain = `import { MEMORY } from "${MEMORY}";
let backend;
export default {
  name: "plain",
  origin: "simulator",
  async open(context) {
    backend ??= (await MEMORY.connect({ settings: {}, clock: context.clock })).backend;
    return MEMORY.create({ ...context, backend });
  },
};
`;
  await Deno.writeTextFile(`${user.folder}/plain.ts`, plain);
  const whole = await user.say("--driver ./plain.ts create.stopped");
  assertStringIncludes(whole.out, "plain (live, simulator): 1/1 passed");
  assertEquals(whole.code, 0);
  const part = await user.say("--driver ./plain.ts create.stopped driver.status-error");
  assertStringIncludes(part.out, "not-run       driver.status-error: The subject cannot show it");
  assertEquals(part.code, 5);
  const record = await user.say("record --driver ./plain.ts --live create.stopped");
  assertStringIncludes(record.err, "has no backend seam");
  assertEquals(record.code, 2);
});

Deno.test("reap opens the driver of a dead run, as its ledger says", async () => {
  await using user = await User.come();
  {
    await using ledger = await FileLedger.begin(`${user.folder}/led`, {
      run: "dead",
      driver: `${user.folder}/mine.ts`,
      settings: {},
      startedAt: "2026-01-01",
    });
    await ledger.intend({ kind: "machine", owner: "o", cluster: "c", name: "m" });
    await ledger.intend({ kind: "planted-machine", name: "o.x" });
  }
  const dry = await user.say("reap --dry-run");
  assertStringIncludes(dry.out, "listed machine:o.c.m (run dead)");
  const { code, out } = await user.say("reap");
  assertStringIncludes(out, "absent machine:o.c.m (run dead)");
  assertEquals([dry.code, code], [0, 0]);
  assert((await user.say("reap")).out.startsWith("Nothing is left"));
});
