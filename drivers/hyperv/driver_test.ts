/** The driver over a simulated host with which something is wrong. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { type Knobs, simulatedHyperv } from "../../fixtures/simulators/hyperv/mod.ts";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { type Driver, DriverError, type ErrorCode } from "../contract/mod.ts";
import type { HypervBackend, VmDetails, VmRecord } from "./backend.ts";
import { createDriver } from "./driver.ts";
import { liveHost } from "./host.ts";
import { sessionBackend } from "./live.ts";
import { hypervDriver } from "./mod.ts";

const REF = { cluster: "c", name: "m" };
const SPEC = { ...REF, image: "1.0" };
const NAME = "o.c.m";
const FOLDER = "C:\\ProgramData\\Microsoft\\Windows\\Virtual Hard Disks\\vmtck";

/** A driver on a host of its own, with an image that a guest boots from. */
class Lab implements AsyncDisposable {
  private constructor(
    readonly driver: Driver,
    readonly backend: HypervBackend,
    readonly knobs: Knobs,
    readonly clock: VirtualClock,
  ) {}

  static async open(
    knobs: Partial<Knobs> = {},
    settings: Record<string, string> = {},
  ): Promise<Lab> {
    const clock = new VirtualClock();
    const files = memoryFiles();
    const write = async (path: string, content: Uint8Array<ArrayBuffer>): Promise<void> => {
      await using file = await files.create(path);
      await file.write(content);
    };
    const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
    const image = text("VMTCK GUEST\n");
    const sha256 = createHash("sha256").update(image).digest("hex");
    const url = "http://127.0.0.1:9/1.0";
    const entry = { version: "1.0", sha256, url, deprecated: false };
    await write("D:\\config\\images.json", text(JSON.stringify([entry])));
    await write("D:\\guest.vhdx", image);
    const host = simulatedHyperv({ clock, files, knobs });
    const backend = sessionBackend({ clock, open: host.open });
    const driver = createDriver({
      ...{ backend, clock, files, settings, imagesUrl: url, owner: "o" },
      cacheDir: "D:\\cache",
      configDir: "D:\\config",
    });
    await (await driver.images.get("1.0")).fromFile("D:\\guest.vhdx");
    return new Lab(driver, backend, host.knobs, clock);
  }

  async record(): Promise<VmRecord | undefined> {
    return (await this.backend.call("Get-VM", {})).vms.find(({ name }) => name === NAME);
  }

  async details(): Promise<VmDetails | undefined> {
    const vm = await this.record();
    return vm && (await this.backend.call("Get-VmtckDetails", { Id: vm.id })).details;
  }

  inventory(): Promise<string[]> {
    return liveHost(this.backend).inventory();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver[Symbol.asyncDispose]();
    await this.backend[Symbol.asyncDispose]();
    this.clock[Symbol.dispose]();
  }
}

async function refused(
  work: Promise<unknown>,
  code: ErrorCode,
  reason?: string,
): Promise<DriverError> {
  const error = await assertRejects(() => work, DriverError);
  assertEquals([error.code, error.reason], [code, reason]);
  return error;
}

/** What is wrong with the host, and what everything that asks Hyper-V has to say then. */
const BROKEN: Readonly<Record<string, readonly [Partial<Knobs>, ErrorCode]>> = {
  "its service is stopped": [{ service: false }, "unavailable"],
  "this user has no rights": [{ permission: "none" }, "permission-denied"],
  "this user sees nothing": [{ permission: "none", denial: "hidden" }, "permission-denied"],
};

for (const [what, [knobs, code]] of Object.entries(BROKEN)) {
  Deno.test(`where ${what}, nothing is ever not-found, and all is well afterwards`, async () => {
    await using lab = await Lab.open();
    const { driver, knobs: live } = lab;
    const machine = await driver.machines.create(SPEC);
    const sound = { ...live };
    Object.assign(live, knobs);
    await refused(driver.machines.get(REF), code);
    await refused(driver.machines.list(), code);
    await refused(driver.machines.delete(REF), code);
    await refused(driver.machines.create({ ...SPEC, name: "n" }), code);
    await refused(machine.start(), code);
    await refused(machine.status(), code);
    const status = await driver.status();
    assertEquals(status.state === "error" ? status.error.code : "ready", code);
    Object.assign(live, sound);
    assertEquals((await driver.status()).state, "ready");
    assertEquals((await machine.status()).state, "stopped");
    assertEquals((await lab.inventory()).filter((it) => it.startsWith("disk:")).length, 2);
  });
}

Deno.test("without the hypervisor, a machine is told of and does not start", async () => {
  await using lab = await Lab.open();
  const machine = await lab.driver.machines.create(SPEC);
  lab.knobs.hypervisor = false;
  const status = await lab.driver.status();
  assertEquals(status.state === "error" ? status.error.code : "ready", "unavailable");
  await refused(machine.start(), "unavailable");
  assertEquals((await machine.status()).state, "stopped");
});

Deno.test("without the PowerShell module, the driver says what is missing", async () => {
  await using lab = await Lab.open({ module: null });
  const status = await lab.driver.status();
  assertEquals(status.state === "error" ? status.error.code : "ready", "unavailable");
  await refused(lab.driver.machines.list(), "unavailable", "module-missing");
});

