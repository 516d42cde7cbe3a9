import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Driver,
  DriverError,
  type ErrorCode,
  type HostControls,
  type Machine,
  type MachineSpec,
} from "../contract/mod.ts";
import { VirtualClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import { Faults } from "../backend/faults.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { MEMORY, type MemoryEvent, type MemoryMethods } from "./mod.ts";

interface Lab extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly driver: Driver;
  readonly host: HostControls;
  readonly faults: Faults<MemoryMethods>;
  open(owner: string): Promise<Driver>;
  spec(overrides?: Partial<MachineSpec>): MachineSpec;
  /** A machine with a guest. */
  guest(): Promise<Machine>;
}

const VERSIONS = { "1.0.0": "blank", "2.0.0": "guest" } as const;

/** A hypervisor of its own, with a driver whose images are downloaded and a network. */
async function lab(): Promise<Lab> {
  const clock = new VirtualClock();
  const { backend } = await MEMORY.connect({ clock, settings: {} });
  const faults = new Faults<MemoryMethods>({ seam: MEMORY.seam, clock });
  const files = memoryFiles();
  const open = async (owner: string): Promise<Driver> => {
    const driver = MEMORY.create({
      backend: withDeadline<MemoryMethods, MemoryEvent>(faults.wrap(backend), { clock }),
      clock,
      files,
      cacheDir: "/cache",
      configDir: "/config",
      owner,
      imagesUrl: "http://127.0.0.1:9/images.json",
      settings: {},
    });
    await driver.networks?.create({ cluster: "c1" });
    return driver;
  };
  const list = await Promise.all(
    Object.entries(VERSIONS).map(async ([version, kind]) => {
      const content = await MEMORY.images[kind]();
      const digest = await clock.hold(crypto.subtle.digest("SHA-256", content));
      const sha256 = new Uint8Array(digest).toHex();
      await write(files, `/import/${version}`, content);
      return { version, sha256, url: `http://127.0.0.1:9/${version}`, deprecated: false };
    }),
  );
  await write(files, "/config/images.json", new TextEncoder().encode(JSON.stringify(list)));
  const driver = await open("o1");
  for (const image of await driver.images.list()) await image.fromFile(`/import/${image.version}`);
  const spec = (overrides = {}): MachineSpec => ({
    cluster: "c1",
    name: "m1",
    image: "1.0.0",
    ...overrides,
  });
  return {
    clock,
    driver,
    host: MEMORY.host?.(backend) ?? { inventory: () => Promise.resolve([]) },
    faults,
    open,
    spec,
    guest: () => driver.machines.create(spec({ image: "2.0.0" })),
    async [Symbol.asyncDispose](): Promise<void> {
      await backend[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

async function write(
  files: ReturnType<typeof memoryFiles>,
  path: string,
  content: Uint8Array,
): Promise<void> {
  await using writer = await files.create(path);
  await writer.write(content);
  await writer.close();
}

async function refused(call: () => Promise<unknown>, code: ErrorCode): Promise<DriverError> {
  const error = await assertRejects(call, DriverError);
  assertEquals(error.code, code, error.message);
  return error;
}

Deno.test("a machine is made stopped, found by its name, and gone after delete", async () => {
  await using it = await lab();
  const before = await it.host.inventory();
  const machine = await it.driver.machines.create(it.spec());
  assertEquals(await machine.status(), { state: "stopped", raw: "off" });
  assertEquals((await it.driver.machines.get(machine)).id, machine.id);
  await it.driver.machines.delete(machine);
  await refused(() => machine.status(), "not-found");
  await refused(() => it.driver.machines.delete(machine), "not-found");
  assertEquals(await it.host.inventory(), before);
});

Deno.test("a guest gets an address, answers SSH, obeys, and has a new address next time", async () => {
  await using it = await lab();
  const machine = await it.guest();
  assertEquals(await machine.start(), { changed: true, state: "running" });
  assertEquals(await machine.address(), undefined);
  assertEquals((await machine.wait("ssh", { timeoutMs: 10_000 })).verdict, "reached");
  const address = await machine.address();
  assertEquals(await machine.sshAddress(), `${address}:22`);
  const network = await it.driver.networks?.get("c1");
  assertEquals((await network?.dhcp?.leases())?.map((lease) => lease.address), [address]);
  assertEquals(await machine.stop(), { changed: true, state: "stopping" });
  const { verdict } = await machine.wait("stopped", { timeoutMs: 10_000 });
  assertEquals(verdict, "reached");
  await machine.start();
  await machine.wait("address", { timeoutMs: 10_000 });
  assert(await machine.address() !== address);
});

Deno.test("a blank machine takes no notice of stop, and a wait for it ends in time", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  await machine.start();
  assertEquals((await machine.stop()).state, "running");
  const begun = it.clock.now();
  assertEquals(await machine.wait("stopped", { timeoutMs: 1_500 }), {
    verdict: "timeout",
    state: "running",
  });
  const took = it.clock.now() - begun;
  assert(took >= 1_500 && took < 1_600, `${took}`);
});

Deno.test("a wait for a machine that is removed fails, and an abort ends a wait", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  const abort = new AbortController();
  const aborted = machine.wait("running", { timeoutMs: 60_000, signal: abort.signal });
  abort.abort();
  await refused(() => aborted, "canceled");
  const waiting = machine.wait("running", { timeoutMs: 60_000 });
  await it.driver.machines.delete(machine);
  const { verdict, state, error } = await waiting;
  assertEquals([verdict, state, error?.code], ["failed", "absent", "not-found"]);
  await refused(() => machine.wait("running", { timeoutMs: 1 }), "not-found");
  await refused(() => machine.wait("running", { timeoutMs: NaN }), "invalid-argument");
});

Deno.test("of several starts at once exactly one says changed", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  const changes = await Promise.all([machine.start(), machine.start(), machine.start()]);
  assertEquals(changes.filter(({ changed }) => changed).length, 1);
  assertEquals(new Set(changes.map(({ state }) => state)), new Set(["running"]));
});

Deno.test("start and delete at once have the outcome of one of the two orders", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  const [started, deleted] = await Promise.allSettled([
    machine.start(),
    it.driver.machines.delete(machine),
  ]);
  assertEquals([started.status, deleted.status].toSorted(), ["fulfilled", "rejected"]);
  const there = (await it.driver.machines.list()).length;
  assertEquals(there, started.status === "fulfilled" ? 1 : 0);
});

