// Against a real daemon: VMTCK_LIVE=1 hw-runners/sandbox.sh deno test -A drivers/libvirt/
import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../backend/clock.ts";
import type { Driver, MachineEvent, MachineRef } from "../contract/mod.ts";
import { connectLive } from "./connect.ts";
import { libvirtDriver, libvirtHost } from "./mod.ts";
import { blankQcow2 } from "./qcow2.ts";

/** What a test works with. */
interface Bench {
  /** Another instance of the driver. */
  open(settings?: Record<string, string>): Driver;
  /** Everything on the host. */
  inventory(): Promise<string[]>;
}

const ref: MachineRef = { cluster: "c1", name: "m1" };
const spec = { ...ref, image: "1", memoryMiB: 32 };
/** No guest boots here, so nothing is asked of the processor. */
const SETTINGS = { acceleration: "none" };

function live(name: string, run: (bench: Bench) => Promise<void>): void {
  Deno.test({
    name,
    // These tests stop the daemon, so they must never meet the machine's own.
    ignore: Deno.env.get("VMTCK_LIVE") !== "1" || !Deno.env.has("VMTCK_SANDBOX"),
    fn: () => withBench(run),
  });
}

async function withBench(run: (bench: Bench) => Promise<void>): Promise<void> {
  const image = blankQcow2(1);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", image)).toHex();
  const list = [{ version: "1", sha256, url: "image" }];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) => url.endsWith("/list") ? Response.json(list) : new Response(image),
  );
  const folder = await Deno.makeTempDir();
  const { backend } = await connectLive({ settings: SETTINGS, clock: systemClock() });
  const opened: Driver[] = [];
  const open: Bench["open"] = (settings = {}) => {
    const driver = libvirtDriver({
      owner: "live-test",
      imagesUrl: `http://127.0.0.1:${server.addr.port}/list`,
      cacheDir: `${folder}/cache`,
      configDir: `${folder}/config`,
      settings: { ...SETTINGS, ...settings },
    });
    opened.push(driver);
    return driver;
  };
  try {
    const driver = open();
    await driver.images.update();
    await (await driver.images.get("1")).fetch();
    await driver.networks?.create({ cluster: "c1" });
    await run({ open, inventory: () => libvirtHost(backend).inventory() });
  } finally {
    const last = open();
    for (const machine of await last.machines.list()) {
      await last.machines.delete(machine, { force: true });
    }
    await last.networks?.delete("c1");
    for (const driver of opened) await driver[Symbol.asyncDispose]();
    await backend[Symbol.asyncDispose]();
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

const PID_FILE = "/run/libvirt/libvirtd.pid";

async function stopDaemon(): Promise<void> {
  const pid = Number(await Deno.readTextFile(PID_FILE));
  Deno.kill(pid, "SIGKILL");
  await gone(pid);
}

async function startDaemon(): Promise<void> {
  const args = ["-d", "-p", PID_FILE];
  // The daemon would keep a pipe open.
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const { success } = await new Deno.Command("libvirtd", { args, ...streams }).spawn().status;
  assert(success, "libvirtd starts");
}

async function killMachine(): Promise<void> {
  const pid = Number(await Deno.readTextFile("/run/libvirt/qemu/live-test.c1.m1.pid"));
  Deno.kill(pid, "SIGKILL");
  await gone(pid);
}

/** A zombie is gone, too. */
async function gone(pid: number): Promise<void> {
  const clock = systemClock();
  while (true) {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") Z");
    if (/\) [ZX]/.test(stat)) return;
    await clock.sleep(10);
  }
}

live(
  "a running machine survives a restart of libvirtd, for old and new instances",
  async ({ open }) => {
    const driver = open();
    const machine = await driver.machines.create(spec);
    await machine.start();
    await stopDaemon();
    const down = await driver.status();
    assertEquals(down.state === "error" && down.error.code, "unavailable");
    await startDaemon();
    assertEquals((await machine.status()).state, "running");
    const adopted = await open().machines.get(ref);
    assertEquals([adopted.id, (await adopted.status()).state], [machine.id, "running"]);
    // A daemon that is still looking at what survived may count the end of QEMU as its own finding.
    assertEquals((await adopted.forceStop()).state, "stopped");
    assertEquals((await machine.status()).state, "stopped");
  },
);

live("what happened while libvirtd was down is told afterwards", async ({ open }) => {
  const driver = open();
  const machine = await driver.machines.create(spec);
  await machine.start();
  const abort = new AbortController();
  const events = await driver.events!.subscribe({ signal: abort.signal });
  const next = firstOf(events);
  await stopDaemon();
  await killMachine();
  await startDaemon();
  assertEquals(await next, {
    machine: ref,
    id: machine.id,
    state: "stopped",
    raw: "shutoff/crashed",
  });
  abort.abort();
});

async function firstOf(events: AsyncIterable<MachineEvent>): Promise<MachineEvent | undefined> {
  for await (const event of events) return event;
}

live("a full copy refers to nothing, runs, and leaves nothing", async ({ open, inventory }) => {
  const driver = open({ copy: "full" });
  const before = await inventory();
  const machine = await driver.machines.create(spec);
  const made = (await inventory()).filter((entry) => !before.includes(entry));
  assertEquals(made, ["disk:live-test.c1.m1.disk", "machine:live-test.c1.m1"]);
  assertEquals((await machine.start()).state, "running");
  await driver.machines.delete(machine, { force: true });
  assertEquals(await inventory(), before);
});

live(
  "machines of one image share its copy on the host, until the last is gone",
  async ({ open, inventory }) => {
    const driver = open();
    const before = await inventory();
    const count = async (): Promise<number> =>
      (await inventory()).filter((entry) => entry.endsWith(".base")).length;
    const machines = await Promise.all(
      ["m1", "m2"].map((name) => driver.machines.create({ ...spec, name })),
    );
    assertEquals(await count(), 1);
    await driver.machines.delete(machines[0]);
    assertEquals(await count(), 1);
    assertEquals((await machines[1].start()).state, "running");
    await driver.machines.delete(machines[1], { force: true });
    assertEquals(await inventory(), before);
  },
);

live(
  "more memory than the host has is refused at start, and the machine stays off",
  async ({ open }) => {
    const driver = open();
    const machine = await driver.machines.create({ ...spec, memoryMiB: 1024 * 1024 });
    const error = await machine.start().then(() => undefined, (error) => error);
    assertEquals(error?.code, "resource-exhausted");
    assertEquals((await machine.status()).state, "stopped");
  },
);
