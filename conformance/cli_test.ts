import { assertEquals, assertStringIncludes } from "@std/assert";
import { CASES } from "./cases/mod.ts";
import { main } from "./cli.ts";
import type { Composer, SubjectRequest, Terminal } from "./commands/composer.ts";
import { type Defects, fakeSubject } from "./engine/fake_subject_test.ts";
import { UsageError } from "./commands/usage.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A composer of fakes that fail every case, as they are drivers of nothing. */
function fakeComposer(defects: Defects, requests: SubjectRequest[]): Composer {
  const disposable = { [Symbol.asyncDispose]: () => Promise.resolve() };
  return {
    names: () => ["fake"],
    serves: ({ driver }) => Promise.resolve({ driver, contracts: ["utility-vm"] }),
    subject(request) {
      requests.push(request);
      if (request.driver === "none") throw new UsageError('Unknown driver "none"');
      if (request.driver === "down") throw new Error("No socket: start libvirtd");
      return Promise.resolve({ ...fakeSubject(defects), ...disposable });
    },
    threads: () => Promise.reject(new Error("Not needed")),
    recording() {
      throw new Error("Not recorded");
    },
    reach: () => Promise.reject(new Error("Not reached")),
  };
}

interface Setting {
  readonly folder?: string;
  readonly project?: string;
  readonly confine?: () => void;
  readonly env?: Record<string, string>;
  readonly defects?: Defects;
  readonly requests?: SubjectRequest[];
}

async function say(args: string, setting: Setting = {}): Promise<Said> {
  const { folder = "/nowhere", project = folder, env = {}, defects = {}, requests = [] } = setting;
  let [out, err] = ["", ""];
  const terminal: Terminal = {
    out: (text) => out += text,
    err: (text) => err += text,
    isTerminal: false,
    columns: () => 80,
    env: (name) => env[name],
    folder,
    project,
    now: () => "2026-01-31T00:00:00.000Z",
    seed: () => "chance",
    confine: () => Promise.resolve(setting.confine?.()),
    interrupts: () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} }),
  };
  const words = args.split(" ").filter((word) => word !== "");
  const code = await main(words, terminal, fakeComposer(defects, requests));
  return { code, out, err };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const usage: [string, string][] = [
  ["--drivr fake", 'Unknown option "--drivr": did you mean "--driver"?'],
  ["", "Name a driver: --driver fake|./my_driver.ts"],
  ["--driver none", 'Unknown driver "none"'],
  ["--driver fake registry.cas", 'did you mean "registry.case"?'],
  ["--driver fake --grep zzzz", '"--grep zzzz" finds no case'],
  ["--driver fake --shard 1/0", '"--shard" needs a part'],
  ["--driver fake --known-failing none.txt", 'Cannot read the file "none.txt"'],
  ["--driver fake --reporter json=none/x.json", 'Cannot write the report "none/x.json"'],
  ["explain", '"explain" needs the id'],
  ["explain registry.cas", 'did you mean "registry.case"?'],
  ["report", '"report" needs one file'],
  ["report none.ndjson", 'Cannot read the file "none.ndjson"'],
  ["reap machine", '"reap" takes no names'],
  [
    "record --driver fake --live --repeat 2",
    '"--repeat" is for "run", "list", and not for "record"',
  ],
  ["--driver fake --live --dry-run", '"--dry-run" is for "reap", and not for "run"'],
  ["--driver fake --list power", 'Driver "fake" serves "utility-vm"; none of the selected cases'],
];

for (const [args, message] of usage) {
  Deno.test(`wrong use is 2: "${args}"`, async () => {
    const { code, err } = await say(args);
    assertStringIncludes(err, message);
    assertEquals(code, 2);
  });
}

Deno.test("record in CI is refused unless it is meant", async () => {
  const ci = { env: { CI: "true" } };
  assertEquals((await say("record --driver fake --live", ci)).code, 2);
  const meant = await say("record --driver fake --live --yes", ci);
  assertEquals([meant.code, meant.err], [3, "Not recorded\n"]);
});

Deno.test("what the environment lacks is 3, in one sentence", async () => {
  const { code, err } = await say("--driver down registry.case");
  assertEquals([code, err], [3, "No socket: start libvirtd\n"]);
});

Deno.test("help is printed, and is no error", async () => {
  const { code, out } = await say("--help");
  assertStringIncludes(out, "Drivers: fake");
  assertEquals(code, 0);
});

Deno.test("list prints the selected cases alone, and needs no driver", async () => {
  const all = await say("list");
  assertEquals([all.code, all.out.split("\n").length - 1], [0, CASES.length]);
  const some = await say("--list registry --skip registry.name");
  assertEquals(some.out.split("\n").map((line) => line.split(" ")[0]), [
    "registry.case",
    "registry.replace",
    "registry.stop",
    "",
  ]);
});

Deno.test("list prints what a driver would run, if one is named", async () => {
  const { code, out } = await say("list --driver fake");
  const served = CASES.filter(({ contract }) => contract === "utility-vm");
  assertEquals([code, out.split("\n").length - 1], [0, served.length]);
});

