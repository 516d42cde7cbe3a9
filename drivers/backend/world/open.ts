/**
 * Opens the worlds of any driver's module.
 *
 * @module
 */

import type { DriverModule, PlainModule } from "../module.ts";
import { openPlainWorlds } from "./plain_worlds.ts";
import { openSeamWorlds } from "./seam_worlds.ts";
import type { Worlds, WorldsOptions } from "./worlds.ts";

/**
 * Opens a driver's module; connects, unless the answers come from tapes.
 *
 * @throws {BackendError} if the host cannot be reached
 * @throws {TypeError} if the module has no seam, and should be recorded or replayed
 */
export async function openWorlds(
  module: DriverModule | PlainModule,
  options: WorldsOptions,
): Promise<Worlds> {
  return "connect" in module
    ? await openSeamWorlds(module, options)
    : openPlainWorlds(module, options);
}
