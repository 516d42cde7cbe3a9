/**
 * The clauses of the `utility-vm` contract, as data.
 *
 * @module
 */

import type { Clause, ClauseTopics } from "../../clauses/clause.ts";
import {
  UVM_ATTACHMENT_CLAUSES,
  UVM_NETWORK_CLAUSES,
  UVM_SCSI_CLAUSES,
  UVM_SHARE_CLAUSES,
  UVM_VPMEM_CLAUSES,
} from "./attachments.ts";
import { UVM_CREATE_CLAUSES } from "./create.ts";
import { UVM_ERROR_CLAUSES } from "./errors.ts";
import { UVM_LIFE_CLAUSES } from "./life.ts";

/** The clauses by topic, in reading order. */
export const UVM_CLAUSE_TOPICS: ClauseTopics = [
  ["Making a utility VM", UVM_CREATE_CLAUSES],
  ["Life of a utility VM", UVM_LIFE_CLAUSES],
  ["Attachments", UVM_ATTACHMENT_CLAUSES],
  ["SCSI disks", UVM_SCSI_CLAUSES],
  ["Persistent memory", UVM_VPMEM_CLAUSES],
  ["Shared folders", UVM_SHARE_CLAUSES],
  ["Network namespaces", UVM_NETWORK_CLAUSES],
  ["Errors and handles", UVM_ERROR_CLAUSES],
];

/** Every clause of the `utility-vm` contract, in reading order. */
export const UVM_CLAUSES: readonly Clause[] = UVM_CLAUSE_TOPICS.flatMap(([, it]) => it);
