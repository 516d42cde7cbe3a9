/**
 * Clauses about addresses.
 *
 * @module
 */

import { type Clause, HYPERV, must } from "../../clauses/clause.ts";

/** The clauses. */
export const ADDRESS_CLAUSES: readonly Clause[] = [
  must("machine.address.literal", "An address is an IP literal", `${HYPERV}#Machine.IPAddress`),
  must(
    "machine.address.none",
    "A machine that does not run has no address",
    `${HYPERV}#Machine.IPAddress`,
  ),
  must(
    "machine.address.usable",
    "An address is never link-local, loopback or unspecified, and IPv4 comes first",
    "https://github.com/kubernetes/minikube/issues/5473",
  ),
  must("machine.address.fresh", "An address is read afresh after a restart"),
  must(
    "machine.ssh-address",
    "An SSH address is host:port with a port from 1, or unknown",
    `${HYPERV}#Machine.SSHAddress`,
  ),
  must(
    "machine.ssh-address.none",
    "A machine that does not run has no SSH address",
    `${HYPERV}#Machine.SSHAddress`,
  ),
];
