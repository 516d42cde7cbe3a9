/**
 * Clauses about stopping and destroying tasks.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { nomadIssue, VIRT, virtIssue } from "./sources.ts";

const STOP = `${VIRT}#VirtDriverPlugin`;

/** The clauses about stopping. */
export const TASK_STOP_CLAUSES: readonly Clause[] = [
  must("task.stop.kept", "A stopped task has ended, and is kept with all that belongs to it", STOP),
  must(
    "task.stop.graceful",
    "A guest that obeys ends by itself, in the time that it has",
    nomadIssue(27316),
  ),
  must(
    "task.stop.forced",
    "A guest that does not obey is switched off when its time is over, not earlier and not much later",
    STOP,
  ),
  must("task.stop.zero", "A timeout of 0 switches off at once"),
  must(
    "task.stop.early",
    "A stop answers when the guest has ended, however long it might have taken",
  ),
  must("task.stop.exited", "Stopping a task that has ended succeeds, and its end stays"),
  must("task.stop.missing", "Stopping a task that there is not is not-found"),
  must("task.stop.invalid", "A timeout that is no number from 0 is invalid-argument"),
  should(
    "task.stop.signal",
    "Where a job wants SIGKILL, its machine is switched off at once",
    STOP,
  ),
  must("task.stop.concurrent", "Several stops of one task all succeed"),
  must(
    "task.stop.bounded",
    "A stop ends although the hypervisor does not answer",
    nomadIssue(9375),
  ),
];

const DESTROY = `${VIRT}#VirtDriverPlugin.DestroyTask`;

/** The clauses about destroying. */
export const TASK_DESTROY_CLAUSES: readonly Clause[] = [
  must(
    "task.destroy.running",
    "Destroying a running task without force is failed-precondition, and it runs on",
    DESTROY,
  ),
  must("task.destroy.force", "Destroying with force removes a running task", DESTROY),
  must(
    "task.destroy.dead",
    "A task that has ended unseen is destroyed without force",
  ),
  must("task.destroy.clean", "A destroyed task leaves nothing on the host", DESTROY),
  must("task.destroy.again", "Destroying a destroyed task is not-found"),
  must(
    "task.destroy.forgotten",
    "A destroyed task is not-found for every call, and its id can be used again",
    nomadIssue(5016),
  ),
  must("task.destroy.vanished", "Destroying succeeds although the machine is gone already"),
  must(
    "task.destroy.partial",
    "A destroy that fails keeps the task, and another one finishes it",
    `${VIRT}#Net`,
  ),
  must("task.destroy.race", "Destroys and stops at the same time leave nothing", nomadIssue(15457)),
  must("task.destroy.neighbour", "Destroying one task changes no other"),
  must("task.destroy.paused", "Destroying with force removes a paused task"),
  must(
    "task.destroy.orphan",
    "Destroying with force removes what an instance that died left, known or not",
    virtIssue(49),
  ),
];
