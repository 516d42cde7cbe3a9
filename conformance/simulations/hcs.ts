/**
 * The HCS driver over a simulated Host Compute Service.
 *
 * @module
 */

import type { DriverModule } from "../../drivers/backend/mod.ts";
import type { Policies } from "../../drivers/hcs/backend.ts";
import { HCS, simulatedHost } from "../../drivers/hcs/mod.ts";
import { simulatedHcs } from "../../fixtures/simulators/hcs/mod.ts";
import { SIMULATED_IMAGES } from "./images.ts";

/** The driver over a service that does what its documentation leaves open in that way. */
export function simulatedHcsModule(policies: Partial<Policies> = {}): DriverModule {
  const connect: typeof HCS.connect = ({ clock }) => {
    const backend = simulatedHcs({ clock, policies }).connect();
    const versions = { windows: "10.0.20348", hypervisor: "simulated Host Compute Service" };
    return Promise.resolve({ backend, host: { origin: "simulator", versions } });
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
