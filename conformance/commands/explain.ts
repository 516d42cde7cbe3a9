/**
 * What a case or a clause is about, in words.
 *
 * @module
 */

import { type Clause, CLAUSES } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import { unknownName } from "./usage.ts";

function explainedClause(clause: Clause, cases: readonly AnyCase[]): string {
  const proving = cases.flatMap((item) =>
    Object.entries(item.checks)
      .filter(([, id]) => id === clause.id)
      .map(([check]) => `  ${item.id}/${check}`)
  );
  return [
    `${clause.id} (${clause.level})`,
    `  ${clause.text}`,
    "",
    `Source: ${clause.source}`,
    ...(clause.untested === undefined ? [] : [`Not shown yet: ${clause.untested}`]),
    ...(proving.length > 0 ? ["Checks:", ...proving] : ["Checks: none"]),
    "",
  ].join("\n");
}

function explainedCase(item: AnyCase, clauses: ReadonlyMap<string, Clause>): string {
  const checks = Object.entries(item.checks).flatMap(([check, id]) => {
    const clause = clauses.get(id);
    return [
      `  ${check}: ${id} (${clause?.level ?? "no such clause"})`,
      ...(clause ? [`    ${clause.text}`, `    ${clause.source}`] : []),
    ];
  });
  return [
    item.id,
    `  ${item.title}`,
    "",
    `Why: ${item.why}`,
    `Needs: ${item.needs?.join(", ") || "nothing"}`,
    "Checks:",
    ...checks,
    "",
  ].join("\n");
}

/**
 * Explains a case, or a clause, by its id. A case whose id is a clause's too tells both.
 *
 * @throws {UsageError} if there is neither
 */
export function explain(
  id: string,
  cases: readonly AnyCase[],
  clauses: readonly Clause[] = CLAUSES,
): string {
  const name = id.split("/")[0] ?? "";
  const item = cases.find((it) => it.id === name);
  const clause = clauses.find((it) => it.id === name);
  const byId = new Map(clauses.map((it) => [it.id, it]));
  const parts = [
    ...(item ? [explainedCase(item, byId)] : []),
    ...(clause ? [`Clause ${explainedClause(clause, cases)}`] : []),
  ];
  if (parts.length > 0) return parts.join("\n");
  throw unknownName("case or clause", name, [...cases, ...clauses].map((it) => it.id));
}

/** One line for each case: id and title. */
export function listed(cases: readonly AnyCase[]): string {
  const width = Math.max(...cases.map(({ id }) => id.length));
  return cases.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`).join("");
}
