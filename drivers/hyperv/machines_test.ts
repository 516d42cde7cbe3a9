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

const IMAGE = new TextEncoder().encode("VMTCK GUEST\n");

/** What the calls of one create had for parameters, by method; later ones win. */
async function toldBy(
  spec: Partial<MachineSpec>,
  settings: Record<string, string> = {},
): Promise<Readonly<Record<string, Record<string, Json>>>> {
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
  const told: Record<string, Record<string, Json>> = {};
  const backend: HypervBackend = {
    call: (method, params, options) => {
      told[method] = { ...told[method], ...(params as Record<string, Json>) };
      return host.call(method, params, options);
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
  return told;
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
