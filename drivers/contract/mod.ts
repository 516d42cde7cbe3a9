/**
 * The contract that a VM driver fulfils: types, clauses, errors and the power table. Pure: it
 * imports nothing and does nothing.
 *
 * @module
 */
export type * from "./call.ts";
export * from "./clauses/mod.ts";
export type * from "./clock.ts";
export * from "./contracts.ts";
export * from "./driver/mod.ts";
export * from "./errors.ts";
export * from "./machine_plugin/mod.ts";
export * from "./names.ts";
export * from "./task_driver/mod.ts";
export * from "./utility_vm/mod.ts";
export type * from "./world.ts";
