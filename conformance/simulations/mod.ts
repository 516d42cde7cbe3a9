/**
 * Simulated hosts: what answers where a driver's hypervisor is on another system. Evidence from them
 * says `simulator`. Each puts a driver's adapter over its simulator, on virtual time.
 *
 * @module
 */

import type { DriverModule } from "../../drivers/backend/mod.ts";

/** How each simulation is got; nothing of it is loaded before. */
const SIMULATIONS: Readonly<Record<string, () => Promise<DriverModule>>> = {
  hcs: async () => (await import("./hcs.ts")).SIMULATED_HCS,
  hyperv: async () => (await import("./hyperv.ts")).SIMULATED_HYPERV,
  kubevirt: async () => (await import("./kubevirt.ts")).SIMULATED_KUBEVIRT,
};

/** The simulation of a driver's host, or undefined. */
export async function simulationOf(driver: string): Promise<DriverModule | undefined> {
  return Object.hasOwn(SIMULATIONS, driver) ? await SIMULATIONS[driver]?.() : undefined;
}
