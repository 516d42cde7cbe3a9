/**
 * The mutants of utility VMs: among them the defects of hcsshim, by the numbers that a study of it
 * gave them (D for its first published version, H for those still there). Three of them are not here:
 * shares of single files (D33) and integrity of what guests mount (D35) are not in the contract, and
 * who frees a native text (H6) is counted by the native double itself.
 *
 * @module
 */

import { UVM_CREATE_MUTANTS } from "./create.ts";
import { UVM_GUEST_MUTANTS } from "./create_guests.ts";
import { UVM_END_MUTANTS } from "./ends.ts";
import { UVM_ERROR_MUTANTS } from "./errors.ts";
import { UVM_NETWORK_MUTANTS } from "./networks.ts";
import { UVM_SCSI_MUTANTS } from "./scsi.ts";
import { UVM_SCSI_FAILURE_MUTANTS } from "./scsi_failures.ts";
import { UVM_SHARE_MUTANTS } from "./shares.ts";
import type { UvmMutant } from "./uvm_mutant.ts";
import { UVM_VPMEM_MUTANTS } from "./vpmem.ts";
import { UVM_WAIT_MUTANTS } from "./waits.ts";

/** The mutants. */
export const UVM_MUTANTS: readonly UvmMutant[] = [
  ...UVM_CREATE_MUTANTS,
  ...UVM_GUEST_MUTANTS,
  ...UVM_ERROR_MUTANTS,
  ...UVM_WAIT_MUTANTS,
  ...UVM_END_MUTANTS,
  ...UVM_SCSI_MUTANTS,
  ...UVM_SCSI_FAILURE_MUTANTS,
  ...UVM_VPMEM_MUTANTS,
  ...UVM_SHARE_MUTANTS,
  ...UVM_NETWORK_MUTANTS,
];
