/**
 * Clauses about inspecting tasks, and about taking them over.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { nomadIssue, podmanIssue, VIRT, virtIssue } from "./sources.ts";

/** The clauses about inspecting. */
export const TASK_INSPECT_CLAUSES: readonly Clause[] = [
  must(
    "task.inspect.fields",
    "A task tells its id, its name, its start, and its end exactly if it has ended",
    `${VIRT}#VirtDriverPlugin.InspectTask`,
  ),
  must("task.inspect.live", "A task that ended while nobody waited is told as such"),
  must("task.inspect.copy", "What is answered is a copy"),
];

const RECOVER = `${VIRT}#VirtDriverPlugin.RecoverTask`;

/** The clauses about taking tasks over. */
export const TASK_RECOVER_CLAUSES: readonly Clause[] = [
  must(
    "task.recover.goes-on",
    "Another instance takes a task over from its handle: it runs, can be waited for, stopped and destroyed",
    RECOVER,
  ),
  must("task.recover.bytes", "A handle is the same after it went through bytes", virtIssue(75)),
  must(
    "task.recover.teardown",
    "A task that was taken over is destroyed without a trace, its network included",
    virtIssue(49),
  ),
  must("task.recover.again", "Taking over a task that is known changes nothing"),
  must(
    "task.recover.exited",
    "A task that ended in the meantime is taken over as ended",
    nomadIssue(10449),
  ),
  must("task.recover.gone", "A task whose machine is gone is not-found"),
  must(
    "task.recover.bad",
    "A handle that is none, or of another version, is invalid-argument, and changes nothing",
    RECOVER,
  ),
  must(
    "task.recover.foreign",
    "A handle never leads to a machine that is not its task's",
    "https://github.com/hashicorp/nomad-driver-exec2/issues/104",
  ),
  must(
    "task.recover.bounded",
    "Taking over ends although the hypervisor does not answer",
    podmanIssue(229),
  ),
  should("task.recover.started-at", "The time of the start is kept"),
  should(
    "task.recover.graceful",
    "A guest that obeys ends by itself after its task was taken over, too",
    nomadIssue(14000),
  ),
];
