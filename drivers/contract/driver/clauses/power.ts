/**
 * Clauses about power and status.
 *
 * @module
 */

import { type Clause, HYPERV, LIBVIRT, must, should } from "../../clauses/clause.ts";

/** The clauses. */
export const POWER_CLAUSES: readonly Clause[] = [
  must("machine.power.table", "Every operation does in every state what the power table says"),
  must("machine.power.refusal", "A refused operation leaves the state as it was"),
  must("machine.start.running", "A started machine reaches running", `${HYPERV}#Machine.Start`),
  must("machine.start.idempotent", "Starting a running machine succeeds with changed false"),
  must("machine.start.race", "Of several starts at once all succeed, and exactly one says changed"),
  must("machine.start.failed", "A start that fails leaves the machine as it was, not starting"),
  must(
    "machine.stop.stopped",
    "A guest that obeys reaches stopped after stop",
    `${HYPERV}#Machine.Stop`,
  ),
  must("machine.stop.idempotent", "Stopping a stopped machine succeeds with changed false"),
  must(
    "machine.stop.graceful",
    "Stop never cuts the power: a guest that does not obey runs on",
    `${LIBVIRT}#virDomainShutdown`,
  ),
  must(
    "machine.force-stop.stopped",
    "A machine is stopped when forceStop returns",
    `${HYPERV}#Machine.ForceStop`,
  ),
  must(
    "machine.force-stop.idempotent",
    "Force-stopping a stopped machine succeeds with changed false",
  ),
  must("machine.stop.race", "Stop and forceStop at once end stopped, with no error"),
  must("machine.cycle", "Starting and stopping again and again keeps identity and disk"),
  must(
    "machine.pause",
    "A paused machine is paused, and resumes to running",
    `${LIBVIRT}#virDomainSuspend`,
  ),
  must(
    "machine.save",
    "A saved machine is saved, and start restores it",
    `${LIBVIRT}#virDomainManagedSave`,
  ),
  must("machine.save.discard", "Force-stopping a saved machine discards what was saved"),
  must(
    "machine.status.live",
    "A status is read from the host: a change by anybody is seen at once",
  ),
  must(
    "machine.status.declared",
    "A state is one of the contract's, with the host's own word beside it",
  ),
  must("machine.status.gone", "The status of a machine that is gone is not-found"),
  must(
    "machine.status.unknown",
    "A state that the contract does not know is unknown, with its word kept",
  ),
  should("machine.responsive", "Reads of one machine answer while another is being created"),
  should("machine.host-reboot", "After a restart of the host, statuses are true and start works"),
];
