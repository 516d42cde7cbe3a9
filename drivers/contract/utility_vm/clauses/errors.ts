/**
 * Clauses about errors, raw changes and what is held.
 *
 * @module
 */

import { type Clause, must } from "../../clauses/clause.ts";
import { HCS, shim, UVM } from "./sources.ts";

/** The clauses. */
export const UVM_ERROR_CLAUSES: readonly Clause[] = [
  must(
    "uvm.error.codes",
    "Each code of the host has one meaning, in both families of its numbers",
    HCS,
  ),
  must("uvm.error.raw", "An error of the host keeps its code and its text", UVM),
  must(
    "uvm.error.timeout",
    "An operation that never ends is deadline-exceeded, and what comes late does no harm",
    HCS,
  ),
  must(
    "uvm.error.canceled",
    "A call that is aborted is canceled, and has no reference or location",
    shim(1561),
  ),
  must(
    "uvm.error.sweep",
    "Whatever fails below, a call tells it as an error of the contract, and nothing is held",
  ),
  must("uvm.modify", "A raw change is made as it is asked for, of the host and of the guest", UVM),
  must(
    "uvm.modify.invalid",
    "A raw change that is no JSON object is invalid-argument, and asks nobody",
    UVM,
  ),
  must(
    "uvm.leak.handles",
    "Once all is closed, no handle, operation, callback or text of the host is held",
    shim(522),
  ),
];
