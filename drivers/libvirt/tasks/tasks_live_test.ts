// Against a real daemon: VMTCK_LIVE=1 hw-runners/sandbox.sh deno test -A drivers/libvirt/tasks/
import { assert, assertEquals, assertRejects } from "@std/assert";
import { diskFiles } from "../../backend/disk_files.ts";
import { systemClock } from "../../backend/clock.ts";
import { withDeadline } from "../../backend/deadline.ts";
import {
  decodeTaskHandle,
  encodeTaskHandle,
  MACHINE_ATTRIBUTE,
  type TaskConfig,
  type TaskDriver,
  type TaskHost,
  type TaskSpec,
} from "../../contract/mod.ts";
import type { LibvirtBackend } from "../backend.ts";
import { connectLive } from "../connect.ts";
import { blankQcow2 } from "../qcow2.ts";
import type { JsonML } from "../jsonml.ts";
import { createTaskDriver, libvirtTaskHost } from "./mod.ts";

/** What a test works with. */
interface Bench {
  /** Another instance of the driver. */
  open(): Promise<TaskDriver>;
  /** The ways behind its back. */
  readonly host: TaskHost;
  readonly backend: LibvirtBackend;
  /** What a task is made from. */
  spec(id: string, config?: Partial<TaskConfig>, more?: Partial<TaskSpec>): TaskSpec;
  /** Where the images are. */
  readonly images: string;
}

