/**
 * Clauses about what is attached to utility VMs.
 *
 * @module
 */

import { type Clause, must, should } from "../../clauses/clause.ts";
import { shim, UVM } from "./sources.ts";

/** Clauses about all kinds. */
export const UVM_ATTACHMENT_CLAUSES: readonly Clause[] = [
  must("uvm.facets", "A VM has the facets that its guest is claimed to have, and no others", UVM),
  must(
    "uvm.attach.running",
    "Before the start and after the end, attaching and detaching are not-running, and change nothing",
  ),
  must("uvm.attach.unknown", "Removing what is not attached is not-attached, and asks nobody", UVM),
  must(
    "uvm.attach.paths",
    "Paths that are empty, relative or hold control characters are invalid-argument",
    UVM,
  ),
  must("uvm.attach.alone", "What is attached to one VM has no effect on another one"),
  should("uvm.attach.alias", "Paths that differ in letter case or slashes alone are one", UVM),
];

/** Clauses about SCSI disks. */
export const UVM_SCSI_CLAUSES: readonly Clause[] = [
  must("uvm.scsi.add", "A disk is attached at the location that is answered", UVM),
  must(
    "uvm.scsi.order",
    "Disks take the lowest free location; that of a removed one is used again",
    UVM,
  ),
  must("uvm.scsi.mount", "A disk with a guest path is mounted there, one without is not", UVM),
  must("uvm.scsi.again", "A disk that is attached is already-attached, and stays where it is", UVM),
  must("uvm.scsi.full", "When all locations are taken the next disk is no-available-location", UVM),
  must("uvm.scsi.full-free", "Adds that were refused for want of a location take none", UVM),
  must(
    "uvm.scsi.failed",
    "A disk that could not be attached is not attached, and its location is free",
    UVM,
  ),
  must(
    "uvm.scsi.guest-failed",
    "A disk that the guest could not mount is detached from the host",
    UVM,
  ),
  must(
    "uvm.scsi.leftover",
    "When the rollback fails too, the first error is told with what is left; its location is not used again before that is removed",
  ),
  must(
    "uvm.scsi.race",
    "Of many adds of one disk at once one attaches it, and none succeeds before that",
    shim(1483),
  ),
  must("uvm.scsi.many", "Disks that are added at once get locations of their own", UVM),
  must(
    "uvm.scsi.race-failed",
    "When the first of several adds of one disk fails, the next one tries, and none is left waiting",
    shim(1497),
  ),
  must(
    "uvm.scsi.mixed",
    "After any mix of adds and removes, the host has what is said to be attached",
    UVM,
  ),
  must("uvm.scsi.remove", "A removed disk is unmounted and detached", shim(551)),
  must(
    "uvm.scsi.remove-failed",
    "A disk that could not be removed is still attached, and can be removed again",
    UVM,
  ),
  must("uvm.scsi.reserved", "The disk that a VM runs from cannot be removed", UVM),
  must(
    "uvm.scsi.no-controllers",
    "Without controllers every add and remove is no-scsi-controllers, whatever else is wrong",
    UVM,
  ),
  must(
    "uvm.scsi.mount-conflict",
    "Two disks at one guest path are a conflict, and the first one stays",
  ),
  should(
    "uvm.scsi.in-use",
    "A disk that another VM can write to is refused as aborted, and its location is free",
  ),
  must("uvm.scsi.read-only", "A read-only disk is so on the host", UVM),
];

/** Clauses about persistent memory. */
export const UVM_VPMEM_CLAUSES: readonly Clause[] = [
  must(
    "uvm.vpmem.order",
    "Devices take the lowest free number; that of a removed one is used again",
    UVM,
  ),
  must(
    "uvm.vpmem.shared",
    "A device that is added again is attached once, and removed with the last remove",
    UVM,
  ),
  must(
    "uvm.vpmem.full",
    "When the number that the VM was made with is taken, the next is no-available-location",
    shim(693),
  ),
  must(
    "uvm.vpmem.expose",
    "A device is in the guest once an add asks for that, also if an earlier one did not",
    UVM,
  ),
  must(
    "uvm.vpmem.hidden",
    "A device that is not in the guest is removed without asking the guest",
    UVM,
  ),
  must(
    "uvm.vpmem.remove-failed",
    "A device that could not be removed is still attached, and can be removed again",
    shim(725),
  ),
  must(
    "uvm.vpmem.reserved",
    "The root file system that a VM runs from cannot be removed or added",
    UVM,
  ),
  must("uvm.vpmem.format", "The image's format is that of its file", UVM),
];

/** Clauses about folders. */
export const UVM_SHARE_CLAUSES: readonly Clause[] = [
  must(
    "uvm.share.shared",
    "A folder that is added again is shared once, and removed with the last remove",
    UVM,
  ),
  must(
    "uvm.share.remove-failed",
    "A share that could not be removed is still there, and its removal is never called done before it is",
    UVM,
  ),
  must("uvm.share.conflict", "A folder that is shared with other options is a conflict", shim(859)),
  must("uvm.share.read-only", "A folder that is shared read-only cannot be written to", shim(859)),
  must("uvm.share.failed", "A failed add leaves no share, and a name of a share is used once", UVM),
  must("uvm.share.names", "Shares have names of their own, and each is found under its own", UVM),
  must(
    "uvm.vsmb.path",
    "A VSMB share's guest path is found by its folder, and is the same as long as it lives",
    UVM,
  ),
  must("uvm.vsmb.request", "What the guest is to be told of a VSMB share, it is told", UVM),
  must("uvm.plan9.mount", "A Plan9 share is mounted at its guest path", UVM),
  must(
    "uvm.plan9.guest-failed",
    "A Plan9 share that the guest could not mount is removed from the host",
    UVM,
  ),
];

/** Clauses about networks. */
export const UVM_NETWORK_CLAUSES: readonly Clause[] = [
  must(
    "uvm.network.add",
    "A namespace brings an adapter for each endpoint, each with an id of its own",
    UVM,
  ),
  must(
    "uvm.network.guest",
    "A Windows guest that knows namespaces is told of it before its adapters",
    UVM,
  ),
  must(
    "uvm.network.rollback",
    "When one adapter fails, nothing of the namespace is left, and it can be added again",
    UVM,
  ),
  must(
    "uvm.network.shared",
    "A namespace that is added again brings no more adapters, and goes with the last remove",
    UVM,
  ),
  should(
    "uvm.network.in-use",
    "An endpoint that another VM has is refused as aborted, and nothing of the namespace is left",
  ),
  must(
    "uvm.network.remove-failed",
    "A namespace that could not be removed is kept in mind, and can be removed again",
    shim(2655),
  ),
  must(
    "uvm.network.invalid",
    "Ids that are no GUIDs and addresses that are no MAC addresses are invalid-argument",
  ),
];
