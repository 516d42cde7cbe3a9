/**
 * The clauses of every contract, as data.
 *
 * @module
 */

import type { ContractName } from "../contracts.ts";
import { DRIVER_CLAUSE_TOPICS } from "../driver/clauses/mod.ts";
import { PLUGIN_CLAUSE_TOPICS } from "../machine_plugin/clauses/mod.ts";
import { TASK_CLAUSE_TOPICS } from "../task_driver/clauses/mod.ts";
import { UVM_CLAUSE_TOPICS } from "../utility_vm/clauses/mod.ts";
import type { Clause, ClauseTopics } from "./clause.ts";
import { LEAK_CLAUSES } from "./leaks.ts";

export type { Clause, ClauseTopics, Level } from "./clause.ts";

/** The clauses of each contract by topic, in reading order. */
export const CLAUSE_TOPICS: Readonly<Record<ContractName, ClauseTopics>> = {
  "driver": DRIVER_CLAUSE_TOPICS,
  "utility-vm": UVM_CLAUSE_TOPICS,
  "task-driver": TASK_CLAUSE_TOPICS,
  "machine-plugin": PLUGIN_CLAUSE_TOPICS,
};

/** The clauses that the suite holds every contract to by itself. */
export const SUITE_CLAUSES: readonly Clause[] = LEAK_CLAUSES;

/** Every clause, in reading order. */
export const CLAUSES: readonly Clause[] = [
  ...Object.values(CLAUSE_TOPICS).flatMap((topics) => topics.flatMap(([, clauses]) => clauses)),
  ...SUITE_CLAUSES,
];
