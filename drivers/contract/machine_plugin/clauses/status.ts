/**
 * Clauses about looking at machines and listing them.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { CODES, PLUGIN, SAFETY } from "./sources.ts";

/** The clauses. */
export const STATUS_CLAUSES: readonly Clause[] = [
  must("plugin.status.absent", "The status of a machine that is not there is not-found", PLUGIN),
  must(
    "plugin.status.ids",
    "Create, status and list answer the same provider id, byte by byte",
    SAFETY,
  ),
  must(
    "plugin.status.addresses",
    "An address that is told has a kind and a text, and is told once",
  ),
  must("plugin.status.repeatable", "Asking for the status changes nothing", CODES),
  must("plugin.status.foreign", "A machine that is not of this owner is not-found"),
  should(
    "plugin.status.deleting",
    "A machine that is being deleted is not told as one that is well",
  ),
  must(
    "plugin.status.ambiguous",
    "Several machines for one are out-of-range",
    CODES,
    "the case needs a provider that has several machines of one name; KubeVirt has none",
  ),
  must(
    "plugin.list",
    "A list has every machine that carries the marks of the class exactly once, and no other",
    SAFETY,
  ),
  must(
    "plugin.list.unmarked",
    "A class that marks nothing is refused with invalid-argument",
    SAFETY,
  ),
  must("plugin.list.pages", "A list of several pages is complete"),
  must("plugin.list.whole", "A list that cannot be read to its end fails"),
  must(
    "plugin.list.orphans",
    "The search for orphans removes what no machine is behind, and nothing else",
    SAFETY,
  ),
];
