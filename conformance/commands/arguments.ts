/**
 * Command lines, read by a table of options: the same way in all programs.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { unknownName, UsageError } from "./usage.ts";

/** One option. */
export interface Option {
  /** Its name, without the dashes. */
  readonly name: string;
  /** What its value is; absent for a switch. */
  readonly value?: string;
  /** Whether it may come more than once. */
  readonly many?: boolean;
  /** The commands that it is for; absent for all. */
  readonly of?: readonly string[];
  /** What it does, in a few words. */
  readonly help: string;
}

/** A command line, read. */
export interface Arguments {
  /** What is no option: commands, ids, files. */
  readonly words: readonly string[];
  /** Whether only help is wanted. The rest was not looked at then. */
  readonly help: boolean;
  /** Whether a switch is there. */
  has(name: string): boolean;
  /** All values of an option. */
  all(name: string): readonly string[];
  /** The value of an option that is given at most once. */
  one(name: string): string | undefined;
}

const HELP: Option = { name: "help", help: "this text" };

/** The values of one option, as they were given; a switch has none. */
function valueOf(option: Option, value: string | undefined, isInline: boolean): string {
  const { name, value: what } = option;
  if (what === undefined && value !== undefined) {
    throw new UsageError(`"--${name}" takes no value`);
  }
  // What looks like an option is one: a value that begins with a dash is given after "=".
  const isMissing = what !== undefined && (!value || !isInline && /^-./.test(value));
  if (isMissing) throw new UsageError(`"--${name}" needs a value: --${name} ${what}`);
  return value ?? "";
}

/**
 * Reads a command line.
 *
 * @throws {UsageError} for an option that there is not, a value that is missing or too many
 */
export function readArguments(args: readonly string[], options: readonly Option[]): Arguments {
  const known = [...options, HELP];
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(known.map(({ name, value }) => [
      name,
      {
        type: value === undefined ? "boolean" : "string",
        ...(name === HELP.name && { short: "h" }),
      },
    ])),
  });
  const words: string[] = [];
  const values = new Map<string, string[]>();
  const help = tokens.some((token) => token.kind === "option" && token.name === HELP.name);
  for (const token of help ? [] : tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const option = known.find(({ name }) => name === token.name);
    if (!option) {
      const names = known.map(({ name }) => `--${name}`);
      throw unknownName("option", token.rawName, names, "see --help");
    }
    const before = values.get(option.name) ?? [];
    if (before.length > 0 && option.value !== undefined && !option.many) {
      throw new UsageError(`"--${option.name}" may be given once`);
    }
    values.set(option.name, [...before, valueOf(option, token.value, token.inlineValue === true)]);
  }
  return {
    words,
    help,
    has: (name) => values.has(name),
    all: (name) => values.get(name) ?? [],
    one: (name) => values.get(name)?.[0],
  };
}

/** Refuses options that are for other commands. @throws {UsageError} naming the first */
export function assertOptionsOf(
  command: string,
  given: Arguments,
  options: readonly Option[],
): void {
  const stranger = options.find(({ name, of }) =>
    given.has(name) && !(of?.includes(command) ?? true)
  );
  if (!stranger) return;
  const owners = stranger.of?.map((name) => `"${name}"`).join(", ");
  throw new UsageError(`"--${stranger.name}" is for ${owners}, and not for "${command}"`);
}

/** Refuses words where there are none. @throws {UsageError} naming the first */
export function assertNoWords({ words: [first] }: Arguments): void {
  if (first !== undefined) throw new UsageError(`Unknown argument "${first}": see --help`);
}

/** Settings from pairs such as `pool=default`. @throws {UsageError} */
export function settingsOf(pairs: readonly string[], option = "set"): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`"--${option}" needs KEY=VALUE: "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

/** The options for people, one a line. */
export function optionLines(options: readonly Option[]): string {
  const head = ({ name, value }: Option): string => `--${name}${value ? ` ${value}` : ""}`;
  const all = [...options, HELP];
  const width = Math.max(...all.map((option) => head(option).length));
  return all.map((option) =>
    `  ${head(option).padEnd(width)}  ${option.help}${option.many ? "; repeatable" : ""}\n`
  ).join("");
}
