/**
 * The `driver` contract: machines, networks and images of one hypervisor.
 *
 * @module
 */
export * from "./directories.ts";
export type * from "./driver.ts";
export type * from "./host.ts";
export type * from "./image.ts";
export * from "./ip.ts";
export * from "./machine.ts";
export * from "./network.ts";
export * from "./power.ts";
export * from "./registry.ts";
export * from "./ssh.ts";
