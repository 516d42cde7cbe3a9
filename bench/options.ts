/**
 * The options of the command line, as data; what they mean once they are read.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { settingsOf } from "../conformance/commands/options.ts";
import { unknownName, UsageError } from "../conformance/commands/usage.ts";

/** The commands; the first one is meant when none is named. */
export const COMMANDS = ["run", "compare", "ab", "gates", "record", "html", "list"] as const;

/** One of {@linkcode COMMANDS}. */
export type Command = typeof COMMANDS[number];

interface Option {
  readonly name: string;
  /** What its value is; absent for a switch. */
  readonly value?: string;
  /** Whether it may come more than once. */
  readonly many?: boolean;
  readonly help: string;
}

const OPTIONS: readonly Option[] = [
  { name: "driver", value: "NAME|./FILE.ts", help: "the driver, or a module with one" },
  { name: "live", help: "ask the real hypervisor; otherwise the driver's simulator answers" },
  { name: "simulated", help: "ask the simulator; so it is without --live" },
  { name: "set", value: "KEY=VALUE", many: true, help: "a setting of the driver; no secrets" },
  { name: "measure", value: "NAME", many: true, help: "that measure only" },
  { name: "runs", value: "N", help: "how many runs, each with connections of its own (1)" },
  { name: "quick", help: "few rounds: whether it works, not how fast it is" },
  { name: "out", value: "FOLDER", help: "where samples and the page go (out/bench)" },
  { name: "seed", value: "TEXT", help: "what names follow from (by chance)" },
  { name: "a", value: "KEY=VALUE", many: true, help: "ab: a setting of A" },
  { name: "b", value: "KEY=VALUE", many: true, help: "ab: a setting of B" },
  { name: "a-checkout", value: "FOLDER", help: "ab: the checkout of A (this one)" },
  { name: "b-checkout", value: "FOLDER", help: "ab: the checkout of B (this one)" },
  { name: "anyway", help: "compare: although the fingerprints differ" },
  { name: "update", help: "gates: take what is measured as the new baseline" },
  { name: "report", value: "FILE", help: "gates: what passed and failed, as JSON" },
  { name: "help", help: "this text" },
];

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

const names = (isFitting: (option: Option) => boolean): string[] =>
  OPTIONS.filter(isFitting).map(({ name }) => name);

/** Reads the command line. @throws {UsageError} saying what is wrong */
export function readOptions(args: readonly string[]): Options {
  const unknown: string[] = [];
  const parsed: Record<string, unknown> = parseArgs([...args], {
    boolean: names(({ value }) => value === undefined),
    string: ["_", ...names(({ value }) => value !== undefined)],
    collect: names(({ value }) => value !== undefined),
    unknown(arg: string, key?: string): boolean {
      if (key !== undefined) unknown.push(arg.split("=")[0] ?? arg);
      return key === undefined;
    },
  });
  const [stranger] = unknown;
  if (stranger !== undefined) {
    throw unknownName("option", stranger, OPTIONS.map(({ name }) => `--${name}`), "see --help");
  }
  const many = (name: string): string[] => {
    const values = ((parsed[name] ?? []) as unknown[]).map(String);
    if (values.includes("")) throw new UsageError(`"--${name}" needs a value`);
    return values;
  };
  const one = (name: string): string | undefined => {
    const [value, ...more] = many(name);
    if (more.length > 0) throw new UsageError(`"--${name}" may be given once`);
    return value;
  };
  if (parsed.live === true && parsed.simulated === true) {
    throw new UsageError('"--live" and "--simulated" exclude each other');
  }
  const words = ((parsed._ ?? []) as unknown[]).map(String);
  const command = COMMANDS.find((name) => name === words[0]);
  if (command === undefined && words[0] !== undefined) {
    throw unknownName("command", words[0], COMMANDS, "see --help");
  }
  const runs = one("runs") ?? "1";
  if (!/^[1-9]\d{0,3}$/.test(runs)) {
    throw new UsageError(`"--runs" needs a whole number from 1: "${runs}"`);
  }
  return {
    command: command ?? "run",
    args: words.slice(1),
    driver: one("driver"),
    live: parsed.live === true,
    settings: settingsOf(many("set")),
    measures: many("measure").flatMap((text) => text.split(",")),
    runs: Number(runs),
    quick: parsed.quick === true,
    out: one("out") ?? "out/bench",
    seed: one("seed"),
    sides: ["a", "b"].map((name) => ({
      name,
      checkout: one(`${name}-checkout`),
      settings: settingsOf(many(name)),
    })),
    anyway: parsed.anyway === true,
    update: parsed.update === true,
    report: one("report"),
    help: parsed.help === true,
  };
}

/** The help text. */
export function helpText(drivers: readonly string[]): string {
  const head = ({ name, value }: Option): string => `--${name}${value ? ` ${value}` : ""}`;
  const width = Math.max(...OPTIONS.map((option) => head(option).length));
  const options = OPTIONS.map((it) =>
    `  ${head(it).padEnd(width)}  ${it.help}${it.many ? "; repeatable" : ""}\n`
  );
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

${options.join("")}
Ends with 0 all was measured or is as good, 1 worse, failed, a gate is shut or a promise against a
peer is not kept, 2 wrong use, 3 the environment lacks something, 4 something is left on the host.
`;
}
