/** What a new machine is told to be: a host answers little of it back. */
import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { simulatedHyperv } from "../../fixtures/simulators/hyperv/mod.ts";
import type { Json } from "../backend/backend.ts";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import type { MachineSpec } from "../contract/mod.ts";
import type { HypervBackend } from "./backend.ts";
import { createDriver } from "./driver.ts";
import { sessionBackend } from "./live.ts";
import { DEFAULT_SWITCH } from "./settings.ts";
import { readTag } from "./tag.ts";

const IMAGE = new TextEncoder().encode("VMTCK GUEST\n");

/** What a call had for parameters, before it is made. */
type Told = (method: string, params: Record<string, Json>, host: HypervBackend) => unknown;

/** Creates a machine, and tells of each call. */
async function create(
  told: Told,
  spec: Partial<MachineSpec> = {},
  settings: Record<string, string> = {},
): Promise<void> {
  using clock = new VirtualClock();
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
  await using host = sessionBackend({ clock, open: simulatedHyperv({ clock, files }).open });
  const backend: HypervBackend = {
    call: async (method, params, options) => {
      await told(method, params as Record<string, Json>, host);
      return await host.call(method, params, options);
    },
    events: (options) => host.events(options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await using driver = createDriver({
    ...{ backend, clock, files, settings, imagesUrl, owner: "o" },
    ...{ cacheDir: "D:\\cache", configDir: "D:\\config" },
  });
  await (await driver.images.get("1.0")).fromFile("D:\\guest.vhdx");
  await driver.machines.create({ cluster: "c", name: "m", image: "1.0", ...spec });
}

/** What the calls of one create had for parameters, by method; later ones win. */
async function toldBy(
  spec: Partial<MachineSpec>,
  settings: Record<string, string> = {},
): Promise<Readonly<Record<string, Record<string, Json>>>> {
  const all: Record<string, Record<string, Json>> = {};
  const told: Told = (method, params) => void (all[method] = { ...all[method], ...params });
  await create(told, spec, settings);
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
  await create(async (method, { ParentPath }, host) => {
    const isFirst = method === "New-VHD" && !methods.includes(method);
    methods.push(method);
    if (!isFirst) return;
    await host.call("Remove-VmtckItems", { Items: [{ Path: String(ParentPath) }] });
  });
  assertEquals(methods.filter((it) => /VHD|Disk/.test(it)), [
    ...["Copy-VmtckDisk", "New-VHD"],
    ...["Copy-VmtckDisk", "New-VHD"],
  ]);
});

Deno.test("a machine says whose it is in the request that makes it", async () => {
  const notes: Json[] = [];
  await create((_, { Notes }) => void (Notes && notes.push(Notes)));
  assertEquals(notes.map((text) => readTag(String(text))?.creating), [true, false]);
});
