/**
 * The clauses of the `machine-plugin` contract, as data.
 *
 * @module
 */

import type { Clause } from "../../clauses/clause.ts";
import { CREATE_CLAUSES } from "./create.ts";
import { DELETE_CLAUSES } from "./delete.ts";
import { ERROR_CLAUSES } from "./errors.ts";
import { STATUS_CLAUSES } from "./status.ts";

/** The clauses by topic, in reading order. */
export const PLUGIN_CLAUSE_TOPICS: readonly (readonly [
  title: string,
  clauses: readonly Clause[],
])[] = [
  ["Creating a machine", CREATE_CLAUSES],
  ["Status and list", STATUS_CLAUSES],
  ["Deleting and shutting down", DELETE_CLAUSES],
  ["Errors, requests and secrets", ERROR_CLAUSES],
];

/** Every clause of the `machine-plugin` contract, in reading order. */
export const PLUGIN_CLAUSES: readonly Clause[] = PLUGIN_CLAUSE_TOPICS.flatMap(([, it]) => it);
