/**
 * Clauses about what is left when a case ends: the suite's own hygiene, held against every driver.
 *
 * @module
 */

import { type Clause, must } from "./clause.ts";

/** The clauses. */
export const LEAK_CLAUSES: readonly Clause[] = [
  must("leak.none", "Nothing that a case made is left on the host when it ends"),
];
