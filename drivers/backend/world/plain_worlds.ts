/**
 * Worlds around a driver of any make, which has no seam: nothing to record, and no faults.
 *
 * @module
 */

import { systemClock } from "../clock.ts";
import type { Host, PlainModule } from "../module.ts";
import { worldFiles } from "./files.ts";
import { contextNowhere, contextOn, type Ground, liveGround } from "./ground.ts";
import type { CaseWorld, Worlds, WorldsOptions } from "./worlds.ts";

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
  const host: Host = { origin: module.origin ?? "simulator", versions: {} };
  const { images } = module;
  return {
    driver: module.name,
    mode: "live",
    host,
    async claims() {
      const driver = await module.open(contextNowhere(systemClock(), settings));
      await driver[Symbol.asyncDispose]();
      return { driver, host: module.host?.(), faults: false, fillDisk: false };
    },
    open: ({ folder }) =>
      Promise.resolve(openWorld(module, liveGround({ host, images, settings, folder }))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function openWorld(module: PlainModule, ground: Ground): CaseWorld {
  const { forDriver, forSuite: { fillDisk: _, ...forSuite } } = worldFiles(ground);
  return {
    clock: ground.clock,
    evidence: ground.evidence,
    images: ground.images,
    files: forSuite,
    host: module.host?.(),
    trace: () => [],
    open: async (options) => await module.open(contextOn({ ...ground, files: forDriver }, options)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
