/**
 * The cases of the `utility-vm` contract, in reading order.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { UVM_CLOSING_CASES } from "./closing.ts";
import { UVM_CLOSING_SWEEP_CASES } from "./closing_sweeps.ts";
import { UVM_CREATE_CASES } from "./create.ts";
import { UVM_CREATE_FAILURE_CASES } from "./create_failures.ts";
import { UVM_GUEST_CASES } from "./create_guests.ts";
import { UVM_ERROR_CASES } from "./errors.ts";
import { UVM_LIFE_CASES } from "./life.ts";
import { UVM_NETWORK_CASES } from "./networks.ts";
import { UVM_SCSI_CASES } from "./scsi.ts";
import { UVM_SCSI_FAILURE_CASES } from "./scsi_failures.ts";
import { UVM_SCSI_RACE_CASES } from "./scsi_races.ts";
import { UVM_SCSI_SWEEP_CASES } from "./scsi_sweeps.ts";
import { UVM_SHARE_KIND_CASES } from "./share_kinds.ts";
import { UVM_SHARE_CASES } from "./shares.ts";
import { UVM_VPMEM_CASES } from "./vpmem.ts";
import { UVM_WAIT_CASES } from "./waits.ts";

/** The cases. */
export const UVM_CASES: readonly Case<"utility-vm">[] = [
  ...UVM_CREATE_CASES,
  ...UVM_CREATE_FAILURE_CASES,
  ...UVM_GUEST_CASES,
  ...UVM_LIFE_CASES,
  ...UVM_WAIT_CASES,
  ...UVM_CLOSING_CASES,
  ...UVM_CLOSING_SWEEP_CASES,
  ...UVM_SCSI_CASES,
  ...UVM_SCSI_RACE_CASES,
  ...UVM_SCSI_FAILURE_CASES,
  ...UVM_SCSI_SWEEP_CASES,
  ...UVM_VPMEM_CASES,
  ...UVM_SHARE_CASES,
  ...UVM_SHARE_KIND_CASES,
  ...UVM_NETWORK_CASES,
  ...UVM_ERROR_CASES,
];
