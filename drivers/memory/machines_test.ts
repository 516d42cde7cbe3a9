import { assert, assertEquals } from "@std/assert";
import { lab, refused } from "./lab_test.ts";

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
