/**
 * Clauses about the registry of drivers.
 *
 * @module
 */

import { type Clause, KUTTI, must } from "../../clauses/clause.ts";

/** The clauses. */
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
