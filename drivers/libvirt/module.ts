/**
 * The libvirt driver as the suite takes it. What reaches the real one is loaded by `connect`: a replay does
 * without.
 *
 * @module
 */

import type { DriverModule } from "../backend/module.ts";
import type { LibvirtEvent, LibvirtMethods } from "./backend.ts";
import { createDriver, DESCRIPTION, NAME } from "./driver.ts";
import { libvirtHost } from "./host.ts";
import { SEAM } from "./seam.ts";
import { createTaskDriver, libvirtTaskHost } from "./tasks/mod.ts";

/** The module of the libvirt driver. */
export const LIBVIRT: DriverModule<LibvirtMethods, LibvirtEvent> = {
  name: NAME,
  description: DESCRIPTION,
  serves: {
    driver: { create: createDriver, host: libvirtHost },
    "task-driver": { create: createTaskDriver, host: libvirtTaskHost },
  },
  connect: async (options) => await (await import("./connect.ts")).connectLive(options),
  seam: SEAM,
  localSettings: ["uri", "pool-path", "ssh-key", "guest"],
};
