/**
 * The page about the contract, generated from its data.
 *
 * @module
 */

import type { Clause } from "./clauses/clause.ts";
import { CLAUSE_TOPICS } from "./clauses/mod.ts";
import { DriverError, ERROR_CODES } from "./errors.ts";
import { type Outcome, POWER_OPERATIONS, POWER_STATES, POWER_TABLE } from "./power.ts";
import { SEED_ITEMS } from "./seeds.ts";

/** A case, as the page needs it: its id, and the clause of each of its checks. */
export interface CaseSummary {
  /** Its id. */
  readonly id: string;
  /** Check to clause. */
  readonly checks: Readonly<Record<string, string>>;
}

/** How many cases a cell names; the matrix alone has a hundred. */
const MOST_CASES = 3;

/** The page as formatted Markdown. */
export function contractPage(cases: readonly CaseSummary[]): string {
  return [
    "# The driver contract",
    "This page is generated from the contract itself by `deno task docs`; do not edit it.",
    "## Power table",
    "What each operation does in each state:\n\n" +
    "- an arrow names the state in which the machine settles;\n" +
    "- `no-op` succeeds with `changed: false`;\n" +
    "- `refused` is `failed-precondition`;\n" +
    "- `later` is the same with `retryable`, as it passes by itself;\n" +
    "- anything else is the error code.",
    powerTable(),
    "## Error codes",
    "The codes have the numbers of gRPC status codes; 17 is the machine controller manager's.",
    errorTable(),
    "## Clauses",
    ...CLAUSE_TOPICS.flatMap(([title, clauses]) => [`### ${title}`, clauseTable(clauses, cases)]),
    "## Where the seeds went",
    "Every exported item of kutti's Hyper-V driver (`driverhyperv`) and of kutti's core (`core`).",
    seedTable(cases),
  ].join("\n\n") + "\n";
}

function powerTable(): string {
  const word = (outcome: Outcome): string => {
    if (outcome.kind === "allowed") return `→ ${outcome.to}`;
    if (outcome.kind === "no-op") return "no-op";
    if (outcome.code !== "failed-precondition") return outcome.code;
    return outcome.retryable ? "later" : "refused";
  };
  return table(
    ["state", ...POWER_OPERATIONS],
    POWER_STATES.map((state) => [
      `**${state}**`,
      ...POWER_OPERATIONS.map((operation) => word(POWER_TABLE[state][operation])),
    ]),
  );
}

function errorTable(): string {
  const isRetryable = (code: DriverError["code"]): boolean =>
    new DriverError({ code, operation: "", subject: "driver:", message: "" }).retryable;
  return table(
    ["number", "code", "retryable by default"],
    ERROR_CODES.map((code, index) => [
      String(index + 1),
      `\`${code}\``,
      isRetryable(code) ? "yes" : "no",
    ]),
  );
}

function clauseTable(clauses: readonly Clause[], cases: readonly CaseSummary[]): string {
  const columns = ["clause", "level", "obligation", "source", "cases"];
  const rows = clauses.map(({ id, level, text, source, untested }) => [
    `\`${id}\``,
    level,
    text,
    source === "contract" ? "ours" : `[link](${source})`,
    untested ?? casesOf([id], cases),
  ]);
  return table(columns, rows);
}

function seedTable(cases: readonly CaseSummary[]): string {
  const columns = ["seed item", "symbol", "clauses", "cases"];
  const rows = SEED_ITEMS.map(({ item, symbol, clauses }) => [
    `\`${item}\``,
    `\`${symbol}\``,
    clauses.map((id) => `\`${id}\``).join(", "),
    casesOf(clauses, cases),
  ]);
  return table(columns, rows);
}

/** The cases that prove one of the clauses; only the first few are named. */
function casesOf(clauses: readonly string[], cases: readonly CaseSummary[]): string {
  const proving = cases
    .filter(({ checks }) => Object.values(checks).some((clause) => clauses.includes(clause)))
    .map(({ id }) => `\`${id}\``);
  const more = proving.length - MOST_CASES;
  const named = proving.slice(0, MOST_CASES).join(", ");
  return more > 0 ? `${named} and ${more} more` : named || "every case";
}

/** A table as the formatter writes it. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, index) =>
    Math.max(3, ...all.map((cells) => [...(cells[index] ?? "")].length))
  );
  const line = (cells: readonly string[]): string =>
    `| ${
      cells.map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - [...cell].length))
        .join(" | ")
    } |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(columns), rule, ...rows.map(line)].join("\n");
}
