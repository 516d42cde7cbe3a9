/**
 * Clauses about events.
 *
 * @module
 */

import { type Clause, LIBVIRT, must } from "../../clauses/clause.ts";

/** The clauses. */
export const EVENT_CLAUSES: readonly Clause[] = [
  must(
    "event.power",
    "Each power change of a machine is told, in its order",
    `${LIBVIRT}#virConnectDomainEventRegisterAny`,
  ),
  must("event.own", "Only the owner's machines are told of"),
  must("event.abort", "A subscription ends when its signal aborts"),
  must("event.outside", "A change that the driver did not make is told too"),
  must(
    "event.gap",
    "A subscription outlives what tells of events: after a gap, what changed is told",
    "https://kubernetes.io/docs/reference/using-api/api-concepts/#410-gone-responses",
  ),
];