Deno.test("the language of the host changes no code", async () => {
  await using lab = await Lab.open({ language: "de" });
  await refused(lab.driver.machines.get(REF), "not-found");
  const machine = await lab.driver.machines.create(SPEC);
  lab.knobs.outOfMemory = true;
  const error = await refused(machine.start(), "resource-exhausted", "memory");
  assertEquals(error.backend?.text.startsWith("Der Vorgang"), true);
  assertEquals((await machine.status()).state, "stopped");
});

Deno.test("noise around answers, byte order marks and carriage returns change nothing", async () => {
  const noise = new TextEncoder().encode("WARNUNG: \u00c4\r\n#< CLIXML\r\n");
  await using lab = await Lab.open({ noise, bom: true, crlf: true });
  const machine = await lab.driver.machines.create(SPEC);
  assertEquals((await machine.start()).state, "running");
});

for (const addresses of ["none", "null"] as const) {
  Deno.test(`a guest that tells ${addresses} has no address`, async () => {
    await using lab = await Lab.open({ addresses });
    const machine = await lab.driver.machines.create(SPEC);
    await machine.start();
    const { verdict } = await machine.wait("address", { timeoutMs: 10_000 });
    assertEquals([verdict, await machine.address()], ["timeout", undefined]);
  });
}

Deno.test("a wait looks more rarely the longer it takes", async () => {
  await using lab = await Lab.open({ addresses: "none" });
  const machine = await lab.driver.machines.create(SPEC);
  await machine.start();
  const { call } = lab.backend;
  const looks: number[] = [];
  Object.assign(lab.backend, {
    call: (...args: Parameters<HypervBackend["call"]>) => {
      if (args[0] === "Get-VMNetworkAdapter") looks.push(lab.clock.now());
      return call(...args);
    },
  });
  await machine.wait("address", { timeoutMs: 4_000 });
  const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
  // Each look takes 30 ms.
  assertEquals([pauses[0], Math.max(...pauses)], [280, 1_030]);
});

Deno.test("of addresses that begin with IPv6, the IPv4 one is told", async () => {
  await using lab = await Lab.open({ addresses: "ipv6-first" });
  const machine = await lab.driver.machines.create(SPEC);
  await machine.start();
  assertEquals((await machine.wait("ssh", { timeoutMs: 10_000 })).verdict, "reached");
  assertEquals((await machine.address())?.startsWith("172.27."), true);
});

Deno.test("a machine is what was asked for, without checkpoints, in even megabytes", async () => {
  await using lab = await Lab.open();
  await lab.driver.machines.create({ ...SPEC, memoryMiB: 513, cpus: 2 });
  const vm = await lab.details();
  assertEquals([vm?.memoryStartup, vm?.processorCount], [514 * 1024 * 1024, 2]);
  assertEquals([vm?.generation, vm?.checkpointType], [1, "Disabled"]);
  await refused(lab.driver.machines.create({ ...SPEC, memoryMiB: 31 }), "invalid-argument");
});

Deno.test("a machine of generation 2 with a copied disk refers to nothing", async () => {
  await using lab = await Lab.open({}, { generation: "2", copy: "full" });
  await lab.driver.machines.create(SPEC);
  const vm = await lab.details();
  assertEquals(vm?.generation, 2);
  const { vhd } = await lab.backend.call("Get-VHD", { Path: vm?.hardDrives[0]?.path ?? "" });
  assertEquals(vhd.parentPath, null);
});

Deno.test("a base goes with the last disk that refers to it", async () => {
  await using lab = await Lab.open();
  await lab.driver.machines.create(SPEC);
  await lab.driver.machines.create({ ...SPEC, name: "m2" });
  const bases = async (): Promise<number> =>
    (await lab.inventory()).filter((entry) => entry.includes(".base.")).length;
  await lab.driver.machines.delete(REF);
  assertEquals(await bases(), 1);
  await lab.driver.machines.delete({ ...REF, name: "m2" });
  assertEquals(await lab.inventory(), []);
});

for (
  const [what, knobs, settings] of [
    ["the switch of the settings", {}, { switch: "00000000-0000-4000-8000-00000000abcd" }],
    ["the Default Switch", { switches: false }, {}],
  ] as const
) {
  Deno.test(`without ${what}, nothing is made`, async () => {
    await using lab = await Lab.open(knobs, settings);
    await refused(lab.driver.machines.create(SPEC), "failed-precondition", "switch-missing");
    assertEquals(await lab.inventory(), []);
  });
}

Deno.test("a file that is locked for a moment is removed a moment later", async () => {
  await using lab = await Lab.open({ lockedMs: 700 });
  await lab.driver.machines.create(SPEC);
  await lab.driver.machines.delete(REF);
  assertEquals(await lab.inventory(), []);
});