Deno.test("a saved guest goes on where it was, and its memory can be discarded", async () => {
  await using it = await lab();
  const machine = await it.guest();
  await machine.start();
  await machine.wait("ssh", { timeoutMs: 10_000 });
  const bootId = async (): Promise<string | undefined> =>
    (await it.driver.ssh?.run(await machine.sshAddress() ?? "", [
      "cat",
      "/proc/sys/kernel/random/boot_id",
    ]))?.stdout;
  const before = await bootId();
  assertEquals((await machine.saving?.save())?.state, "saved");
  assertEquals((await machine.start()).state, "running");
  assertEquals(await bootId(), before);
  await machine.saving?.save();
  assertEquals(await machine.forceStop(), { changed: true, state: "stopped" });
});

Deno.test("too little memory leaves the machine stopped", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec({ memoryMiB: 1_000_000 }));
  await refused(() => machine.start(), "resource-exhausted");
  assertEquals((await machine.status()).state, "stopped");
});

Deno.test("a foreign machine of the name is told, and left alone", async () => {
  await using it = await lab();
  const spec = it.spec();
  const name = it.driver.qualifiedMachineName(spec);
  await it.host.plantMachine?.(name);
  const before = await it.host.fingerprint?.(name);
  await refused(() => it.driver.machines.create(spec), "already-exists");
  assertEquals(
    (await refused(() => it.driver.machines.get(spec), "failed-precondition")).reason,
    "foreign",
  );
  await refused(() => it.driver.machines.delete(spec, { force: true }), "failed-precondition");
  assertEquals(await it.driver.machines.list(), []);
  assertEquals(await it.host.fingerprint?.(name), before);
});

Deno.test("two machines of one name are ambiguous, and none is acted on", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  await it.host.duplicate?.(it.driver.qualifiedMachineName(machine));
  const error = await refused(() => it.driver.machines.delete(machine), "failed-precondition");
  assertEquals(error.reason, "ambiguous");
});

Deno.test("two owners have machines of one name", async () => {
  await using it = await lab();
  const other = await it.open("o2");
  const mine = await it.driver.machines.create(it.spec());
  await refused(() => other.machines.get(it.spec()), "not-found");
  const theirs = await other.machines.create(it.spec());
  assert(mine.id !== theirs.id);
  await other.machines.delete(theirs);
  assertEquals((await it.driver.machines.get(mine)).id, mine.id);
});

for (const kind of ["error", "timeout", "lost-reply", "garbled-reply", "disconnect"] as const) {
  Deno.test(`whichever call of a create ends with ${kind}, nothing is left`, async () => {
    await using it = await lab();
    const before = await it.host.inventory();
    for (let call = 1, met = 1; met > 0; call++) {
      it.faults.plan({ kind, call });
      const [result] = await Promise.allSettled([it.driver.machines.create(it.spec())]);
      met = it.faults.clear();
      assertEquals(result.status, met > 0 ? "rejected" : "fulfilled");
      if (met > 0) assertEquals(await it.host.inventory(), before, `call ${call}`);
    }
  });

  Deno.test(`whichever call of a delete ends with ${kind}, the next delete finishes it`, async () => {
    await using it = await lab();
    const before = await it.host.inventory();
    for (let call = 1, met = 1; met > 0; call++) {
      await it.driver.machines.create(it.spec());
      it.faults.plan({ kind, call });
      await Promise.allSettled([it.driver.machines.delete(it.spec())]);
      met = it.faults.clear();
      await it.driver.machines.delete(it.spec()).catch((error) => {
        assertEquals(error.code, "not-found");
      });
      assertEquals(await it.host.inventory(), before, `call ${call}`);
    }
  });
}

