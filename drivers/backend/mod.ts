/**
 * The seam below every adapter, and what wraps or replaces it: deadlines, tracing and faults around
 * a live backend; recording, replay and virtual time. Nothing here knows a hypervisor.
 *
 * @module
 */
export * from "./backend.ts";
export * from "./clock.ts";
export * from "./deadline.ts";
export * from "./disk_files.ts";
export * from "./driver_errors.ts";
export * from "./event_hub.ts";
export * from "./files.ts";
export * from "./keyed_lock.ts";
export * from "./memory_files.ts";
export * from "./module.ts";
export * from "./tape/tape.ts";
export * from "./wait_for.ts";
export * from "./wait_for_machine.ts";
export * from "./world/open.ts";
export type * from "./world/worlds.ts";