const BRIDGE = "vmtcktest0";
const GATEWAY = "10.213.77.1";
/** No guest but the test's own boots here. */
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
  const clock = systemClock();
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const images = `${folder}/images`;
  await Deno.mkdir(images);
  await Deno.writeFile(`${images}/blank`, blankQcow2(1));
  const guest = await guestFolder();
  await Deno.copyFile(`${guest}/guest.qcow2`, `${images}/guest`);
  const { backend } = await connectLive({ settings: { ...SETTINGS, guest }, clock });
  const host = libvirtTaskHost(backend);
  await backend.call("networkDefineXmlFlags", { xml: networkXml(), flags: 0 });
  const network = await backend.call("networkLookupByName", { name: BRIDGE });
  await backend.call("networkCreate", { network });
  const opened: TaskDriver[] = [];
  const open = async (): Promise<TaskDriver> => {
    const driver = createTaskDriver({
      backend: withDeadline(backend, { clock }),
      clock,
      files: diskFiles({ clock }),
      cacheDir: `${folder}/cache`,
      configDir: `${folder}/config`,
      owner: "live-test",
      imagesUrl: "http://127.0.0.1:9/",
      settings: SETTINGS,
    });
    opened.push(driver);
    await driver.setConfig({ config: { image_paths: [images] } });
    return driver;
  };
  const before = await host.inventory();
  try {
    await run({ open, host, backend, spec: specOf(images), images });
    assertEquals(await host.inventory(), before);
    assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/cache`)), []);
  } finally {
    for (const driver of opened) await driver[Symbol.asyncDispose]();
    await backend.call("networkDestroy", { network });
    await backend.call("networkUndefine", { network });
    await backend[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Built before, as nothing can be downloaded in here. */
async function guestFolder(): Promise<string> {
  const recipe = new URL("../../../fixtures/guest/build.sh", import.meta.url);
  const { stdout } = await new Deno.Command(recipe.pathname).output();
  return new TextDecoder().decode(stdout).trim();
}

function networkXml(): JsonML {
  return [
    "network",
    { "xmlns:dnsmasq": "http://libvirt.org/schemas/network/dnsmasq/1.0" },
    ["name", {}, BRIDGE],
    ["forward", { mode: "nat" }],
    ["bridge", { name: BRIDGE, stp: "off", delay: "0" }],
    [
      "ip",
      { address: GATEWAY, prefix: "24" },
      ["dhcp", {}, ["range", { start: "10.213.77.2", end: "10.213.77.254" }]],
    ],
    ["dnsmasq:options", {}, ["dnsmasq:option", { value: "no-ping" }]],
  ];
}

function specOf(images: string): Bench["spec"] {
  return (id, config = {}, more = {}) => ({
    id: `alloc/${id}/0123abcd`,
    name: id,
    allocId: "alloc",
    resources: { memoryMiB: config.image ? 96 : 32, cpuset: "0" },
    config: { image: `${images}/blank`, use_thin_copy: true, ...config },
    ...more,
  });
}

live("a task lives, and leaves nothing", async ({ open, spec, host }) => {
  const driver = await open();
  const before = await host.inventory();
  const task = spec("life", { primary_disk_size: 5 });
  const { handle } = await driver.startTask(task);
  const status = await driver.inspectTask(task.id);
  assertEquals(status.state, "running");
  const machine = status.attributes[MACHINE_ATTRIBUTE];
  assertEquals(await host.size?.(machine), { memoryMiB: 32, cpus: 1 });
  assertEquals(await host.diskBytes?.(machine), 5_000_192);
  const made = (await host.inventory()).filter((it) => !before.includes(it));
  assertEquals(made.map((it) => it.slice(0, it.indexOf(":"))), ["disk", "disk", "disk", "machine"]);
  const waiting = driver.waitTask(task.id);
  await driver.stopTask(task.id, { timeoutMs: 600_000, signalName: "SIGKILL" });
  assertEquals(await waiting, { exitCode: 0, signal: 9, oomKilled: false });
  const again = await open();
  await again.recoverTask(decodeTaskHandle(encodeTaskHandle(handle)));
  assertEquals((await again.inspectTask(task.id)).state, "exited");
  await again.destroyTask(task.id);
  await assertRejects(() => again.waitTask(task.id));
  await driver.destroyTask(task.id, { force: true });
});

live("a QEMU that was killed is no success", async ({ open, spec, host }) => {
  const driver = await open();
  const task = spec("killed");
  await driver.startTask(task);
  const waiting = driver.waitTask(task.id);
  const { attributes } = await driver.inspectTask(task.id);
  await host.killProcess?.(attributes[MACHINE_ATTRIBUTE]);
  const { exitCode, signal, error } = await waiting;
  assertEquals([exitCode, signal], [0, 9]);
  assert(error);
  await driver.destroyTask(task.id);
});

live("a QEMU that a signal asked to end is no success", async ({ open, spec }) => {
  const driver = await open();
  const task = spec("terminated");
  await driver.startTask(task);
  const waiting = driver.waitTask(task.id);
  const { attributes } = await driver.inspectTask(task.id);
  const name = attributes[MACHINE_ATTRIBUTE];
  Deno.kill(Number(await Deno.readTextFile(`/run/libvirt/qemu/${name}.pid`)), "SIGTERM");
  assert((await waiting).error);
  await driver.destroyTask(task.id);
});

live("what an older process left is removed by the task's id alone", async ({ open, spec }) => {
  const task = spec("orphan", { use_thin_copy: false, primary_disk_size: 3 });
  await (await open()).startTask(task);
  const driver = await open();
  await assertRejects(() => driver.destroyTask(task.id));
  await driver.destroyTask(task.id, { force: true });
  await assertRejects(() => driver.destroyTask(task.id, { force: true }));
});

live("a guest is configured, reached by its ports, and ends in order", async (bench) => {
  const { open, spec, host, backend, images } = bench;
  const driver = await open();
  const config: Partial<TaskConfig> = {
    image: `${images}/guest`,
    hostname: "seeded",
    cmds: ['echo "it\'s" > /run/done'],
    network_interface: [{ bridge: { name: BRIDGE, ports: ["ssh", "local"] } }],
  };
  const ports = [
    { label: "ssh", value: 20_022, to: 22, hostIp: GATEWAY },
    { label: "local", value: 20_023, to: 22, hostIp: "127.0.0.1" },
  ];
  const task = spec("guest", config, { resources: { memoryMiB: 96, cpuset: "0-1", ports } });
  const { network, handle } = await driver.startTask(task);
  assertEquals(network?.portMap, { ssh: 22, local: 22 });
  for (const address of [`${network?.ip}:22`, `${GATEWAY}:20022`, "127.0.0.1:20023"]) {
    const argv = ["sh", "-c", "hostname; while ! cat /run/done; do sleep 0.1; done 2>/dev/null"];
    assertEquals((await ssh(backend, address, argv)).stdout, "seeded\nit's\n", address);
  }
  const usage = await measured(driver, task.id);
  assert(usage.length === 2 && usage.every((it) => (it.memory.rss ?? 0) > 2 ** 20));
  assertEquals(usage[0].memory.usage, 96 * 2 ** 20);
  assert((usage[1].cpu.percent ?? -1) >= 0);

  await host.restartDaemon?.();
  const again = await open();
  await again.recoverTask(decodeTaskHandle(encodeTaskHandle(handle)));
  const waiting = [driver.waitTask(task.id), again.waitTask(task.id)];
  await again.stopTask(task.id, { timeoutMs: 30_000 });
  for (const exit of await Promise.all(waiting)) {
    assertEquals(exit, { exitCode: 0, signal: 0, oomKilled: false });
  }
  await again.destroyTask(task.id);
});

/** The guest's server comes up soon after its address. */
async function ssh(backend: LibvirtBackend, address: string, argv: string[]) {
  const clock = systemClock();
  for (let attempt = 1;; attempt++) {
    try {
      return await backend.call("ssh.run", { address, argv });
    } catch (error) {
      if (attempt === 100) throw error;
      await clock.sleep(100);
    }
  }
}

async function measured(driver: TaskDriver, id: string) {
  const abort = new AbortController();
  const seen = [];
  for await (const it of await driver.taskStats(id, { intervalMs: 200, signal: abort.signal })) {
    seen.push(it);
    if (seen.length === 2) abort.abort();
  }
  return seen;
}

live("tasks on the driver's own bridge share a network, until the last is gone", async (bench) => {
  const { open, spec, host, images } = bench;
  const driver = await open();
  let bridge = "";
  for await (const { attributes } of driver.fingerprint({ signal: AbortSignal.timeout(60_000) })) {
    bridge = String(attributes["driver.virt.network.own.bridge_name"].value);
    break;
  }
  const config: Partial<TaskConfig> = {
    image: `${images}/guest`,
    network_interface: [{ bridge: { name: bridge } }],
  };
  const tasks = ["one", "two"].map((id) => spec(id, config));
  const started = await Promise.all(tasks.map((task) => driver.startTask(task)));
  assertEquals(new Set(started.map((it) => it.network?.ip)).size, 2);
  const networks = async (): Promise<number> =>
    (await host.inventory()).filter((it) => it.startsWith("network:live-test.")).length;
  await driver.destroyTask(tasks[0].id, { force: true });
  assertEquals(await networks(), 1);
  await driver.destroyTask(tasks[1].id, { force: true });
  assertEquals(await networks(), 0);
});

live("a failed start leaves nothing", async ({ open, spec, host, images }) => {
  const driver = await open();
  const before = await host.inventory();
  const bad: Partial<TaskConfig>[] = [
    { network_interface: [{ bridge: { name: "vmtckmissing" } }] },
    { os: { machine: "no-such-machine" } },
    { primary_disk_size: 1 },
    { image: `${images}/missing` },
  ];
  for (const config of bad) {
    const task = spec("bad", config);
    await assertRejects(() => driver.startTask(task));
    assertEquals(await host.inventory(), before);
    await assertRejects(() => driver.inspectTask(task.id));
  }
});
