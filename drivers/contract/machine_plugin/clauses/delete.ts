/**
 * Clauses about removing machines and switching them off.
 *
 * @module
 */

import { type Clause, must } from "../../clauses/clause.ts";
import { CODES, PLUGIN, SAFETY } from "./sources.ts";

/** The clauses. */
export const DELETE_CLAUSES: readonly Clause[] = [
  must("plugin.delete.gone", "A deleted machine is gone for every observer", PLUGIN),
  must(
    "plugin.delete.complete",
    "Deleting leaves nothing that creating made",
    "https://github.com/gardener/machine-controller-manager/issues/850",
  ),
  must(
    "plugin.delete.absent",
    "Deleting a machine that is not there succeeds, also twice and at once",
    CODES,
  ),
  must(
    "plugin.delete.blank",
    "Deleting without a name and a provider id is invalid-argument, and removes nothing",
    CODES,
  ),
  must(
    "plugin.delete.incarnation",
    "A provider id of an earlier machine leaves a later one of the name alone",
    SAFETY,
  ),
  must(
    "plugin.delete.bare",
    "Deleting needs the name and the provider id alone, without labels and status",
    SAFETY,
  ),
  must(
    "plugin.delete.vanished",
    "Deleting a machine that vanished removes what is left of it",
    "https://github.com/gardener/machine-controller-manager/issues/850",
  ),
  must(
    "plugin.delete.foreign",
    "A foreign machine of the name is never removed, nor is what it has, even if it was this owner's",
  ),
  must(
    "plugin.delete.held",
    "A deletion that something holds up ends with deadline-exceeded or aborted, forces nothing, and succeeds later",
  ),
  must(
    "plugin.delete.storage",
    "While a disk of the machine is there no deletion is done, neither the first nor one that goes on from its state",
    "https://github.com/gardener/machine-controller-manager/issues/850",
  ),
  must(
    "plugin.delete.gap",
    "A deletion comes to its end although what tells of it breaks off, or forgets what happened",
  ),
  must("plugin.shutdown.off", "A machine that is shut down is off, and stays off", PLUGIN),
  must("plugin.shutdown.again", "Shutting down a machine that is off succeeds"),
  must("plugin.shutdown.absent", "Shutting down a machine that is not there is not-found"),
  must(
    "plugin.shutdown.conflict",
    "Shutting down keeps what another client changed at the same time",
  ),
];
