/**
 * Which cases are run.
 *
 * @module
 */

import { type Clause, CLAUSES, CONTRACTS, type Level } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import type { Subject } from "../engine/subject.ts";
import { unknownName, UsageError } from "./usage.ts";

/** What is asked for; all of it has to hold for a case. */
export interface Selection {
  /** Ids, or their first words up to a dot; any of them. By default all. */
  readonly ids?: readonly string[];
  /** Regular expressions over id and title; any of them. */
  readonly grep?: readonly string[];
  /** Ids, or their first words, that are left out. */
  readonly skip?: readonly string[];
  /** Levels of which a case proves a clause. */
  readonly levels?: readonly Level[];
  /** Contracts. */
  readonly contracts?: readonly string[];
  /** Every `of`-th case, beginning with the `index`-th, from 1 on. */
  readonly shard?: { readonly index: number; readonly of: number };
}

function isOf(id: string, pattern: string): boolean {
  return id === pattern || id.startsWith(`${pattern}.`);
}

/** The first word of an id. */
function topicOf(id: string): string {
  return id.split(".")[0] ?? id;
}

/** The cases that any pattern names. @throws {UsageError} if one names none */
function named(cases: readonly AnyCase[], patterns: readonly string[], what: string): Set<AnyCase> {
  return new Set(patterns.flatMap((pattern) => {
    const found = cases.filter(({ id }) => isOf(id, pattern));
    if (found.length > 0) return found;
    if (pattern.includes("/")) {
      throw new UsageError(`Cases are selected, not checks: "${pattern.split("/")[0]}"`);
    }
    throw unknownName(what, pattern, new Set(cases.flatMap(({ id }) => [topicOf(id), id])));
  }));
}

/** The cases that any expression finds. @throws {UsageError} if one finds none */
function grepped(cases: readonly AnyCase[], expressions: readonly string[]): Set<AnyCase> {
  return new Set(expressions.flatMap((text) => {
    let expression: RegExp;
    try {
      expression = new RegExp(text, "i");
    } catch (error) {
      throw new UsageError(`"--grep ${text}" is no regular expression`, { cause: error });
    }
    const found = cases.filter(({ id, title }) => expression.test(`${id} ${title}`));
    if (found.length === 0) throw new UsageError(`"--grep ${text}" finds no case`);
    return found;
  }));
}

/**
 * The cases that a selection asks for, in their own order.
 *
 * @throws {UsageError} if a pattern matches nothing, or nothing is left
 */
export function select(
  cases: readonly AnyCase[],
  selection: Selection,
  clauses: readonly Clause[] = CLAUSES,
): AnyCase[] {
  const { ids = [], grep = [], skip = [], levels = [], contracts = [], shard } = selection;
  for (const contract of contracts) {
    if (!CONTRACTS.some((known) => known === contract)) {
      throw unknownName("contract", contract, CONTRACTS);
    }
  }
  const level = new Map(clauses.map((clause) => [clause.id, clause.level]));
  const byId = named(cases, ids, "case");
  const byGrep = grepped(cases, grep);
  const skipped = named(cases, skip, "case to skip");
  const proves = (item: AnyCase): boolean =>
    Object.values(item.checks).some((clause) => levels.some((it) => it === level.get(clause)));
  const selected = cases
    .filter(({ contract }) => contracts.length === 0 || contracts.includes(contract))
    .filter((item) => ids.length === 0 || byId.has(item))
    .filter((item) => grep.length === 0 || byGrep.has(item))
    .filter((item) => levels.length === 0 || proves(item))
    .filter((item) => !skipped.has(item))
    .filter((_, index) => shard === undefined || index % shard.of === shard.index - 1);
  if (selected.length === 0) {
    const how = levels.length > 0
      ? ` that proves a clause of level "${levels.join('" or "')}"`
      : "";
    throw new UsageError(`The selection leaves no case${how}`);
  }
  return selected;
}

/** The cases of the contracts that a subject serves. */
export function offered(
  { contracts }: Pick<Subject, "contracts">,
  cases: readonly AnyCase[],
): AnyCase[] {
  return cases.filter(({ contract }) => contracts.includes(contract));
}
