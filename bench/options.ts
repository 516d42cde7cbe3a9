/**
 * The options of the command line, as data; what they mean once they are read.
 *
 * @module
 */

import {
  assertOptionsOf,
  type Option,
  optionLines,
  readArguments,
  settingsOf,
} from "../conformance/commands/arguments.ts";
import { userPath } from "../conformance/commands/program.ts";
import { unknownName, UsageError } from "../conformance/commands/usage.ts";

/** The commands; the first one is meant when none is named. */
export const COMMANDS = ["run", "compare", "ab", "gates", "record", "html", "list"] as const;

/** One of {@linkcode COMMANDS}. */
export type Command = typeof COMMANDS[number];

/** What takes measures, and what else is about a driver. */
const MEASURING: readonly Command[] = ["run", "ab"];
const ASKING: readonly Command[] = [...MEASURING, "record"];

const OPTIONS: readonly Option[] = [
  {
    name: "driver",
    value: "NAME|./FILE.ts",
    of: [...ASKING, "gates"],
    help: "the driver, or a module with one",
  },
  {
    name: "live",
    of: ASKING,
    help: "ask the real hypervisor; otherwise the driver's simulator answers",
  },
  { name: "simulated", of: MEASURING, help: "ask the simulator; so it is without --live" },
  {
    name: "set",
    value: "KEY=VALUE",
    many: true,
    of: ASKING,
    help: "a setting of the driver; no secrets",
  },
  { name: "measure", value: "NAME", many: true, of: MEASURING, help: "that measure only" },
  {
    name: "runs",
    value: "N",
    of: MEASURING,
    help: "how many runs, each with connections of its own (1)",
  },
  { name: "quick", of: MEASURING, help: "few rounds: whether it works, not how fast it is" },
  {
    name: "out",
    value: "FOLDER",
    of: MEASURING,
    help: "where samples and the page go (the project's out/bench)",
  },
  { name: "seed", value: "TEXT", of: ASKING, help: "what names follow from (by chance)" },
  { name: "a", value: "KEY=VALUE", many: true, of: ["ab"], help: "ab: a setting of A" },
  { name: "b", value: "KEY=VALUE", many: true, of: ["ab"], help: "ab: a setting of B" },
  { name: "a-checkout", value: "FOLDER", of: ["ab"], help: "ab: the checkout of A (this one)" },
  { name: "b-checkout", value: "FOLDER", of: ["ab"], help: "ab: the checkout of B (this one)" },
  { name: "anyway", of: ["compare", "ab"], help: "compare: although the fingerprints differ" },
  { name: "update", of: ["gates"], help: "gates: take what is measured as the new baseline" },
  {
    name: "report",
    value: "FILE",
    of: ["gates"],
    help: "gates: what passed and failed, as JSON",
  },
];

/** How many files a command is told; none if it is not here. */
const FILES: Partial<Record<Command, number>> = { compare: 2, html: 1 };

/** The command line, read. */
export interface Options {
  /** What to do. */
  readonly command: Command;
  /** The other words: files. */
  readonly args: readonly string[];
  /** The driver, as written. */
  readonly driver?: string;
  /** Whether a real host answers. */
  readonly live: boolean;
  /** The driver's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** The measures; all if empty. */
  readonly measures: readonly string[];
  /** How many runs. */
  readonly runs: number;
  /** Whether few rounds will do. */
  readonly quick: boolean;
  /** Where results go. */
  readonly out: string;
  /** What names follow from. */
  readonly seed?: string;
  /** The two sides of `ab`. */
  readonly sides: readonly Side[];
  /** Whether other fingerprints are no reason not to compare. */
  readonly anyway: boolean;
  /** Whether baselines are written anew. */
  readonly update: boolean;
  /** Where the report of the gates goes. */
  readonly report?: string;
  /** Whether help is asked for. */
  readonly help: boolean;
}

/** One side of a comparison. */
export interface Side {
  /** `a` or `b`. */
  readonly name: string;
  /** The checkout whose benchmarks are run. */
  readonly checkout?: string;
  /** Its settings. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Reads the command line. @throws {UsageError} saying what is wrong */
export function readOptions(line: readonly string[]): Options {
  const given = readArguments(line, OPTIONS);
  const { words, one, all, has } = given;
  const named = COMMANDS.find((name) => name === words[0]);
  if (named === undefined && words[0] !== undefined) {
    throw unknownName("command", words[0], COMMANDS, "see --help");
  }
  const command = named ?? "run";
  assertOptionsOf(command, given, OPTIONS);
  const args = words.slice(1);
  const tooMany = args[FILES[command] ?? 0];
  if (tooMany !== undefined) throw new UsageError(`Unknown argument "${tooMany}": see --help`);
  if (has("live") && has("simulated")) {
    throw new UsageError('"--live" and "--simulated" exclude each other');
  }
  const path = (name: string): string | undefined => {
    const value = one(name);
    return value === undefined ? undefined : userPath(value);
  };
  const runs = one("runs") ?? "1";
  if (!/^[1-9]\d{0,3}$/.test(runs)) {
    throw new UsageError(`"--runs" needs a whole number from 1: "${runs}"`);
  }
  return {
    command,
    args,
    driver: one("driver"),
    live: has("live"),
    settings: settingsOf(all("set")),
    measures: all("measure").flatMap((text) => text.split(",")),
    runs: Number(runs),
    quick: has("quick"),
    out: path("out") ?? "out/bench",
    seed: one("seed"),
    sides: ["a", "b"].map((name) => ({
      name,
      checkout: path(`${name}-checkout`),
      settings: settingsOf(all(name), name),
    })),
    anyway: has("anyway"),
    update: has("update"),
    report: path("report"),
    help: given.help,
  };
}

/** The help text. */
export function helpText(drivers: readonly string[]): string {
  return `Measures a VM driver.

  deno task bench --driver NAME [--live]        take the measures, and keep all samples
  deno task bench compare A.ndjson B.ndjson     whether B is better, worse or the same
  deno task bench ab --driver NAME --a K=V --b K=V --runs 8
                                                the same for two settings or two checkouts, whose
                                                runs take turns: A B B A
  deno task bench gates [--update]              what is free of noise, against what is kept
  deno task bench record --driver NAME --live   keep the tape by which the gates count calls
  deno task bench html FILE.ndjson              the page of an old run
  deno task bench list                          the measures

Drivers: ${drivers.join(", ")}, or a module whose default export is a driver module.

${optionLines(OPTIONS)}
Ends with 0 all was measured or is as good, 1 worse, failed, a gate is shut or a promise against a
peer is not kept, 2 wrong use, 3 the environment lacks something, 4 something is left on the host.
`;
}
