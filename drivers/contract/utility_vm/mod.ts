/**
 * The contract of utility VMs: types, limits, named errors, clauses.
 *
 * @module
 */
export type * from "./attachments.ts";
export * from "./clauses/mod.ts";
export type * from "./host.ts";
export * from "./limits.ts";
export * from "./options.ts";
export * from "./reasons.ts";
export * from "./utility_vm.ts";
