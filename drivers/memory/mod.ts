/**
 * The memory driver: the reference for every other one. All of it runs in memory and on virtual time,
 * over a simulated hypervisor with an API of its own.
 *
 * @module
 */

export type * from "./backend.ts";
export { memoryDriver } from "./driver.ts";
export { memoryHost } from "./host.ts";
export { simulatedBackend } from "./hypervisor/simulated_backend.ts";
export { MEMORY } from "./module.ts";
export { SEAM } from "./seam.ts";
export type { MemoryContext } from "./session.ts";