Deno.test("a create that cannot be taken back says what is left", async () => {
  await using it = await lab();
  it.faults.plan({ kind: "lost-reply", among: "changes", call: 2, times: Infinity });
  // Lost replies hide what was done: both undo steps were done, but nobody knows.
  const error = await refused(() => it.driver.machines.create(it.spec()), "unavailable");
  it.faults.clear();
  assertEquals(error.leftovers?.map((left) => left.split(":")[0]), ["machine", "disk"]);
});

Deno.test("a start whose reply is lost is looked at before it is called failed", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  it.faults.plan({ kind: "lost-reply", among: "changes", call: 1 });
  assertEquals(await machine.start(), { changed: true, state: "running" });
});

Deno.test("not being able to tell is never not-found", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  const codes = { error: "unavailable", disconnect: "unavailable", timeout: "deadline-exceeded" };
  for (const [kind, code] of Object.entries(codes) as ["error" | "disconnect", ErrorCode][]) {
    it.faults.plan({ kind, situation: "unavailable", call: 1, times: Infinity });
    await refused(() => it.driver.machines.get(machine), code);
    await refused(() => it.driver.machines.delete(machine), code);
    it.faults.clear();
  }
});

Deno.test("each power change is told, in order, and others' are not", async () => {
  await using it = await lab();
  const other = await (await it.open("o2")).machines.create(it.spec());
  const machine = await it.driver.machines.create(it.spec());
  const abort = new AbortController();
  const events = await it.driver.events?.subscribe({ signal: abort.signal });
  assert(events);
  const seen = Array.fromAsync(events);
  await other.start();
  await machine.start();
  await machine.forceStop();
  await it.driver.machines.delete(machine);
  await Promise.resolve();
  abort.abort();
  assertEquals((await seen).map(({ state }) => state), ["running", "stopped", "absent"]);
});

Deno.test("each argument arrives in the guest as it was", async () => {
  await using it = await lab();
  const machine = await it.guest();
  await machine.start();
  await machine.wait("ssh", { timeoutMs: 10_000 });
  const address = await machine.sshAddress() ?? "";
  const odd = ["a b", "'", "$(touch /run/canary)", "", "\\"];
  const { stdout } = await it.driver.ssh?.run(address, ["printf", "[%s]\\n", ...odd]) ?? {};
  assertEquals(stdout, odd.map((each) => `[${each}]\n`).join(""));
  const script = ["sh", "-c", "echo out; echo err >&2; exit 7"];
  assertEquals(await it.driver.ssh?.run(address, script), {
    exitCode: 7,
    stdout: "out\n",
    stderr: "err\n",
  });
  assertEquals((await machine.commands?.execute("rename-machine", ["renamed"]))?.exitCode, 0);
  assertEquals((await it.driver.ssh?.run(address, ["hostname"]))?.stdout, "renamed\n");
  assert((await machine.console?.text())?.includes("VMTCK-BOOT"));
});

Deno.test("rules belong to one port on either side, and go with the machine", async () => {
  await using it = await lab();
  const machine = await it.driver.machines.create(it.spec());
  const other = await it.driver.machines.create(it.spec({ name: "m2" }));
  const rule = { hostPort: 8080, machinePort: 80 };
  await machine.forwards?.add(rule);
  await refused(async () => await other.forwards?.add(rule), "already-exists");
  await refused(async () => await machine.forwards?.remove(81), "not-found");
  await refused(
    async () => await machine.forwards?.add({ ...rule, hostPort: 0 }),
    "invalid-argument",
  );
  await it.driver.machines.delete(machine);
  await other.forwards?.add(rule);
  assertEquals(await other.forwards?.list(), [rule]);
});

Deno.test("a network is distinct, checked, and not deleted while it is used", async () => {
  await using it = await lab();
  const { networks } = it.driver;
  const first = await networks?.get("c1");
  const second = await networks?.create({ cluster: "c2", cidr: "192.168.231.0/24" });
  assertEquals(second?.cidr, "192.168.231.0/24");
  assert(first?.cidr !== second?.cidr);
  for (const cidr of ["default", "10.0.256.0/24", "10.0.0.0/33", "10.0.0.7/24", "fd00::/64"]) {
    await refused(async () => await networks?.create({ cluster: "c3", cidr }), "invalid-argument");
  }
  await it.driver.machines.create(it.spec());
  await refused(async () => await networks?.delete("c1"), "failed-precondition");
  await networks?.delete("c2");
  await refused(async () => await networks?.get("c2"), "not-found");
});
