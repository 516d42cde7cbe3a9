/**
 * The Hyper-V driver as the suite takes it. What reaches the real one is loaded by `connect`: a replay does
 * without.
 *
 * @module
 */

import type { DriverModule } from "../backend/module.ts";
import { tasksOver } from "../tasks/mod.ts";
import type { HypervMethods } from "./backend.ts";
import { createDriver, DESCRIPTION, NAME } from "./driver.ts";
import { liveHost } from "./host.ts";
import { SEAM } from "./seam.ts";
import { liveTaskHost } from "./task_host.ts";

/** The module of the Hyper-V driver. */
export const HYPERV: DriverModule<HypervMethods, never> = {
  name: NAME,
  description: DESCRIPTION,
  serves: {
    "driver": { create: createDriver, host: liveHost },
    "task-driver": {
      create: (context) => tasksOver(context, createDriver),
      host: liveTaskHost,
    },
  },
  connect: async (options) => await (await import("./connect.ts")).connectLive(options),
  seam: SEAM,
  localSettings: ["powershell", "ssh-key", "guest", "blank"],
};
