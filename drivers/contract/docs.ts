/**
 * The pages about the contracts, generated from their data.
 *
 * @module
 */

import type { Clause } from "./clauses/clause.ts";
import { CLAUSE_TOPICS, SUITE_CLAUSES } from "./clauses/mod.ts";
import { type ContractName, CONTRACTS } from "./contracts.ts";
import { type Outcome, POWER_OPERATIONS, POWER_STATES, POWER_TABLE } from "./driver/power.ts";
import { SEED_ITEMS } from "./driver/seeds.ts";
import { DriverError, ERROR_CODES } from "./errors.ts";
import { PLUGIN_SEED_ITEMS } from "./machine_plugin/seeds.ts";
import { TASK_SEED_ITEMS } from "./task_driver/seeds.ts";
import { UVM_SEED_ITEMS } from "./utility_vm/seeds.ts";

/** A case, as a page needs it: its id, and the clause of each of its checks. */
export interface CaseSummary {
  /** Its id. */
  readonly id: string;
  /** Check to clause. */
  readonly checks: Readonly<Record<string, string>>;
}

/** A mutant, as a page needs it. */
export interface MutantSummary {
  /** Its id. */
  readonly id: string;
  /** The clause that it breaks. */
  readonly breaks: string;
}

/** What shows that the clauses are held to. */
export interface Proofs {
  /** The cases. */
  readonly cases: readonly CaseSummary[];
  /** The mutants. */
  readonly mutants: readonly MutantSummary[];
}

/** One exported item of a seed, and where it went. */
interface SeedRow {
  readonly item: string;
  readonly symbol: string;
  readonly clauses: readonly string[];
}

/** How many cases or mutants a cell names; the power matrix alone has a hundred. */
const MOST_NAMED = 3;

/** What a contract's page says before its clauses. */
const ABOUT: Readonly<Record<ContractName, string>> = {
  "driver":
    "Machines, networks and images of one hypervisor. Its seeds are kutti's Hyper-V driver\n" +
    "(`driverhyperv`) and kutti's core (`core`).",
  "utility-vm": "Small virtual machines that hold containers. Its seed is hcsshim's `uvm` package.",
  "task-driver":
    "Virtual machines as the tasks of an orchestrator. Its seed is Nomad's driver for " +
    "virtual machines.",
  "machine-plugin": "The machines of a Kubernetes cluster, as Gardener's machine controller asks " +
    "for them. Its seed is\nthe provider for KubeVirt.",
};

/** Where the exported items of each contract's seeds went. */
export const SEEDS: Readonly<Record<ContractName, readonly SeedRow[]>> = {
  "driver": SEED_ITEMS,
  "utility-vm": UVM_SEED_ITEMS,
  "task-driver": TASK_SEED_ITEMS,
  "machine-plugin": PLUGIN_SEED_ITEMS,
};

const GENERATED =
  "This page is generated from the contract itself by `deno task docs`; do not edit it.";

/** The folder of a contract. */
const folderOf = (contract: ContractName): string => contract.replaceAll("-", "_");

/** The pages as formatted Markdown, by their paths from the folder of the contracts. */
export function contractPages(proofs: Proofs): ReadonlyMap<string, string> {
  const pages = CONTRACTS.map((contract): [string, string] => [
    `${folderOf(contract)}/README.md`,
    contractPage(contract, proofs),
  ]);
  return new Map([["README.md", overview(proofs)], ...pages]);
}

function page(...parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}

function overview(proofs: Proofs): string {
  const rows = CONTRACTS.map((contract) => {
    const clauses = CLAUSE_TOPICS[contract].flatMap(([, it]) => it);
    const ids = new Set(clauses.map(({ id }) => id));
    const cases = proofs.cases.filter(({ checks }) =>
      Object.values(checks).some((it) => ids.has(it))
    );
    const mutants = proofs.mutants.filter(({ breaks }) => ids.has(breaks));
    const counts = [clauses, cases, mutants].map((all) => String(all.length));
    return [`[${contract}](${folderOf(contract)}/README.md)`, ...counts];
  });
  return page(
    "# The contracts",
    GENERATED,
    table(["contract", "clauses", "cases", "mutants"], rows),
    "## Error codes",
    "The codes have the numbers of gRPC status codes; 17 is the machine controller manager's.",
    errorTable(),
    "## What the suite holds every contract to",
    clauseTable(SUITE_CLAUSES, { cases: [], mutants: proofs.mutants }),
  );
}

function contractPage(contract: ContractName, proofs: Proofs): string {
  return page(
    `# The ${contract} contract`,
    GENERATED,
    ABOUT[contract],
    ...(contract === "driver" ? powerSection() : []),
    "## Clauses",
    ...CLAUSE_TOPICS[contract].flatMap(([title, clauses]) => [
      `### ${title}`,
      clauseTable(clauses, proofs),
    ]),
    "## Where the seeds went",
    "Every exported item of the seeds, and its home.",
    seedTable(SEEDS[contract], proofs.cases),
  );
}

/** A function, as the tables below are made from data above. */
const powerSection = (): readonly string[] => [
  "## Power table",
  "What each operation does in each state:\n\n" +
  "- an arrow names the state in which the machine settles;\n" +
  "- `no-op` succeeds with `changed: false`;\n" +
  "- `refused` is `failed-precondition`;\n" +
  "- `later` is the same with `retryable`, as it passes by itself;\n" +
  "- anything else is the error code.",
  powerTable(),
];

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

function clauseTable(clauses: readonly Clause[], { cases, mutants }: Proofs): string {
  const columns = ["clause", "level", "obligation", "source", "cases", "mutants"];
  const rows = clauses.map(({ id, level, text, source, untested }) => [
    `\`${id}\``,
    level,
    text,
    source === "contract" ? "ours" : `[link](${source})`,
    untested ?? casesOf([id], cases),
    shortened(mutants.filter(({ breaks }) => breaks === id)),
  ]);
  return table(columns, rows);
}

function seedTable(seeds: readonly SeedRow[], cases: readonly CaseSummary[]): string {
  const columns = ["seed item", "symbol", "clauses", "cases"];
  const rows = seeds.map(({ item, symbol, clauses }) => [
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
    .filter(({ checks }) => Object.values(checks).some((clause) => clauses.includes(clause)));
  return shortened(proving);
}

/** The first few by their ids, and how many more there are. */
function shortened(all: readonly { readonly id: string }[]): string {
  const named = all.slice(0, MOST_NAMED).map(({ id }) => `\`${id}\``).join(", ");
  const more = all.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
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
