/**
 * The options of the command line, as data; what they mean once they are read.
 *
 * @module
 */

import type { Level } from "../../drivers/contract/mod.ts";
import type { Mode } from "../engine/events.ts";
import { REPORTERS } from "../reports/mod.ts";
import type { Selection } from "./selection.ts";
import { unknownName, UsageError } from "./usage.ts";

/** The sub-commands; the first one is meant when none is named. */
export const COMMANDS = ["run", "record", "reap", "report", "diff", "explain", "list"] as const;

/** One of {@linkcode COMMANDS}. */
export type Command = typeof COMMANDS[number];

/** What names of drivers begin with that are plugins of Nomad; the rest is the plugin's path. */
export const NOMAD_PREFIX = "nomad:";

/** One option. */
export interface Option {
  readonly name: string;
  /** What its value is; absent for a switch. */
  readonly value?: string;
  /** Whether it may come more than once. */
  readonly many?: boolean;
  readonly help: string;
}

/** The options. */
export const OPTIONS: readonly Option[] = [
  {
    name: "driver",
    value: "NAME|./FILE.ts|nomad:./PLUGIN",
    help: "the driver under test, a module with one, or a plugin of Nomad",
  },
  { name: "live", help: "ask the real hypervisor; otherwise a recording answers" },
  { name: "simulated", help: "ask the driver's simulator, not a recording of it" },
  { name: "set", value: "KEY=VALUE", many: true, help: "a setting of the driver; no secrets" },
  { name: "option", value: "KEY=VALUE", many: true, help: "the same as --set" },
  { name: "fixtures", value: "DIR", help: "where the recordings are (the project's fixtures)" },
  { name: "grep", value: "REGEXP", many: true, help: "cases whose id or title it finds" },
  { name: "skip", value: "ID", many: true, help: "leave cases out" },
  { name: "level", value: "must|should|may", many: true, help: "cases that prove such a clause" },
  { name: "contract", value: "NAME", many: true, help: "cases of that contract" },
  { name: "shard", value: "I/N", help: "the I-th of N parts of the selection" },
  { name: "list", help: "list the selected cases, and run none" },
  { name: "repeat", value: "N", help: "run each case N times; mixed verdicts are flaky (1)" },
  { name: "parallel", value: "N", help: "run N cases at the same time (1; 8 in a replay)" },
  { name: "seed", value: "TEXT", help: "what all names follow from (by chance)" },
  { name: "case-timeout", value: "TIME", help: "the most for a case, such as 90s or 5m (5m)" },
  { name: "known-failing", value: "FILE", help: 'known failures: "case-id[/check-id]  # reason"' },
  { name: "bail", help: "start nothing more after a failure" },
  {
    name: "reporter",
    value: "NAME[=FILE]",
    many: true,
    help: `${Object.keys(REPORTERS).join(", ")} (pretty)`,
  },
  { name: "ledger", value: "DIR", help: "where live runs write down what they make" },
  { name: "dry-run", help: "reap: say what would be removed" },
  { name: "yes", help: "record: although CI is set" },
  { name: "help", help: "this text" },
];

/** What the argument parser has to know. */
export const PARSING: {
  readonly boolean: string[];
  readonly string: string[];
  readonly collect: string[];
} = {
  boolean: OPTIONS.filter((it) => it.value === undefined).map((it) => it.name),
  string: ["_", ...OPTIONS.filter((it) => it.value !== undefined).map((it) => it.name)],
  collect: OPTIONS.filter((it) => it.value !== undefined).map((it) => it.name),
};

/** Where a report goes; to standard output without a file. */
export interface ReportTarget {
  /** Its name. */
  readonly name: string;
  /** The file. */
  readonly file?: string;
}

/** The command line, read. */
export interface Options {
  /** What to do. */
  readonly command: Command;
  /** The other arguments: ids, or the file of `report`. */
  readonly args: readonly string[];
  /** The driver, as written. */
  readonly driver?: string;
  /** What answers. */
  readonly mode: Mode;
  /** The driver's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the recordings are; by default in the project. */
  readonly fixtures?: string;
  /** Which cases. */
  readonly selection: Selection;
  /** Whether to list only. */
  readonly list: boolean;
  /** How often each case is run. */
  readonly repeat: number;
  /** How many cases at a time; by default what fits the subject. */
  readonly parallel?: number;
  /** What names follow from. */
  readonly seed?: string;
  /** The most that a case may take. */
  readonly caseTimeoutMs?: number;
  /** The file of known failures. */
  readonly knownFailing?: string;
  /** Whether a failure ends the run. */
  readonly bail: boolean;
  /** The reports; at most one of them goes to standard output. */
  readonly reporters: readonly ReportTarget[];
  /** Where ledgers are. */
  readonly ledger?: string;
  /** Whether reap only lists. */
  readonly dryRun: boolean;
  /** Whether CI may record. */
  readonly yes: boolean;
  /** Whether help is asked for. */
  readonly help: boolean;
}

/** What the argument parser answers: switches, lists of texts, and the rest. */
export type Parsed = Readonly<Record<string, unknown>>;

const list = (parsed: Parsed, name: string): string[] => {
  const values = ((parsed[name] ?? []) as unknown[]).map(String);
  if (values.includes("")) throw new UsageError(`"--${name}" needs a value`);
  return values;
};

const commas = (parsed: Parsed, name: string): string[] =>
  list(parsed, name).flatMap((value) => value.split(",")).filter((value) => value !== "");

