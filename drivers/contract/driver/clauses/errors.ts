/**
 * Clauses about errors.
 *
 * @module
 */

import { type Clause, HYPERV, must } from "../../clauses/clause.ts";

/** The clauses. */
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
