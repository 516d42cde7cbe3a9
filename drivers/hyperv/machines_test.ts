/** How machines are made, told from the calls: a host answers little of it back. */
import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { simulatedHyperv } from "../../fixtures/simulators/hyperv/mod.ts";
import { BackendError, type Json } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { DriverError, type MachineSpec } from "../contract/mod.ts";
import type { HypervBackend, HypervMethods } from "./backend.ts";
import { createDriver } from "./driver.ts";
import { liveHost } from "./host.ts";
import { sessionBackend } from "./live.ts";
import { DEFAULT_SWITCH } from "./settings.ts";
import { readTag } from "./tag.ts";

const IMAGE = new TextEncoder().encode("VMTCK GUEST\n");

/** Is told of each call before it is made; what it throws is the call's own error. */
type Told = (method: string, params: Record<string, Json>, host: HypervBackend) => unknown;

const SPEC: MachineSpec = { cluster: "c", name: "m", image: "1.0" };

/** A driver on a host of its own, with an image. */
async function scene(told: Told, settings: Record<string, string> = {}) {
  const clock = new VirtualClock();
  const files = memoryFiles();
  const write = async (path: string, content: Uint8Array<ArrayBuffer>): Promise<void> => {
    await using file = await files.create(path);
    await file.write(content);
  };
  const sha256 = createHash("sha256").update(IMAGE).digest("hex");
  const imagesUrl = "http://127.0.0.1:9/1.0";
  const list = JSON.stringify([{ version: "1.0", sha256, url: imagesUrl, deprecated: false }]);
  await write("D:\\config\\images.json", new TextEncoder().encode(list));
  await write("D:\\guest.vhdx", IMAGE);
  const { open, knobs } = simulatedHyperv({ clock, files });
  const host = sessionBackend({ clock, open });
  const backend: HypervBackend = {
    call: async (method, params, options) => {
      await told(method, params as Record<string, Json>, host);
      return await host.call(method, params, options);
    },
    events: (options) => host.events(options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const driver = createDriver({
    ...{ backend, clock, files, settings, imagesUrl, owner: "o" },
    ...{ cacheDir: "D:\\cache", configDir: "D:\\config" },
  });
  await (await driver.images.get("1.0")).fromFile("D:\\guest.vhdx");
  return {
    ...{ machines: driver.machines, host, knobs },
    inventory: () => liveHost(host).inventory(),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

/** Does what a call does, once, and loses the reply. */
function losing(lost: string): Told {
  let isLost = false;
  return async (method, params, host) => {
    if (method !== lost || isLost) return;
    isLost = true;
    await host.call(lost as keyof HypervMethods, params as never);
    throw new BackendError("disconnected", "", "The reply is lost");
  };
}

/** What the calls of one create had for parameters, by method; later ones win. */
async function toldBy(
  spec: Partial<MachineSpec>,
  settings: Record<string, string> = {},
): Promise<Readonly<Record<string, Record<string, Json>>>> {
  const all: Record<string, Record<string, Json>> = {};
  const told: Told = (method, params) => void (all[method] = { ...all[method], ...params });
  await using it = await scene(told, settings);
  await it.machines.create({ ...SPEC, ...spec });
  return all;
}

Deno.test("a new machine has the sizes of its specification, and does nothing by itself", async () => {
  const { "New-VM": made, "Set-VM": set } = await toldBy({ memoryMiB: 65, cpus: 3 });
  const bytes = 66 * 1024 * 1024;
  assertEquals(
    [made?.Generation, made?.MemoryStartupBytes, made?.SwitchId],
    [1, bytes, DEFAULT_SWITCH],
  );
  const { Id: _, Notes: __, ...rest } = set ?? {};
  assertEquals(rest, {
    ProcessorCount: 3,
    StaticMemory: true,
    MemoryStartupBytes: bytes,
    CheckpointType: "Disabled",
    AutomaticCheckpointsEnabled: false,
    AutomaticStartAction: "Nothing",
    AutomaticStopAction: "Save",
  });
});

Deno.test("a machine of generation 2 starts unsigned systems; one of generation 1 has no firmware", async () => {
  const second = await toldBy({}, { generation: "2" });
  assertEquals(second["New-VM"]?.Generation, 2);
  assertEquals(second["Set-VMFirmware"]?.EnableSecureBoot, "Off");
  assertEquals((await toldBy({}))["Set-VMFirmware"], undefined);
});

Deno.test("a disk refers to the image's copy, or is a copy", async () => {
  assertEquals((await toldBy({}))["New-VHD"]?.Differencing, true);
  const full = await toldBy({}, { copy: "full" });
  assertEquals([full["New-VHD"], full["Copy-VmtckDisk"]?.To === full["New-VM"]?.VHDPath], [
    undefined,
    true,
  ]);
});

Deno.test("a base that another process removes at the wrong moment is copied once more", async () => {
  const methods: string[] = [];
  await using it = await scene(async (method, { ParentPath }, host) => {
    const isFirst = method === "New-VHD" && !methods.includes(method);
    methods.push(method);
    if (!isFirst) return;
    await host.call("Remove-VmtckItems", { Items: [{ Path: String(ParentPath) }] });
  });
  await it.machines.create(SPEC);
  assertEquals(methods.filter((it) => /VHD|Disk/.test(it)), [
    ...["Copy-VmtckDisk", "New-VHD"],
    ...["Copy-VmtckDisk", "New-VHD"],
  ]);
});

Deno.test("a machine says whose it is in the request that makes it", async () => {
  const notes: Json[] = [];
  await using it = await scene((_, { Notes }) => void (Notes && notes.push(Notes)));
  await it.machines.create(SPEC);
  assertEquals(notes.map((text) => readTag(String(text))?.creating), [true, false]);
});

Deno.test("a create whose machine was made and never told of takes it back", async () => {
  await using it = await scene(losing("New-VM"));
  const error = await assertRejects(() => it.machines.create(SPEC), DriverError);
  assertEquals([error.leftovers ?? [], await it.inventory()], [[], []]);
});

Deno.test("a create takes back no other machine of its name, whatever that says it is", async () => {
  await using it = await scene(async (method, params, host) => {
    if (method !== "New-VM") return;
    const { VHDPath: _, ...parts } = params;
    await host.call(method, parts as HypervMethods["New-VM"]["params"]);
    throw new BackendError("disconnected", "", "Nothing was done");
  });
  await assertRejects(() => it.machines.create(SPEC), DriverError);
  const left = (await it.inventory()).filter((entry) => !entry.startsWith("folder:"));
  assertEquals(left, ["machine:o.c.m"]);
});

Deno.test("a start that was done counts, although its reply was lost", async () => {
  await using it = await scene(losing("Start-VM"));
  const machine = await it.machines.create(SPEC);
  assertEquals(await machine.start(), { changed: true, state: "running" });
});

Deno.test("to who may see no machines, no disk is left over", async () => {
  await using it = await scene((method) => {
    const hasLooked = method !== "Get-VM" && method !== "Get-VmtckGround";
    if (hasLooked) Object.assign(it.knobs, { permission: "none", denial: "hidden" });
  });
  const sha256 = createHash("sha256").update(IMAGE).digest("hex");
  const { folder } = await it.host.call("Get-VmtckGround", {});
  const To = `${folder}\\o.c.m.${sha256}.vhdx`;
  await it.host.call("Copy-VmtckDisk", { From: "D:\\guest.vhdx", To });
  const error = await assertRejects(() => it.machines.create(SPEC), DriverError);
  assertEquals(error.code, "permission-denied");
  Object.assign(it.knobs, { permission: "administrator" });
  assertEquals(await it.inventory(), [`disk:o.c.m.${sha256}.vhdx`]);
});
