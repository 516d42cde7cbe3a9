/**
 * The conformance suite: cases, and the engine that runs them against a driver.
 *
 * @module
 */
export * from "./case.ts";
export { CASES } from "./cases/mod.ts";
export { openSubject, type SubjectOptions } from "./compose/mod.ts";
export { type DenoTestOptions, registerDenoTests } from "./register_deno_tests.ts";
export { run, type RunOptions } from "./engine/engine.ts";
export * from "./engine/events.ts";
export type { ImageServer, Published, ServerMood } from "./image_server.ts";
export type { KnownFailure } from "./engine/known_failing.ts";
export type { CaseTypes, ContextOf, NeedOf } from "./rigs/case_types.ts";
export type { CaseContext, DriverNeed, Fresh } from "./rigs/driver/context.ts";
export type {
  MadeMachine,
  PluginContext,
  PluginFresh,
  PluginNeed,
} from "./rigs/machine_plugin/context.ts";
export type { TaskContext, TaskNeed } from "./rigs/task_driver/context.ts";
export type { RunningTask, SpecOverrides, TaskFresh } from "./rigs/task_driver/fresh.ts";
export type { UvmContext, UvmFresh, UvmNeed } from "./rigs/utility_vm/context.ts";
export type { Ledger, OwnedResource, Resource } from "./engine/ledger.ts";
export type { Plain } from "./engine/plain.ts";
export { type Report, type Reporter, REPORTERS, type Style } from "./reports/mod.ts";
export { select, type Selection } from "./commands/selection.ts";
export { HarnessError, type Stage, type Subject } from "./engine/subject.ts";
export { UsageError } from "./commands/usage.ts";
