/**
 * The page about the contract, generated from its data.
 *
 * @module
 */

import type { Clause } from "./clauses/clause.ts";
import {
  DRIVER_CLAUSES,
  ERROR_CLAUSES,
  NAME_CLAUSES,
  REGISTRY_CLAUSES,
} from "./clauses/foundation.ts";
import {
  ADDRESS_CLAUSES,
  EVENT_CLAUSES,
  GUEST_CLAUSES,
  LIFE_CLAUSES,
  POWER_CLAUSES,
  WAIT_CLAUSES,
} from "./clauses/machine.ts";
import {
  FORWARD_CLAUSES,
  IMAGE_CLAUSES,
  LEAK_CLAUSES,
  NETWORK_CLAUSES,
} from "./clauses/resources.ts";
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

/** The clauses by topic, in reading order. */
export const TOPICS: readonly (readonly [title: string, clauses: readonly Clause[]])[] = [
  ["Registry", REGISTRY_CLAUSES],
  ["Driver", DRIVER_CLAUSES],
  ["Names", NAME_CLAUSES],
  ["Errors", ERROR_CLAUSES],
  ["Life of a machine", LIFE_CLAUSES],
  ["Power", POWER_CLAUSES],
  ["Waits", WAIT_CLAUSES],
  ["Addresses", ADDRESS_CLAUSES],
  ["Guests", GUEST_CLAUSES],
  ["Events", EVENT_CLAUSES],
  ["Images", IMAGE_CLAUSES],
  ["Networks", NETWORK_CLAUSES],
  ["Port forwards", FORWARD_CLAUSES],
  ["Leaks", LEAK_CLAUSES],
];

/** How many cases a cell names; the matrix alone has a hundred. */
const MOST_CASES = 3;

/** The page as formatted Markdown; without cases, it has no column for them. */
export function contractPage(cases: readonly CaseSummary[] = []): string {
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
    ...TOPICS.flatMap(([title, clauses]) => [`### ${title}`, clauseTable(clauses, cases)]),
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
  const columns = ["clause", "level", "obligation", "source"];
  const rows = clauses.map(({ id, level, text, source, untested }) => [
    `\`${id}\``,
    level,
    text,
    source === "contract" ? "ours" : `[link](${source})`,
    ...(cases.length > 0 ? [untested ?? casesOf([id], cases)] : []),
  ]);
  return table(cases.length > 0 ? [...columns, "cases"] : columns, rows);
}

function seedTable(cases: readonly CaseSummary[]): string {
  const columns = ["seed item", "symbol", "clauses"];
  const rows = SEED_ITEMS.map(({ item, symbol, clauses }) => [
    `\`${item}\``,
    `\`${symbol}\``,
    clauses.map((id) => `\`${id}\``).join(", "),
    ...(cases.length > 0 ? [casesOf(clauses, cases)] : []),
  ]);
  return table(cases.length > 0 ? [...columns, "cases"] : columns, rows);
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