function single(parsed: Parsed, name: string): string | undefined {
  const values = list(parsed, name);
  if (values.length > 1) throw new UsageError(`"--${name}" may be given once`);
  return values[0];
}

function count(parsed: Parsed, name: string, fallback: number): number {
  const text = single(parsed, name) ?? String(fallback);
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`"--${name}" needs a whole number from 1: "${text}"`);
  }
  return Number(text);
}

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = "s"] = /^(\d{1,7})(ms|s|m)?$/.exec(text) ?? [];
  const value = Number(number) * { ms: 1, s: 1000, m: 60_000 }[unit as "ms" | "s" | "m"];
  if (value > 0) return value;
  throw new UsageError(`"--case-timeout" needs a time such as 90s or 5m: "${text}"`);
}

function shardOf(text: string | undefined): Selection["shard"] {
  if (text === undefined) return undefined;
  const [, index, of] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index !== undefined && of !== undefined && index >= 1 && index <= of) return { index, of };
  throw new UsageError(`"--shard" needs a part such as 1/3: "${text}"`);
}

function levelsOf(names: readonly string[]): Level[] {
  const levels: readonly Level[] = ["must", "should", "may"];
  return names.map((name) => {
    const level = levels.find((it) => it === name);
    if (level === undefined) throw unknownName("level", name, levels);
    return level;
  });
}

/** Settings from pairs such as `pool=default`. @throws {UsageError} */
export function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`"--set" needs KEY=VALUE: "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

function reportersOf(texts: readonly string[]): ReportTarget[] {
  const targets = texts.map((text): ReportTarget => {
    const at = text.indexOf("=");
    const name = at < 0 ? text : text.slice(0, at);
    if (!Object.hasOwn(REPORTERS, name)) {
      throw unknownName("reporter", name, Object.keys(REPORTERS));
    }
    if (at === text.length - 1) {
      throw new UsageError(`The reporter "${name}" needs a file after "="`);
    }
    return at < 0 ? { name } : { name, file: text.slice(at + 1) };
  });
  const printed = targets.filter(({ file }) => file === undefined);
  if (printed.length > 1) {
    const names = printed.map(({ name }) => `"${name}"`).join(" and ");
    throw new UsageError(`Only one report can be printed, the others need a file: ${names}`);
  }
  return printed.length === 0 ? [{ name: "pretty" }, ...targets] : targets;
}

function modeOf({ live, simulated }: Parsed): Mode {
  if (live === true && simulated === true) {
    throw new UsageError('"--live" and "--simulated" exclude each other');
  }
  return live === true ? "live" : simulated === true ? "simulated" : "replayed";
}

/**
 * Makes sense of the parsed arguments.
 *
 * @throws {UsageError} saying which one is wrong
 */
export function readOptions(parsed: Parsed, unknown: readonly string[]): Options {
  const [first] = unknown;
  if (first !== undefined) {
    throw unknownName("option", first, OPTIONS.map(({ name }) => `--${name}`), "see --help");
  }
  const words = ((parsed._ ?? []) as unknown[]).map(String);
  const command = COMMANDS.find((name) => name === words[0]);
  const args = command === undefined ? words : words.slice(1);
  const selecting = command === undefined || ["run", "record", "list"].includes(command);
  return {
    command: command ?? "run",
    args,
    driver: single(parsed, "driver"),
    mode: modeOf(parsed),
    settings: settingsOf([...list(parsed, "set"), ...list(parsed, "option")]),
    fixtures: single(parsed, "fixtures"),
    selection: {
      ids: selecting ? args : [],
      grep: list(parsed, "grep"),
      skip: commas(parsed, "skip"),
      levels: levelsOf(commas(parsed, "level")),
      contracts: commas(parsed, "contract"),
      shard: shardOf(single(parsed, "shard")),
    },
    list: parsed.list === true || command === "list",
    repeat: count(parsed, "repeat", 1),
    parallel: parsed.parallel === undefined ? undefined : count(parsed, "parallel", 1),
    seed: single(parsed, "seed"),
    caseTimeoutMs: milliseconds(single(parsed, "case-timeout")),
    knownFailing: single(parsed, "known-failing"),
    bail: parsed.bail === true,
    reporters: reportersOf(commas(parsed, "reporter")),
    ledger: single(parsed, "ledger"),
    dryRun: parsed["dry-run"] === true,
    yes: parsed.yes === true,
    help: parsed.help === true,
  };
}

/** The help text. */
export function helpText(drivers: readonly string[]): string {
  const head = (option: Option): string =>
    `--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`;
  const width = Math.max(...OPTIONS.map((option) => head(option).length));
  return `Holds a VM driver to its contract.

  deno task conformance --driver NAME [ids…]     run cases; an id may be its first words
  deno task conformance record --live …          run them live, and keep the recordings; without
                                                 --live those of the driver's simulator
  deno task conformance reap [--dry-run]         remove what a killed run left on the host
  deno task conformance report FILE.ndjson       render an old run again
  deno task conformance report merge FILE…       one run of several: shards, or a matrix
  deno task conformance diff OLD NEW             what new recordings say differently
  deno task conformance explain ID               what a case or a clause is about
  deno task conformance list                     the cases

Drivers: ${drivers.join(", ")}, or a module whose default export is a driver module.

${
    OPTIONS.map((it) => `  ${head(it).padEnd(width)}  ${it.help}${it.many ? "; repeatable" : ""}\n`)
      .join("")
  }
Ends with 0 conformant, 1 the driver failed, 2 wrong use, 3 the harness or the environment
failed, 4 something is left on the host, 5 incomplete: something could not be shown here.
`;
}
