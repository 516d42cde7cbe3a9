/**
 * Clauses about making utility VMs.
 *
 * @module
 */

import { type Clause, must } from "../../clauses/clause.ts";
import { HCS, shim, UVM } from "./sources.ts";

/** The clauses. */
export const UVM_CREATE_CLAUSES: readonly Clause[] = [
  must("uvm.create.created", "A new VM has the id that was asked for, and does not run", UVM),
  must("uvm.create.id", "Without an id, a VM gets one of its own that no other VM has", UVM),
  must(
    "uvm.create.exists",
    "An id that is taken is already-exists, and the VM that has it is left as it is",
    HCS,
  ),
  must(
    "uvm.create.os",
    "A guest is windows or linux in just these letters; all else is refused",
    UVM,
  ),
  must(
    "uvm.create.invalid",
    "Options that make no sense are invalid-argument before anything is done on the host",
    UVM,
  ),
  must(
    "uvm.create.missing",
    "A file that the VM would start from and that is not there is file-missing, and nothing is made",
    UVM,
  ),
  must("uvm.create.pure", "Options are never written to, and serve for a second VM", UVM),
  must(
    "uvm.create.rollback",
    "A create that fails leaves no VM, no file and no handle, and its id is free",
    shim(522),
  ),
  must(
    "uvm.create.defaults",
    "Without sizes a VM has 1 GiB of memory and one SCSI controller",
    UVM,
  ),
  must(
    "uvm.create.memory",
    "Memory is rounded up to an even number of MiB, and never down",
    shim(589),
  ),
  must(
    "uvm.create.host-limits",
    "More memory or processors than the host has is resource-exhausted",
  ),
  must(
    "uvm.create.text",
    "Ids, owners and paths with quotes, backslashes and letters of any script mean themselves",
  ),
  must(
    "uvm.create.owner",
    "A VM carries its owner's name on the host, and is listed for that one alone",
    UVM,
  ),
  must(
    "uvm.create.layers",
    "A Windows guest has at least two layer folders, and starts from the first one with a UtilityVM",
    UVM,
  ),
  must(
    "uvm.create.scratch",
    "A missing scratch folder and disk of a Windows guest are made; a disk that is there is used as it is",
    UVM,
  ),
  must(
    "uvm.create.scratch-first",
    "The scratch disk of a Windows guest is at the first SCSI location, and stays there",
    UVM,
  ),
  must(
    "uvm.create.root",
    "A named root file system is a disk if it ends with .vhd or .vhdx in any letter case, else a RAM disk",
    UVM,
  ),
  must(
    "uvm.create.root-disk",
    "A root file system on a disk takes VPMEM device 0, and without devices it is refused",
    UVM,
  ),
  must(
    "uvm.create.vpmem-count",
    "A Linux guest has 0 to 128 VPMEM devices, 64 if nobody says",
    UVM,
  ),
  must(
    "uvm.document.merge",
    "An additional document is merged by RFC 7396: objects merge, all else replaces, null removes",
    "https://www.rfc-editor.org/rfc/rfc7396",
  ),
  must(
    "uvm.document.invalid",
    "An additional document that is no JSON object is invalid-argument before anything is done; an empty text is none",
    UVM,
  ),
  must(
    "uvm.document.booked",
    "A device that an additional document brings keeps its location to itself",
    UVM,
  ),
  must(
    "uvm.document.too-many",
    "An additional document with disks that there is no location for is too-many-attachments",
    UVM,
  ),
  must(
    "uvm.document.refused",
    "A document that the host refuses is told with the host's own code, and nothing is left",
    HCS,
  ),
  must(
    "uvm.create.access",
    "A file is let in to a VM before it is attached, and not any more once it is not",
    shim(1167),
  ),
];
