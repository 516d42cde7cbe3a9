/**
 * Clauses about the life of utility VMs.
 *
 * @module
 */

import { type Clause, must } from "../../clauses/clause.ts";
import { HCS, shim, UVM } from "./sources.ts";

/** The clauses. */
export const UVM_LIFE_CLAUSES: readonly Clause[] = [
  must("uvm.start.running", "A VM that was started runs when the call returns", UVM),
  must("uvm.start.again", "A VM is started once: another start is already-started", HCS),
  must(
    "uvm.start.exit",
    "A VM that ends while it is started fails the start, and a wait still tells its end",
    shim(533),
  ),
  must(
    "uvm.start.failed",
    "A start that the host refuses leaves a VM that can be started or ended, with nothing held",
    shim(453),
  ),
  must(
    "uvm.start.abort",
    "A start that is aborted or unanswered leaves a VM that ends, not one that may or may not run",
    shim(1561),
  ),
  must("uvm.status", "A VM tells what it is doing; one that was never started is created", UVM),
  must(
    "uvm.wait.pending",
    "A wait for a VM that has not ended goes on until its time is over or it is aborted",
    UVM,
  ),
  must("uvm.wait.many", "All who wait for a VM at the same time are told the same end", shim(533)),
  must(
    "uvm.wait.after",
    "A wait after the end tells it at once, as often as it is asked",
    shim(533),
  ),
  must(
    "uvm.wait.kind",
    "An end is graceful if the guest ended, forced if it was terminated, unexpected if it died",
    HCS,
  ),
  must(
    "uvm.wait.death",
    "A VM that dies with nobody asking ends all waits and refuses what was under way",
    HCS,
  ),
  must(
    "uvm.wait.strange",
    "Events that nobody knows, say nothing or make no sense are no end, and hold nothing up",
    shim(405),
  ),
  must("uvm.wait.once", "An end that is told twice is one end", shim(546)),
  must(
    "uvm.wait.lost",
    "When the service goes away, waits and calls are unavailable as service-lost",
    shim(586),
  ),
  must(
    "uvm.terminate.accepted",
    "A terminate is accepted on return, and done when a wait says so",
    UVM,
  ),
  must(
    "uvm.terminate.again",
    "Terminating a VM that has ended succeeds and changes nothing",
    shim(423),
  ),
  must(
    "uvm.terminate.created",
    "A VM that was never started can be terminated, and waits end",
    UVM,
  ),
  must(
    "uvm.terminate.race",
    "Of several terminates at once each one succeeds, and there is one end",
  ),
  must(
    "uvm.close.again",
    "A handle can be closed again, and before any start, with nothing more done",
    shim(522),
  ),
  must("uvm.close.ended", "After a close the VM has ended, and its id and its files are free", UVM),
  must("uvm.close.waits", "A close ends all waits on the handle", shim(537)),
  must(
    "uvm.close.refusals",
    "Every call on a closed handle is refused as closed; id, owner and os still answer",
    shim(522),
  ),
  must(
    "uvm.close.failed",
    "A close that fails says so, and has released the handle all the same",
    UVM,
  ),
  must("uvm.list", "The list has the VMs of this owner, and of nobody else"),
  must("uvm.lost", "A VM that no handle is left of can be ended by its id, by its owner alone"),
  must("uvm.no-utility-vm", "A call that names no VM is no-utility-vm, and does nothing", UVM),
  must("uvm.dispose", "Disposing of an instance ends the VMs that it made, and no others"),
  must(
    "uvm.counter",
    "Containers are counted for each VM, from 1 on, and no number is given twice",
    shim(418),
  ),
];
