/**
 * Clauses about starting tasks.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { nomadIssue, VIRT, virtIssue } from "./sources.ts";

/** The clauses. */
export const TASK_START_CLAUSES: readonly Clause[] = [
  must("task.start.running", "A started task runs", `${VIRT}#VirtDriverPlugin.StartTask`),
  must(
    "task.start.handle",
    "Its handle has a version from 1, the task's own specification, and notes",
    `${VIRT}#TaskState`,
  ),
  must("task.start.exists", "An id that there is is already-exists, and its task runs on"),
  must("task.start.race", "Of several starts of one id exactly one succeeds"),
  must(
    "task.start.concurrent",
    "Tasks of different ids can be started at the same time",
    virtIssue(208),
  ),
  must(
    "task.start.invalid",
    "A specification that cannot be is invalid-argument, and leaves nothing",
    `${VIRT}#TaskConfig`,
  ),
  must("task.start.rollback", "A start that fails leaves nothing on the host", virtIssue(60)),
  must(
    "task.start.no-space",
    "A host without room for a disk fails the start as resource-exhausted",
    virtIssue(184),
  ),
  must("task.start.failed-id", "A task whose start failed is not-found, and can be started again"),
  must(
    "task.start.recoverable",
    "An error says whether another try may succeed: a bad specification never, a hypervisor that " +
      "does not answer perhaps",
  ),
  must("task.start.canceled", "An abort ends a start with canceled, and leaves nothing"),
  must("task.start.size", "The machine has the memory and the processors that were reserved"),
  must("task.start.ids", "Whatever its id, a task has a machine of its own"),
  must("task.start.mounts", "A folder of the host is in the guest, or the start is refused"),
  should(
    "task.start.isolated",
    "A start that takes long holds up no other task",
    nomadIssue(9375),
  ),
];
