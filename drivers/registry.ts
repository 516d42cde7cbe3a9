/**
 * The drivers of this package: the only list of them.
 *
 * @module
 */

import type { DriverModule } from "./backend/module.ts";
import { Registry } from "./contract/mod.ts";

/**
 * How each driver's module is got; nothing of it is read before, as deno.json asks for
 * `lazy-dynamic-imports`: Deno would read every module that an `import()` names before a program begins.
 */
const DRIVERS = new Registry<() => Promise<DriverModule>>();
DRIVERS.register("hcs", async () => (await import("./hcs/module.ts")).HCS);
DRIVERS.register("hyperv", async () => (await import("./hyperv/module.ts")).HYPERV);
DRIVERS.register("kubevirt", async () => (await import("./kubevirt/module.ts")).KUBEVIRT);
DRIVERS.register("libvirt", async () => (await import("./libvirt/module.ts")).LIBVIRT);
DRIVERS.register("memory", async () => (await import("./memory/module.ts")).MEMORY);

/** The names of the drivers. */
export function driverNames(): string[] {
  return DRIVERS.names();
}

/** Loads a driver's module, named in any letter case; undefined if there is none of that name. */
export async function loadDriver(name: string): Promise<DriverModule | undefined> {
  return await DRIVERS.get(name)?.();
}
