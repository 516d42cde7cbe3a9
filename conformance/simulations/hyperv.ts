/**
 * The Hyper-V driver over its simulated host.
 *
 * @module
 */

import type { DriverModule } from "../../drivers/backend/mod.ts";
import { simulatedHost } from "../../drivers/hyperv/host.ts";
import { HYPERV } from "../../drivers/hyperv/module.ts";
import { simulatedTaskHost } from "../../drivers/hyperv/task_host.ts";
import { SIMULATED_IMAGES } from "./images.ts";

/** Guests tell their addresses in the order that is the hardest to read. */
const KNOBS = { addresses: "ipv6-first" } as const;

const connect: typeof HYPERV.connect = async ({ clock, files }) => {
  const [{ sessionBackend }, { simulatedHyperv }] = await Promise.all([
    import("../../drivers/hyperv/live.ts"),
    import("../../fixtures/simulators/hyperv/mod.ts"),
  ]);
  const { open } = simulatedHyperv({ clock, files, knobs: KNOBS });
  const backend = sessionBackend({ clock, open });
  const versions = { hypervisor: "simulated Hyper-V", powershell: "5.1" };
  return { backend, host: { origin: "simulator", versions } };
};

const { driver, "task-driver": tasks } = HYPERV.serves;

/** The module: all of it is the driver's own, except for what it connects to. */
export const SIMULATED_HYPERV: DriverModule = {
  ...HYPERV,
  serves: {
    ...HYPERV.serves,
    ...(driver && { driver: { ...driver, host: simulatedHost } }),
    ...(tasks && { "task-driver": { ...tasks, host: simulatedTaskHost } }),
  },
  connect,
  images: SIMULATED_IMAGES,
  time: "virtual",
};
