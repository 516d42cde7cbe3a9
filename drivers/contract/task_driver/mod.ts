/**
 * The `task-driver` contract: virtual machines as the tasks of an orchestrator. Pure: it does nothing.
 *
 * @module
 */
export type * from "./config.ts";
export * from "./handle.ts";
export type * from "./host.ts";
export type * from "./net.ts";
export * from "./plugin.ts";
export type * from "./schema.ts";
export * from "./task.ts";
export * from "./task_driver.ts";
export type * from "./wire.ts";
