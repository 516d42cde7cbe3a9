/**
 * Clauses about the registry, the driver itself, names and errors.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must, should } from "./clause.ts";

/** The registry of drivers. */
export const REGISTRY_CLAUSES: readonly Clause[] = [
  must("registry.case", "A registered name is found in any letter case", KUTTI),
  must(
    "registry.replace",
    "Registering a name again replaces its entry",
    `${KUTTI}#RegisterDriver`,
  ),
  must(
    "registry.stop",
    "Iteration stops exactly when the callback answers false",
    `${KUTTI}#ForEachDriver`,
  ),
  must("registry.name", "A driver's name is the lower-case name it is registered under", KUTTI),
];

/** The driver itself. */
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

/** Names and hostile input. */
export const NAME_CLAUSES: readonly Clause[] = [
  must(
    "name.injective",
    "Two different machines never have one qualified name",
    `${HYPERV}#Driver.QualifiedMachineName`,
  ),
  must(
    "name.exact",
    "A machine's name and cluster are exactly what was given",
    `${HYPERV}#Machine.Name`,
  ),
  must("name.rule", "A name is accepted if and only if the published rule accepts it"),
  must("name.longest", "A name of the published maximal length works in every operation"),
  must("name.before-effect", "A bad name is invalid-argument before any side effect"),
  must(
    "name.wildcard",
    "A name with wildcards is refused, and never read as a pattern",
    "https://learn.microsoft.com/powershell/module/hyper-v/remove-vm",
  ),
  must(
    "name.injection",
    "A name with quotes, operators or control characters is refused, and never run",
  ),
  must("name.option", "A name that begins with a hyphen is refused, and never read as an option"),
  must("name.traversal", "A name with dots or slashes is refused, and reaches no file", KUTTI),
  must("name.case", "Upper-case letters are refused, so that no two names differ in case only"),
  must("name.unicode", "A name beyond ASCII is refused, and never changed"),
  must("name.cluster", "A cluster's name is checked as a machine's is"),
  must("name.image", "An image version that is no plain version is refused, and reaches no file"),
];

/** Errors. */
export const ERROR_CLAUSES: readonly Clause[] = [
  must(
    "error.shape",
    "Every error carries a code of the contract, the operation and the subject",
    HYPERV,
  ),
  must(
    "error.missing",
    "A machine that does not exist is not-found",
    `${HYPERV}#Driver.GetMachine`,
  ),
  must("error.unsure", "Not being able to tell is never not-found and never success"),
  must(
    "error.no-memory",
    "Too little memory at start is resource-exhausted, and the machine is stopped",
  ),
  must(
    "error.garbled",
    "A reply that makes no sense is an error of the contract, and the driver goes on",
  ),
  must("error.timeout", "A backend call without answer ends with deadline-exceeded or unavailable"),
  must("error.late", "A late reply is never taken for the answer of another call"),
  must("error.isolated", "An error about one machine changes no answer about another", HYPERV),
  must("error.rollback", "A failed create leaves nothing behind, or its error says what"),
  must("error.retry", "After a failed call, the same call succeeds once the cause is gone"),
  must("error.truthful", "After a failed call, the status says what is the case on the host"),
  must("error.canceled", "An aborted call ends with canceled, and the driver goes on"),
];
