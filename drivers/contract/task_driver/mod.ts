/**
 * The `task-driver` contract: virtual machines as the tasks of an orchestrator. Pure: it does nothing.
 *
 * @module
 */
export * from "./config.ts";
export * from "./handle.ts";
export * from "./host.ts";
export * from "./net.ts";
export * from "./plugin.ts";
export * from "./schema.ts";
export * from "./task.ts";
export * from "./task_driver.ts";
export * from "./wire.ts";
