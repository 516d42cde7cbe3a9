/**
 * Clauses about creating machines and finishing them.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { CODES, PLUGIN } from "./sources.ts";

/** The clauses. */
export const CREATE_CLAUSES: readonly Clause[] = [
  must(
    "plugin.create.ids",
    "A created machine has a provider id and a node name, neither of them empty",
    CODES,
  ),
  must(
    "plugin.create.again",
    "The same request again answers the same machine, and there is one",
    CODES,
  ),
  must(
    "plugin.create.differs",
    "A request for another machine of an existing name is already-exists, and the existing one is untouched",
    CODES,
  ),
  must(
    "plugin.create.race",
    "Of the same request several times at once comes one machine; each answers it, or is aborted",
  ),
  must(
    "plugin.create.invalid",
    "A class with a mistake is invalid-argument, the message names the field, and nothing is made",
    CODES,
  ),
  must(
    "plugin.create.spec-shape",
    "A provider spec that is no object is invalid-argument, in every method",
    PLUGIN,
  ),
  should(
    "plugin.create.unknown-field",
    "A field that the provider spec does not have is invalid-argument, and the message names it",
  ),
  must(
    "plugin.create.name",
    "A name that cannot be a machine's is invalid-argument before anything is made",
  ),
  must(
    "plugin.create.marks",
    "Marks of a class cannot take the place of those that the plugin finds its machines by",
  ),
  must(
    "plugin.create.rollback",
    "A failed create leaves nothing, or what the same request completes",
    "https://github.com/gardener/machine-controller-manager/issues/350",
  ),
  must(
    "plugin.create.truthful",
    "After a failed create, status and list agree on whether there is a machine",
  ),
  must(
    "plugin.create.deleting",
    "While a namesake is being deleted a create is aborted; later it succeeds with a machine of its own",
  ),
  must(
    "plugin.create.foreign",
    "Creating the name of a foreign machine or disk is already-exists, and what is there is untouched",
  ),
  must(
    "plugin.initialize",
    "Initializing answers what creating answered, as often as it is asked",
    CODES,
  ),
  must(
    "plugin.initialize.finishes",
    "Initializing finishes a machine that is there, but whose creation did not come to its end",
    CODES,
  ),
  must("plugin.initialize.absent", "Initializing a machine that is not there is not-found", CODES),
  must(
    "plugin.initialize.response",
    "An error that says uninitialized comes with the provider id and the node name",
    CODES,
  ),
];