Deno.test("a file that stays locked is told, and the next delete finishes", async () => {
  await using lab = await Lab.open({ lockedMs: 60_000 });
  await lab.driver.machines.create(SPEC);
  const error = await refused(lab.driver.machines.delete(REF), "aborted", "busy");
  assertEquals(error.retryable, true);
  await lab.clock.sleep(60_000);
  await lab.driver.machines.delete(REF);
  assertEquals(await lab.inventory(), []);
  await refused(lab.driver.machines.delete(REF), "not-found");
});

Deno.test("power is cut while a guest is still being asked", async () => {
  await using lab = await Lab.open({ stuckStopping: true });
  const machine = await lab.driver.machines.create(SPEC);
  await machine.start();
  await machine.wait("ssh", { timeoutMs: 10_000 });
  const stopping = machine.stop();
  await machine.wait("stopped", { timeoutMs: 1_000 });
  assertEquals((await machine.status()).state, "stopping");
  assertEquals(await machine.forceStop(), { changed: true, state: "stopped" });
  assertEquals((await stopping).state, "stopped");
});

/** What a create has made when its process is ended before it could say whose the machine is. */
async function registerOnly(lab: Lab, disk: string): Promise<void> {
  const VHDPath = `${FOLDER}\\${disk}`;
  const Path = FOLDER;
  await lab.backend.call("Copy-VmtckDisk", { From: "D:\\guest.vhdx", To: VHDPath });
  const MemoryStartupBytes = 64 * 1024 * 1024;
  const parts = { Name: NAME, Generation: 1, Path, VHDPath, MemoryStartupBytes } as const;
  await lab.backend.call("New-VM", parts);
}

Deno.test("what a killed create has left can be removed by its name", async () => {
  await using lab = await Lab.open();
  await registerOnly(lab, `${NAME}.${"0".repeat(64)}.vhdx`);
  const machine = await lab.driver.machines.get(REF);
  assertEquals((await machine.status()).state, "creating");
  await refused(lab.driver.machines.delete(REF), "failed-precondition");
  await lab.driver.machines.delete(REF, { force: true });
  assertEquals(await lab.inventory(), []);
});

Deno.test("a machine of the name with another disk is somebody else's", async () => {
  await using lab = await Lab.open();
  await registerOnly(lab, "accounts.vhdx");
  await refused(lab.driver.machines.get(REF), "failed-precondition", "foreign");
  await refused(
    lab.driver.machines.delete(REF, { force: true }),
    "failed-precondition",
    "foreign",
  );
  await refused(lab.driver.machines.create(SPEC), "already-exists");
  assertEquals((await lab.inventory()).includes("disk:accounts.vhdx"), true);
});

Deno.test("a machine that somebody gave another name keeps its disk and its folder", async () => {
  await using lab = await Lab.open();
  const { id: Id } = await lab.driver.machines.create(SPEC);
  await lab.backend.call("Set-VM", { Id, NewVMName: "precious" });
  const parts = async (): Promise<string[]> =>
    (await lab.inventory()).filter((entry) => entry.includes(`:${NAME}`));
  const before = await parts();
  await refused(lab.driver.machines.create(SPEC), "failed-precondition");
  await lab.driver.machines.delete(REF).catch(() => {});
  assertEquals([before.length, await parts()], [2, before]);
});

Deno.test("a create that meets one of another process takes back its own alone", async () => {
  await using lab = await Lab.open();
  const creating = lab.driver.machines.create(SPEC);
  // It has looked whether there is one, and is making the disk.
  while ((await lab.inventory()).length === 0) await lab.clock.sleep(10);
  await liveHost(lab.backend).plantMachine?.(NAME);
  await refused(creating, "aborted", "busy");
  assertEquals((await lab.inventory()).filter((entry) => entry !== `machine:${NAME}`), []);
  assertEquals((await lab.record())?.notes, "");
});

for (const owner of ["con", "nul", "com1", "a".repeat(31), "A"]) {
  Deno.test(`the owner "${owner}" is refused`, async () => {
    await using lab = await Lab.open();
    const { backend, clock } = lab;
    const context = { backend, clock, files: memoryFiles(), settings: {}, imagesUrl: "" };
    const folders = { cacheDir: "D:\\cache", configDir: "D:\\config" };
    const open = (): Driver => createDriver({ ...context, ...folders, owner });
    const error = assertThrows(open, DriverError);
    assertEquals(error.code, "invalid-argument");
  });
}

for (
  const [what, settings] of Object.entries({
    "an unknown setting": { colour: "red" },
    "a switch by its name": { switch: "Default Switch" },
    "a third generation": { generation: "3" },
    "a relative path": { powershell: "pwsh" },
  })
) {
  Deno.test(`${what} is refused`, async () => {
    await assertRejects(async () => {
      await using _ = await Lab.open({}, settings as unknown as Record<string, string>);
    }, DriverError);
  });
}

Deno.test({
  name: "a program learns by the contract's error that the user has no folders here",
  ignore: Deno.env.has("LOCALAPPDATA"),
  fn() {
    const options = { owner: "me", imagesUrl: "http://127.0.0.1:9/" };
    const error = assertThrows(() => hypervDriver(options), DriverError, '"LOCALAPPDATA"');
    assertEquals([error.code, error.subject], ["failed-precondition", "driver:hyperv"]);
  },
});
