import { assertEquals, assertRejects } from "@std/assert";
import { DriverError, machineSubject } from "../../drivers/contract/mod.ts";
import { fakeDriver } from "./fake_subject_test.ts";
import type { Resource } from "./ledger.ts";
import { deadLedgers, FileLedger, type LedgerHead } from "./ledger_file.ts";
import { type ReachFor, reap, type Reaped } from "./reap.ts";

const HEAD: LedgerHead = { run: "r1", driver: "fake", settings: {}, startedAt: "2026-01-01" };
const machine = (name: string): Resource => ({ kind: "machine", owner: "o", cluster: "c", name });

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a killed process leaves: the lines, and nobody who holds them. */
async function killed(folder: string, text: string, run = "r1"): Promise<void> {
  await Deno.writeTextFile(`${folder}/${run}.ndjson`, text);
}

const lines = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

/** The resources of all dead ledgers. */
async function dead(folder: string): Promise<Resource[][]> {
  const found: Resource[][] = [];
  for await (using ledger of deadLedgers(folder)) found.push(ledger.open().map(([, it]) => it));
  return found;
}

const names = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("a ledger with nothing open is removed at its end", () =>
  inFolder(async (folder) => {
    const deep = `${folder}/deep`;
    {
      await using ledger = await FileLedger.begin(deep, HEAD);
      await ledger.strike([await ledger.intend(machine("a"))]);
    }
    assertEquals(names(deep), []);
  }));

Deno.test("a ledger of a run that goes on is nobody's to reap", () =>
  inFolder(async (folder) => {
    await using ledger = await FileLedger.begin(folder, HEAD);
    await ledger.intend(machine("a"));
    assertEquals(await dead(folder), []);
  }));

Deno.test("a ledger tells what was intended and not struck out, the newest first", () =>
  inFolder(async (folder) => {
    {
      await using ledger = await FileLedger.begin(folder, HEAD);
      const [first] = await Promise.all(["a", "b", "c"].map((it) => ledger.intend(machine(it))));
      await ledger.strike([first!]);
    }
    assertEquals(await dead(folder), [[machine("c"), machine("b")]]);
  }));

Deno.test("a last line that was cut off is of something that was not made", () =>
  inFolder(async (folder) => {
    const whole = lines({ head: HEAD }, { intent: 1, resource: machine("a") });
    await killed(folder, `${whole}{"intent":2,"reso`);
    assertEquals(await dead(folder), [[machine("a")]]);
    assertEquals(await Deno.readTextFile(`${folder}/r1.ndjson`), whole);
  }));

Deno.test("a ledger without any run is left alone, and an unreadable one is an error", () =>
  inFolder(async (folder) => {
    await killed(folder, "", "empty");
    assertEquals(await dead(folder), []);
    await killed(folder, "nonsense\n", "nonsense");
    await assertRejects(() => dead(folder), Error, "Cannot read line 1 of the ledger");
  }));

Deno.test("a folder that is not there has no ledgers", async () => {
  assertEquals(await dead("/nowhere/at/all"), []);
});

function reachOf(host: Set<string>, broken = false): ReachFor {
  const refuse = (): never => {
    throw new DriverError({
      code: "unavailable",
      operation: "machines.delete",
      subject: machineSubject({ cluster: "c", name: "m" }),
      message: "No socket",
    });
  };
  return () =>
    Promise.resolve({
      host: () => Promise.resolve(undefined),
      of: (_, owner) =>
        Promise.resolve(fakeDriver(host, owner, broken ? { onDelete: refuse } : {})),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
}

const LEFT = lines(
  { head: HEAD },
  { intent: 1, resource: machine("a") },
  { intent: 2, resource: machine("b") },
);

async function reaped(folder: string, reachFor: ReachFor, dryRun = false): Promise<Reaped[]> {
  return await Array.fromAsync(reap(deadLedgers(folder), reachFor, { dryRun }));
}

Deno.test("reap removes what the ledger lists, and nothing else", () =>
  inFolder(async (folder) => {
    await killed(folder, LEFT);
    const host = new Set(["machine:o.c.a", "machine:o.c.other"]);
    assertEquals(await reaped(folder, reachOf(host)), [
      { run: "r1", resource: "machine:o.c.b", outcome: "absent" },
      { run: "r1", resource: "machine:o.c.a", outcome: "removed" },
    ]);
    assertEquals([[...host], names(folder)], [["machine:o.c.other"], []]);
  }));

Deno.test("reap removes nothing in a dry run", () =>
  inFolder(async (folder) => {
    await killed(folder, LEFT);
    const host = new Set(["machine:o.c.a"]);
    const outcomes = await reaped(folder, reachOf(host), true);
    assertEquals(outcomes.map((it) => it.outcome), ["listed", "listed"]);
    assertEquals([host.size, await Deno.readTextFile(`${folder}/r1.ndjson`)], [1, LEFT]);
  }));

Deno.test("reap removes scratch folders of the suite, and no others", () =>
  inFolder(async (folder) => {
    const [scratch, other] = [`${folder}/vmtck-abc`, `${folder}/precious`];
    await Deno.mkdir(scratch);
    await Deno.mkdir(other);
    const intents = [scratch, other, `${folder}/vmtck-gone`].map((path, index) => ({
      intent: index + 1,
      resource: { kind: "folder", path },
    }));
    await killed(folder, lines({ head: HEAD }, ...intents));
    const outcomes = await reaped(folder, reachOf(new Set()));
    assertEquals(outcomes.map((it) => it.outcome), ["absent", "failed", "removed"]);
    assertEquals(names(folder).sort(), ["precious", "r1.ndjson"]);
  }));

Deno.test("reap keeps in the ledger what it could not remove", () =>
  inFolder(async (folder) => {
    await killed(folder, LEFT);
    const outcomes = await reaped(folder, reachOf(new Set(), true));
    assertEquals(outcomes[0], {
      run: "r1",
      resource: "machine:o.c.b",
      outcome: "failed",
      reason: "unavailable (machine:c/m): No socket",
    });
    assertEquals(await dead(folder), [[machine("b"), machine("a")]]);
  }));

Deno.test("reap goes on with folders and other ledgers if a host cannot be reached", () =>
  inFolder(async (folder) => {
    const scratch = { kind: "folder", path: `${folder}/vmtck-abc` };
    await Deno.mkdir(scratch.path);
    await killed(folder, LEFT + lines({ intent: 3, resource: scratch }));
    const down: ReachFor = () => Promise.reject(new Error("No socket"));
    const outcomes = await reaped(folder, down);
    assertEquals(outcomes.map((it) => [it.outcome, it.reason]), [
      ["removed", undefined],
      ["failed", "Error: No socket"],
      ["failed", "Error: No socket"],
    ]);
    assertEquals(await dead(folder), [[machine("b"), machine("a")]]);
  }));
