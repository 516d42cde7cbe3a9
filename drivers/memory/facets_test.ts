import { assert, assertEquals } from "@std/assert";
import { lab, refused } from "./lab_test.ts";

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
