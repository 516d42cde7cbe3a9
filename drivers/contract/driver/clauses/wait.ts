/**
 * Clauses about waits.
 *
 * @module
 */

import { type Clause, HYPERV, must, should } from "../../clauses/clause.ts";

/** The clauses. */
export const WAIT_CLAUSES: readonly Clause[] = [
  must(
    "machine.wait.reached",
    "A wait answers reached when the target is reached",
    `${HYPERV}#Machine.WaitForStateChange`,
  ),
  must("machine.wait.at-once", "A wait for what is so already answers reached at once"),
  must(
    "machine.wait.timeout",
    "A wait answers timeout when its own timeout is over, not earlier and not much later",
  ),
  must("machine.wait.zero", "A wait with timeout 0 looks once"),
  must("machine.wait.failed", "A wait that cannot tell any more answers failed with the error"),
  must("machine.wait.vanished", "A wait for a machine that is removed answers failed"),
  must("machine.wait.missing", "A wait for a machine that does not exist is not-found"),
  must("machine.wait.abort", "An abort ends a wait with canceled, and the machine stays usable"),
  must(
    "machine.wait.invalid",
    "A timeout that is no number of milliseconds from 0 is invalid-argument",
  ),
  should("machine.wait.two", "Two waits for one machine both answer"),
];
