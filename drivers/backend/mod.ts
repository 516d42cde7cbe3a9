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
export * from "./event_hub.ts";
export * from "./faults.ts";
export * from "./files.ts";
export { type Evidence, ReplayProblems, type Settings } from "./ground.ts";
export * from "./keyed_lock.ts";
export * from "./memory_files.ts";
export * from "./module.ts";
export * from "./placeholders.ts";
export * from "./recorder.ts";
export * from "./replayer.ts";
export * from "./secrets.ts";
export * from "./shared_backend.ts";
export * from "./tape.ts";
export * from "./trace.ts";
export * from "./wait_for.ts";
export * from "./world.ts";
