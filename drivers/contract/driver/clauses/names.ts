/**
 * Clauses about names and hostile input.
 *
 * @module
 */

import { type Clause, HYPERV, KUTTI, must } from "../../clauses/clause.ts";

/** The clauses. */
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
