/**
 * The contract `machine-plugin`: Gardener's machine plugin, its status codes and the text of its
 * errors.
 *
 * @module
 */
export * from "./clauses/mod.ts";
export * from "./controller.ts";
export * from "./disguises.ts";
export * from "./dispatch.ts";
export type * from "./host.ts";
export type * from "./plugin.ts";
export * from "./plugin_error.ts";
export type * from "./requests.ts";
export * from "./status_codes.ts";
export * from "./status_text.ts";
