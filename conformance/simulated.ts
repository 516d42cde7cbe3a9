/**
 * Simulated hosts: what answers where a driver's hypervisor is on another system, and nothing was
 * recorded yet. Evidence from them says `simulator`.
 *
 * @module
 */

import type { DriverModule } from "../drivers/backend/mod.ts";

/** A disk of 20 KB that begins with a text. */
function disk(beginning: string): () => Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(20_000);
  content.set(new TextEncoder().encode(beginning));
  return () => Promise.resolve(content);
}

/** How each simulation is got; nothing of it is loaded before. */
const SIMULATIONS: Readonly<Record<string, () => Promise<DriverModule>>> = {
  hyperv: async () => {
    const [{ HYPERV, simulatedHost }, { sessionBackend }, { simulatedHyperv }] = await Promise
      .all([
        import("../drivers/hyperv/mod.ts"),
        import("../drivers/hyperv/live.ts"),
        import("../fixtures/simulators/hyperv/mod.ts"),
      ]);
    const connect: typeof HYPERV.connect = ({ clock, files }) => {
      const backend = sessionBackend({ clock, open: simulatedHyperv({ clock, files }).open });
      const versions = { hypervisor: "simulated Hyper-V", powershell: "5.1" };
      return Promise.resolve({ backend, host: { origin: "simulator", versions } });
    };
    const images = { blank: disk("VMTCK BLANK\n"), guest: disk("VMTCK GUEST\n") };
    return { ...HYPERV, connect, host: simulatedHost, images, time: "virtual" };
  },
};

/** The simulation of a driver's host, or undefined. */
export async function simulationOf(driver: string): Promise<DriverModule | undefined> {
  return Object.hasOwn(SIMULATIONS, driver) ? await SIMULATIONS[driver]?.() : undefined;
}
