/**
 * The HCS driver over a simulated Host Compute Service.
 *
 * @module
 */

import type { DriverModule } from "../../drivers/backend/mod.ts";
import { simulatedHost } from "../../drivers/hcs/host_lab.ts";
import { HCS } from "../../drivers/hcs/module.ts";
import type { SimulatedHcsOptions } from "../../fixtures/simulators/hcs/mod.ts";
import { SIMULATED_IMAGES } from "./images.ts";

/** The driver over a service of that age, that does in that way what its documentation leaves open. */
export function simulatedHcsModule(
  options: Omit<SimulatedHcsOptions, "clock"> = {},
): DriverModule {
  const connect: typeof HCS.connect = async ({ clock }) => {
    const { simulatedHcs } = await import("../../fixtures/simulators/hcs/mod.ts");
    const backend = simulatedHcs({ ...options, clock }).connect();
    const versions = { windows: "10.0.20348", hypervisor: "simulated Host Compute Service" };
    return { backend, host: { origin: "simulator", versions } };
  };
  const { "utility-vm": vms } = HCS.serves;
  return {
    ...HCS,
    serves: { ...(vms && { "utility-vm": { ...vms, host: simulatedHost } }) },
    connect,
    images: SIMULATED_IMAGES,
    time: "virtual",
  } satisfies typeof HCS;
}

/** The module, over the service as an adapter can bear it most easily. */
export const SIMULATED_HCS: DriverModule = simulatedHcsModule();
