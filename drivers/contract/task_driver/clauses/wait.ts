/**
 * Clauses about how tasks end, and about waiting for it.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { VIRT, virtIssue } from "./sources.ts";

const WAIT = `${VIRT}#VirtDriverPlugin.WaitTask`;

/** The clauses. */
export const TASK_WAIT_CLAUSES: readonly Clause[] = [
  must("task.wait.before-stop", "A wait from before a stop is answered by it", WAIT),
  must("task.wait.after-stop", "A wait from after a stop has the same answer", WAIT),
  must("task.wait.exited", "A wait for a task that has ended answers at once", WAIT),
  must("task.wait.many", "All waits for one task have the same answer"),
  must("task.wait.abort", "An abort ends a wait with canceled, and the task runs on", WAIT),
  must("task.wait.missing", "A wait for a task that there is not is not-found at once", WAIT),
  must("task.wait.destroyed", "A wait ends when its task is destroyed", WAIT),
  must("task.wait.clean", "A guest that switches itself off ends with code 0 and no error"),
  must("task.wait.killed", "A machine that crashed or was killed is no success"),
  should("task.wait.memory", "A machine that the host had no memory for says so"),
  must("task.wait.vanished", "A machine that was removed ends its task with an error"),
  must("task.wait.paused", "A machine that is paused has not ended"),
  should("task.wait.reboot", "A guest that restarts has not ended", virtIssue(66)),
  should(
    "task.wait.daemon",
    "A restart of the hypervisor's daemon ends neither tasks nor waits, and the driver comes back",
    virtIssue(129),
  ),
  should(
    "task.wait.transient",
    "A hypervisor that does not answer for a moment does not end a wait",
    virtIssue(104),
  ),
];
