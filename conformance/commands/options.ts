/**
 * The options of the command line, as data; what they mean once they are read.
 *
 * @module
 */

import type { Level } from "../../drivers/contract/mod.ts";
import type { Mode } from "../engine/events.ts";
import { REPORTERS } from "../reports/mod.ts";
import {
  type Arguments,
  assertOptionsOf,
  type Option,
  optionLines,
  readArguments,
  settingsOf,
} from "./arguments.ts";
import type { Selection } from "./selection.ts";
import { unknownName, UsageError } from "./usage.ts";

/** The sub-commands; the first one is meant when none is named. */
export const COMMANDS = ["run", "record", "reap", "report", "diff", "explain", "list"] as const;

/** One of {@linkcode COMMANDS}. */
export type Command = typeof COMMANDS[number];

/** What names of drivers begin with that are plugins of Nomad; the rest is the plugin's path. */
export const NOMAD_PREFIX = "nomad:";

/** The commands about the cases of a driver. A list may have what the run of the same cases has. */
const LOOKING: readonly Command[] = ["run", "record", "list"];

/** The options. */
export const OPTIONS: readonly Option[] = [
  {
    name: "driver",
    value: "NAME|./FILE.ts|nomad:./PLUGIN",
    of: LOOKING,
    help: "the driver under test, a module with one, or a plugin of Nomad",
  },
  { name: "live", of: LOOKING, help: "ask the real hypervisor; otherwise a recording answers" },
  { name: "simulated", of: LOOKING, help: "ask the driver's simulator, not a recording of it" },
  {
    name: "set",
    value: "KEY=VALUE",
    many: true,
    of: LOOKING,
    help: "a setting of the driver; no secrets",
  },
  { name: "option", value: "KEY=VALUE", many: true, of: LOOKING, help: "the same as --set" },
  {
    name: "fixtures",
    value: "DIR",
    of: LOOKING,
    help: "where the recordings are (the project's fixtures)",
  },
  {
    name: "grep",
    value: "REGEXP",
    many: true,
    of: LOOKING,
    help: "cases whose id or title it finds",
  },
  { name: "skip", value: "ID", many: true, of: LOOKING, help: "leave cases out" },
  {
    name: "level",
    value: "must|should|may",
    many: true,
    of: LOOKING,
    help: "cases that prove such a clause",
  },
  { name: "contract", value: "NAME", many: true, of: LOOKING, help: "cases of that contract" },
  { name: "shard", value: "I/N", of: LOOKING, help: "the I-th of N parts of the selection" },
  { name: "list", of: LOOKING, help: "list the selected cases, and run none" },
  {
    name: "repeat",
    value: "N",
    of: ["run", "list"],
    help: "run each case N times; mixed verdicts are flaky (1)",
  },
  {
    name: "parallel",
    value: "N",
    of: LOOKING,
    help: "run N cases at the same time (1; in a replay 8 on each core)",
  },
  { name: "seed", value: "TEXT", of: LOOKING, help: "what all names follow from (by chance)" },
  {
    name: "case-timeout",
    value: "TIME",
    of: LOOKING,
    help: "the most for a case, such as 90s or 5m (5m)",
  },
  {
    name: "known-failing",
    value: "FILE",
    of: ["run", "list"],
    help: 'known failures: "case-id[/check-id]  # reason"',
  },
  { name: "bail", of: LOOKING, help: "start nothing more after a failure" },
  {
    name: "reporter",
    value: "NAME[=FILE]",
    many: true,
    of: [...LOOKING, "report"],
    help: `${Object.keys(REPORTERS).join(", ")} (pretty)`,
  },
  {
    name: "ledger",
    value: "DIR",
    of: [...LOOKING, "reap"],
    help: "where live runs write down what they make",
  },
  { name: "dry-run", of: ["reap"], help: "reap: say what would be removed" },
  { name: "yes", of: ["record"], help: "record: although CI is set" },
];

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

const commas = (given: Arguments, name: string): string[] =>
  given.all(name).flatMap((value) => value.split(",")).filter((value) => value !== "");

function count(given: Arguments, name: string): number | undefined {
  const text = given.one(name);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`"--${name}" needs a whole number from 1: "${text}"`);
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

function modeOf(given: Arguments): Mode {
  if (given.has("live") && given.has("simulated")) {
    throw new UsageError('"--live" and "--simulated" exclude each other');
  }
  return given.has("live") ? "live" : given.has("simulated") ? "simulated" : "replayed";
}

/**
 * Reads the command line.
 *
 * @throws {UsageError} saying what is wrong
 */
export function readOptions(line: readonly string[]): Options {
  const given = readArguments(line, OPTIONS);
  const { words, help } = given;
  const named = COMMANDS.find((name) => name === words[0]);
  const command = named ?? "run";
  const args = named === undefined ? words : words.slice(1);
  assertOptionsOf(command, given, OPTIONS);
  return {
    command,
    args,
    driver: given.one("driver"),
    mode: modeOf(given),
    settings: settingsOf([...given.all("set"), ...given.all("option")]),
    fixtures: given.one("fixtures"),
    selection: {
      ids: LOOKING.includes(command) ? args : [],
      grep: given.all("grep"),
      skip: commas(given, "skip"),
      levels: levelsOf(commas(given, "level")),
      contracts: commas(given, "contract"),
      shard: shardOf(given.one("shard")),
    },
    list: given.has("list") || command === "list",
    repeat: count(given, "repeat") ?? 1,
    parallel: count(given, "parallel"),
    seed: given.one("seed"),
    caseTimeoutMs: milliseconds(given.one("case-timeout")),
    knownFailing: given.one("known-failing"),
    bail: given.has("bail"),
    reporters: reportersOf(commas(given, "reporter")),
    ledger: given.one("ledger"),
    dryRun: given.has("dry-run"),
    yes: given.has("yes"),
    help,
  };
}

/** The help text. */
export function helpText(drivers: readonly string[]): string {
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

${optionLines(OPTIONS)}
Ends with 0 conformant, 1 the driver failed, 2 wrong use, 3 the harness or the environment
failed, 4 something is left on the host, 5 incomplete: something could not be shown here.
`;
}
