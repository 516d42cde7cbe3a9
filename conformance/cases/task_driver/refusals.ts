/**
 * What refusals of the `task-driver` contract look like.
 *
 * @module
 */

import { type ErrorCode, TASK_REASONS, type TaskId } from "../../../drivers/contract/mod.ts";
import type { Refusal } from "../../case.ts";

/** There is no task of that id. */
export function notFound(id: TaskId): Refusal {
  return { code: "not-found", subject: `task:${id}`, reason: TASK_REASONS.notFound };
}

/** Something about a task is refused. */
export function refusal(code: ErrorCode, id: TaskId): Refusal {
  return { code, subject: `task:${id}` };
}

/** The image of a task, or another file that it names, is in no folder that it may be in. */
export function notAllowed(id: TaskId): Refusal {
  return { ...refusal("permission-denied", id), reason: TASK_REASONS.imageNotAllowed };
}

/** How a task ends that had to be switched off, or whose guest obeyed. */
export const ENDS = {
  clean: { exitCode: 0, signal: 0, oomKilled: false },
  forced: { exitCode: 0, signal: 9, oomKilled: false },
} as const;
