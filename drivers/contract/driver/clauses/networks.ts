/**
 * Clauses about networks.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must, should } from "../../clauses/clause.ts";

/** The clauses. */
export const NETWORK_CLAUSES: readonly Clause[] = [
  must(
    "network.create",
    "A new network has the qualified name and a CIDR",
    `${HYPERV}#Driver.NewNetwork`,
  ),
  must("network.create.cidr", "A network has the CIDR that was asked for"),
  must("network.create.exists", "Creating a second network for a cluster is already-exists", KUTTI),
  must("network.create.invalid", "A bad CIDR is invalid-argument before any side effect"),
  must("network.get", "A network is found by its cluster; a missing one is not-found", KUTTI),
  must("network.list", "A list has every network of the owner exactly once, in any order", KUTTI),
  must("network.delete", "A deleted network is gone", `${HYPERV}#Driver.DeleteNetwork`),
  must("network.delete.missing", "Deleting a missing network is not-found"),
  must(
    "network.delete.used",
    "Deleting a network with machines is failed-precondition, and it stays",
  ),
  must("network.rollback", "A failed create leaves no network"),
  must(
    "network.foreign",
    "A network that is not ours is never listed or removed, whatever its name",
  ),
  must("network.distinct", "Networks of two clusters do not overlap"),
  must(
    "network.injective",
    "Two clusters never share a qualified network name",
    `${HYPERV}#Driver.QualifiedNetworkName`,
  ),
  must("network.dhcp", "A machine that runs has a lease with its address"),
  must("network.peers", "Machines of one cluster reach each other", KUTTI),
  should(
    "network.isolated",
    "Machines of two clusters do not reach each other",
    "contract",
    "needs a claim of isolation, which no driver makes yet",
  ),
];
