/**
 * The clauses of the `machine-plugin` contract, as data.
 *
 * @module
 */

import type { Clause } from "../../clauses/mod.ts";

/** The clauses by topic, in reading order. */
export const PLUGIN_CLAUSE_TOPICS: readonly (readonly [
  title: string,
  clauses: readonly Clause[],
])[] = [];

/** Every clause of the `machine-plugin` contract, in reading order. */
export const PLUGIN_CLAUSES: readonly Clause[] = PLUGIN_CLAUSE_TOPICS.flatMap(([, it]) => it);
