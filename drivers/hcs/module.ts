/**
 * The HCS driver as the suite takes it. What reaches the real service is loaded by `connect`: a replay does
 * without.
 *
 * @module
 */

import type { DriverModule } from "../backend/module.ts";
import type { HcsEvent, HcsMethods } from "./backend.ts";
import { createUtilityVms, DESCRIPTION, NAME } from "./driver.ts";
import { liveHost } from "./host.ts";
import { SEAM } from "./seam.ts";

/** The module of the HCS driver. */
export const HCS: DriverModule<HcsMethods, HcsEvent> = {
  name: NAME,
  description: DESCRIPTION,
  serves: { "utility-vm": { create: createUtilityVms, host: liveHost } },
  connect: async (options) => await (await import("./connect.ts")).connectLive(options),
  seam: SEAM,
  localSettings: ["library"],
};
