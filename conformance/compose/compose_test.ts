import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatTape, parseTape } from "../../drivers/backend/mod.ts";
import { FileLedger } from "../engine/ledger_file.ts";
import { User } from "../user_test.ts";

const CASES = "registry.case create.stopped";

/** Records the cases, and answers where the tape of one is. */
async function recorded(user: User): Promise<string> {
  const { code, err } = await user.say(`record --driver ./mine.ts --live ${CASES}`);
  assertEquals(code, 0, err);
  return `${user.folder}/fixtures/mine/create.stopped.ndjson`;
}

Deno.test("the memory driver answers by itself", async () => {
  await using user = await User.come();
  const { code, out } = await user.say(`--driver memory ${CASES}`);
  assertStringIncludes(out, "memory (simulated, simulator): 2/2 passed");
  assertEquals(code, 0);
});

Deno.test("the Hyper-V driver answers over its simulator or its host, if that is asked for", async () => {
  await using user = await User.come();
  const { code, out } = await user.say(`--driver hyperv --simulated ${CASES}`);
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
    const path = await recorded(user);
    await Deno.writeTextFile(path, damage(await Deno.readTextFile(path)));
    const { code, out } = await user.say(`--driver ./mine.ts ${CASES}`);
    assertStringIncludes(out, message);
    assertStringIncludes(out, "record --driver ./mine.ts --live create.stopped");
    assertEquals(code, 3);
  });
}

Deno.test("what its simulator answers is recorded and replayed, and says so", async () => {
  await using user = await User.come();
  const { code, err } = await user.say(`record --driver hyperv ${CASES}`);
  assertStringIncludes(err, "Recorded 2 of 2 cases");
  assertEquals(code, 0);
  const replay = await user.say(`--driver hyperv ${CASES}`);
  assertStringIncludes(replay.out, "hyperv (replayed, simulator, recorded 2026-01-31): 2/2 passed");
  assertEquals(replay.code, 0);
});

Deno.test("a driver without a simulator is recorded and asked live alone", async () => {
  await using user = await User.come();
  for (const command of ["record --driver ./mine.ts", "--driver ./mine.ts --simulated"]) {
    const { code, err } = await user.say(`${command} ${CASES}`);
    assertStringIncludes(err, 'There is no simulator for driver "mine"');
    assertEquals(code, 2);
  }
});

Deno.test("a missing tape is 3, and so are missing recordings", async () => {
  await using user = await User.come();
  const none = await user.say("--driver ./mine.ts registry.case");
  assertStringIncludes(none.err, 'There are no recordings of driver "mine"');
  await Deno.remove(await recorded(user));
  const one = await user.say("--driver ./mine.ts create.stopped");
  assertStringIncludes(one.out, "there is none. Record it:");
  assertEquals([none.code, one.code], [3, 3]);
});

Deno.test("a tape of another course of events is a harness error that shows the difference", async () => {
  await using user = await User.come();
  const path = await recorded(user);
  const about = { driver: "mine", case: "create.stopped" };
  const { provenance, lines } = parseTape(await Deno.readTextFile(path), about);
  await Deno.writeTextFile(path, formatTape({ provenance, lines: lines.slice(0, 3) }));
  const { code, out } = await user.say("--driver ./mine.ts create.stopped");
  assertStringIncludes(out, "The driver did not do what was recorded");
  assertStringIncludes(out, 'Cannot replay "machine.');
  assertEquals(code, 3);
});

Deno.test("a tape of another case under the name of one is refused", async () => {
  await using user = await User.come();
  const path = await recorded(user);
  await Deno.copyFile(path.replace("create.stopped", "registry.case"), path);
  const { code, out } = await user.say("--driver ./mine.ts create.stopped");
  assertStringIncludes(out, 'it is that of case "registry.case" with driver "mine"');
  assertEquals(code, 3);
});

Deno.test("a setting for a replay is wrong use, as the recording has its own", async () => {
  await using user = await User.come();
  await recorded(user);
  const { code, err } = await user.say("--driver ./mine.ts --set a=b create.stopped");
  assertStringIncludes(err, 'Cannot set "a": a recording has its own settings');
  assertEquals(code, 2);
});

Deno.test("an unknown setting of a live driver is wrong use", async () => {
  await using user = await User.come();
  const { code, err } = await user.say("--driver libvirt --live --set poll=a power");
  assertStringIncludes(err, 'Unknown setting "poll"');
  assertEquals(code, 2);
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
    await user.write("bad.ts", text);
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
    await ledger.intend({ kind: "planted-machine", contract: "driver", name: "o.x" });
  }
  const dry = await user.say("reap --dry-run");
  assertStringIncludes(dry.out, "listed machine:o.c.m (run dead)");
  const { code, out } = await user.say("reap");
  assertStringIncludes(out, "absent machine:o.c.m (run dead)");
  assertEquals([dry.code, code], [0, 0]);
  assert((await user.say("reap")).out.startsWith("Nothing is left"));
});
