/**
 * The conformance suite: cases, and the engine that runs them against a driver.
 *
 * @module
 */
export * from "./case.ts";
export { CASES } from "./cases/mod.ts";
export { openSubject, type SubjectOptions } from "./compose.ts";
export { type DenoTestOptions, registerDenoTests } from "./register_deno_tests.ts";
export { run, type RunOptions } from "./engine.ts";
export * from "./events.ts";
export type { ImageServer, Published, ServerMood } from "./image_server.ts";
export type { KnownFailure } from "./known_failing.ts";
export type { CaseContext, Fresh } from "./rigs/driver/context.ts";
export type { Ledger, Resource } from "./ledger.ts";
export type { Plain } from "./plain.ts";
export { type Report, type Reporter, REPORTERS, type Style } from "./reports/mod.ts";
export { select, type Selection } from "./selection.ts";
export { HarnessError, type Stage, type Subject } from "./subject.ts";
export { UsageError } from "./usage.ts";
