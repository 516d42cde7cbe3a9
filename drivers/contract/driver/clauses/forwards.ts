/**
 * Clauses about port forwards.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must } from "../../clauses/clause.ts";

/** The clauses. */
export const FORWARD_CLAUSES: readonly Clause[] = [
  must("forward.add", "A rule that was added is listed", `${HYPERV}#Machine.ForwardPort`),
  must(
    "forward.machine-port",
    "A second rule for a machine's port is already-exists, and the first stays",
    KUTTI,
  ),
  must("forward.host-port", "A rule for a host's port in use is already-exists, for any machine"),
  must(
    "forward.remove",
    "A rule that was removed is gone; a missing one is not-found",
    `${HYPERV}#Machine.UnforwardPort`,
  ),
  must("forward.invalid", "A port that is no whole number from 1 to 65535 is invalid-argument"),
  must("forward.persists", "Rules outlive stop, start and the instance"),
  must(
    "forward.ssh",
    "A rule for port 22 is the SSH address, until it is removed",
    `${HYPERV}#Machine.ForwardSSHPort`,
  ),
  must("forward.delete", "Deleting a machine frees its host ports"),
  must(
    "forward.traffic",
    "A client of the host's port reaches the guest",
    `${KUTTI}#VMHost`,
    "no driver with forwards has a guest that answers yet",
  ),
];
