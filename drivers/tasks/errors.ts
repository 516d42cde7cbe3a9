/**
 * Errors about tasks.
 *
 * @module
 */

import { type About, driverError, type MeaningOf, Trouble } from "../backend/driver_errors.ts";
import { DriverError, type Subject, TASK_REASONS, type TaskId } from "../contract/mod.ts";

/** The subject of an error about a task. */
export function taskSubject(id: TaskId): Subject {
  return `task:${id}`;
}

/** There is no task of that id. */
export function noSuchTask(): Trouble {
  return new Trouble("not-found", "task not found for given id", TASK_REASONS.notFound);
}

/**
 * The contract's error about a task, for whatever was thrown. What a driver below says of its machines
 * becomes what this one says of its tasks.
 */
export function taskError(error: unknown, about: About, meaningOf?: MeaningOf): DriverError {
  const known = driverError(error, about, meaningOf);
  const { operation, subject } = about;
  if (known.subject === subject) return known;
  // A machine that is gone below is no task that is gone.
  const code = known.code === "not-found" ? "failed-precondition" : known.code;
  const { retryable } = known;
  return new DriverError({ ...known.toJSON(), code, retryable, operation, subject, cause: error });
}

/** Does work for a task: whatever it throws becomes the contract's error. */
export async function attemptTask<T>(
  about: About,
  work: () => Promise<T>,
  meaningOf?: MeaningOf,
): Promise<T> {
  try {
    about.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    throw taskError(error, about, meaningOf);
  }
}
