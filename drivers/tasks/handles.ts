/**
 * What a handle keeps of a task.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { TaskHandle, TaskSpec, TeardownSpec } from "../contract/mod.ts";
import type { MachineNote } from "./machines.ts";

/** The version of the notes that this code writes, and the only one that it reads. */
export const HANDLE_VERSION = 1;

/** The driver's own notes. */
export interface TaskNotes {
  /** The task. */
  readonly taskId: string;
  /** Its machine. */
  readonly machine: MachineNote;
  /** When it started. */
  readonly startedAt: number;
  /** How its network is taken back. */
  readonly teardown?: TeardownSpec;
}

/** Makes a handle. */
export function handleOf(config: TaskSpec, notes: TaskNotes): TaskHandle {
  const driverState = new TextEncoder().encode(JSON.stringify(notes));
  return { version: HANDLE_VERSION, config, state: "running", driverState };
}

/**
 * Reads a handle.
 *
 * @throws {Trouble} `invalid-argument` for one that is none, or whose version is another
 */
export function notesOf(handle: TaskHandle | null | undefined): TaskNotes {
  if (!handle?.config?.id) throw new Trouble("invalid-argument", "the handle names no task");
  if (handle.version !== HANDLE_VERSION) {
    const why =
      `the handle's version is ${handle.version}, and this driver reads ${HANDLE_VERSION}`;
    throw new Trouble("invalid-argument", why);
  }
  const notes = parse(handle.driverState);
  if (!isNotes(notes)) throw new Trouble("invalid-argument", "the handle's notes are damaged");
  if (notes.taskId !== handle.config.id) {
    const why = `the handle's notes are of another task: "${notes.taskId}"`;
    throw new Trouble("invalid-argument", why);
  }
  return notes;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isNotes(value: unknown): value is TaskNotes {
  if (typeof value !== "object" || value === null) return false;
  const { taskId, machine, startedAt, teardown } = value as Partial<TaskNotes>;
  return typeof taskId === "string" && typeof startedAt === "number" &&
    typeof machine?.name === "string" && typeof machine.id === "string" &&
    (teardown === undefined || teardown.version === 1 && Array.isArray(teardown.steps));
}
