/**
 * Clauses about the driver itself.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must, should } from "../../clauses/clause.ts";

/** The clauses. */
export const DRIVER_CLAUSES: readonly Clause[] = [
  must("driver.open.no-effect", "Opening a driver changes nothing on the host or on disk"),
  must(
    "driver.stable",
    "Name, description, rule and facets are the same in every instance",
    HYPERV,
  ),
  must(
    "driver.status.ready",
    "A driver whose hypervisor answers is ready",
    `${HYPERV}#Driver.Status`,
  ),
  must(
    "driver.status.error",
    "A driver whose hypervisor does not answer has status error with the reason, and never throws it",
    `${HYPERV}#Driver.Status`,
  ),
  must("driver.status.recovers", "The same instance is ready again when its hypervisor is back"),
  must(
    "driver.unavailable",
    "A call that cannot reach the hypervisor fails with unavailable",
    `${HYPERV}#Driver.Error`,
  ),
  must(
    "driver.permission",
    "A call that the hypervisor forbids fails with permission-denied, never with not-found",
    "https://learn.microsoft.com/powershell/module/hyper-v/get-vm",
  ),
  must("driver.facets.stable", "A machine has the same facets in every handle", KUTTI),
  must(
    "driver.directories",
    "What a driver caches lies in its cache directory and nowhere else",
    `${KUTTI}#CacheDir`,
  ),
  must("driver.dispose", "Disposing of a driver closes it, and touches no machine"),
  should("driver.status.cheap", "Reading the status costs at most two backend calls"),
];