Deno.test("explain tells about cases and clauses", async () => {
  const { code, out } = await say("explain registry.stop");
  assertEquals(code, 0);
  assertStringIncludes(out, "Why: ");
  assertStringIncludes(out, "Clause registry.stop (must)");
});

Deno.test("a run prints its report and tells how to repeat it", async () => {
  const { code, out } = await say("--driver fake --seed s --set a=b registry");
  assertStringIncludes(out, "fake (simulated, simulator): 4/4 passed");
  assertStringIncludes(out, "not selected");
  assertEquals(code, 0);
});

Deno.test("the command that repeats a failure has all that it depends on", async () => {
  const args = "--driver fake --set a=b --seed s --repeat 2 --case-timeout 1m create.stopped";
  const { code, out } = await say(args);
  const options = "--driver fake --set a=b --repeat 2 --case-timeout 60000ms --seed s";
  assertStringIncludes(out, `repeat   deno task conformance ${options} create.stopped\n`);
  assertEquals(code, 1);
});

Deno.test("a report that cannot be written any more is 3, and named", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const { code, err } = await say("--driver fake --reporter tap=/dev/full registry.case");
  assertStringIncludes(err, 'Cannot write the report "tap=/dev/full": No space left');
  assertEquals(code, 3);
});

Deno.test("a ledger that cannot be begun is 3, and says where another would be", async () => {
  const { code, err } = await say("--driver fake --live --ledger /dev/null registry.case", {
    defects: { mode: "live" },
  });
  assertStringIncludes(err, 'Cannot write a ledger in "/dev/null"');
  assertStringIncludes(err, '"--ledger"');
  assertEquals(code, 3);
});

Deno.test("recordings are the project's, wherever the user stands in it", async () => {
  const requests: SubjectRequest[] = [];
  await say("--driver fake registry.case", { requests, folder: "/p/sub", project: "/p" });
  await say("--driver fake --fixtures t registry.case", {
    ...{ requests, folder: "/p/sub", project: "/p" },
  });
  assertEquals(requests.map((it) => it.fixtures), ["/p/fixtures", "/p/sub/t"]);
});

Deno.test("only a replay gives permissions up", async () => {
  for (const mode of ["replayed", "live", "simulated"] as const) {
    let confined = 0;
    await say("--driver fake --ledger /dev/shm registry.case", {
      defects: { mode },
      confine: () => confined++,
    });
    assertEquals(confined, mode === "replayed" ? 1 : 0, mode);
  }
});

Deno.test("a module's path is resolved against the folder of the user", async () => {
  const requests: SubjectRequest[] = [];
  await say("--driver ./my.ts --fixtures tapes registry.case", { requests, folder: "/home/me" });
  await say("--driver fake registry.case", { requests, folder: "/home/me" });
  assertEquals(requests.map(({ driver, fixtures }) => [driver, fixtures]), [
    ["/home/me/my.ts", "/home/me/tapes"],
    ["fake", "/home/me/fixtures"],
  ]);
});

Deno.test("several reports are written, and an old run is rendered again", () =>
  inFolder(async (folder) => {
    const targets = "--reporter ndjson=a.ndjson,junit=a.xml";
    const first = await say(`--driver fake --seed s registry ${targets}`, { folder });
    assertStringIncludes(await Deno.readTextFile(`${folder}/a.xml`), "<testsuites");
    const again = await say("report a.ndjson", { folder });
    assertEquals(again, first);
    const other = await say("report a.ndjson --reporter tap", { folder });
    assertStringIncludes(other.out, "1..4\nok 1 - registry.case");
  }));

Deno.test("a run that was not finished is not rendered", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.ndjson`, '{"type":"run-start","version":1}\n');
    const { code, err } = await say("report a.ndjson", { folder });
    assertEquals(code, 2);
    assertStringIncludes(err, "the run was not finished");
  }));

Deno.test("known failures must be cases and checks", () =>
  inFolder(async (folder) => {
    const run = async (line: string): Promise<Said> => {
      await Deno.writeTextFile(`${folder}/known.txt`, `${line}\n`);
      return await say("--driver fake --known-failing known.txt registry", { folder });
    };
    assertEquals((await run("registry.cas # x")).code, 2);
    assertEquals((await run("registry.case/uper # x")).code, 2);
    assertEquals((await run("registry.case")).code, 2);
    const stale = await run("registry.case # x");
    assertEquals(stale.code, 1);
    assertStringIncludes(stale.out, "Known to fail, but it does not: registry.case");
  }));

Deno.test("a live run keeps a ledger while it goes on, and none after", () =>
  inFolder(async (folder) => {
    const count = (): number => [...Deno.readDirSync(`${folder}/led`)].length;
    let during = 0;
    const { code } = await say("--driver fake --live --ledger led registry.case", {
      folder,
      defects: {
        mode: "live",
        onOpen: () => during = count(),
      },
    });
    assertEquals([code, during, count()], [0, 1, 0]);
  }));

Deno.test("reap without ledgers has nothing to do", async () => {
  const env = { HOME: "/nowhere", LOCALAPPDATA: "C:\\nowhere", APPDATA: "C:\\nowhere" };
  const { code, out } = await say("reap --dry-run", { env });
  assertEquals([code, out], [0, "Nothing is left by any run\n"]);
});
