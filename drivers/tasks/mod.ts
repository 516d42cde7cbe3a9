/**
 * What adapters that serve tasks share.
 *
 * @module
 */
export { countCores } from "./cpuset.ts";
export { noSuchTask, taskSubject } from "./errors.ts";
export { HANDLE_VERSION, handleOf, notesOf, type TaskNotes } from "./handles.ts";
export { type ImagePaths, imagePaths, isAbsolute } from "./image_paths.ts";
export type { EndReason, MachineNote, Sight, TaskMachines, TaskPlan } from "./machines.ts";
export { machineName } from "./names.ts";
export { checkSchema } from "./schema_check.ts";
export type { Tailoring } from "./over_driver/driver_machines.ts";
export { taskHostOver } from "./over_driver/task_host_over.ts";
export { tasksOver, type TasksOverOptions } from "./over_driver/tasks_over.ts";
export { taskDriver, type TaskDriverOptions } from "./task_driver.ts";
export type { Undo } from "../backend/undo.ts";
export { within } from "./within.ts";
