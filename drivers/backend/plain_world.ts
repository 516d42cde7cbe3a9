/**
 * Worlds around a driver of any make, which has no seam: nothing to record, and no faults.
 *
 * @module
 */

import type { Driver, OpenOptions } from "../contract/mod.ts";
import { systemClock } from "./clock.ts";
import { diskFiles } from "./disk_files.ts";
import { memoryFiles } from "./memory_files.ts";
import type { PlainModule } from "./module.ts";
import type { Settings } from "./ground.ts";
import { standInImages } from "./stand_in_images.ts";
import { type Folders, foldersIn, worldFiles } from "./test_files.ts";
import type { CaseWorld, WorldOptions, Worlds, WorldsOptions } from "./world.ts";

/**
 * Opens a plain module. Its answers are always live.
 *
 * @throws {TypeError} if it should be recorded or replayed
 */
export function openPlainWorlds(
  module: PlainModule,
  { mode, settings = {} }: WorldsOptions,
): Worlds {
  if (mode !== "live") {
    throw new TypeError(`Cannot ${mode} driver "${module.name}": its module has no backend seam`);
  }
  const host = { origin: module.origin ?? "software-hypervisor", versions: {} };
  return {
    driver: module.name,
    mode: "live",
    host,
    async claims() {
      const driver = await openDriver(module, {
        clock: systemClock(),
        files: memoryFiles(),
        settings,
        folders: foldersIn("/vmtck"),
        owner: "claims",
        imagesUrl: "http://127.0.0.1:9/",
      });
      await driver[Symbol.asyncDispose]();
      return { driver, host: module.host?.(), faults: false, fillDisk: false };
    },
    open: (options) => Promise.resolve(openWorld(module, settings, options)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function openWorld(
  module: PlainModule,
  settings: Settings,
  { folder }: WorldOptions,
): CaseWorld {
  if (folder === undefined) throw new TypeError("Cannot open a live world without a folder");
  const clock = systemClock();
  const folders = foldersIn(folder);
  const files = worldFiles(diskFiles({ clock }), folders);
  const { fillDisk: _, ...forSuite } = files.forSuite;
  return {
    clock,
    evidence: { origin: module.origin ?? "software-hypervisor", versions: {} },
    images: module.images ?? standInImages(),
    files: forSuite,
    host: module.host?.(),
    trace: () => [],
    open: (options) =>
      openDriver(module, { ...options, clock, files: files.forDriver, folders, settings }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

type PlainContext = Parameters<PlainModule["open"]>[0];

async function openDriver(
  module: PlainModule,
  { folders, ...context }:
    & OpenOptions
    & Pick<PlainContext, "clock" | "files" | "settings">
    & { folders: Folders },
): Promise<Driver> {
  return await module.open({ ...context, cacheDir: folders.cache, configDir: folders.config });
}
