/**
 * The part of `@std/cli` that this project uses, for networks that cannot reach JSR. Not covered:
 * dotted names, `boolean: true`, and values glued to a letter (`-n5`).
 *
 * @module
 */

/** Options for {@linkcode parseArgs}. */
export interface ParseOptions<B extends string, S extends string, C extends string> {
  /** Keep what follows `--` apart. */
  "--"?: boolean;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Options that take no value. */
  boolean?: B | readonly B[];
  /** Options that may be repeated. */
  collect?: C | readonly C[];
  /** Values of options that are not given. */
  default?: Record<string, unknown>;
  /** Options that `--no-x` sets to false. */
  negatable?: string | readonly string[];
  /** Take everything after the first argument that is no option as it is. */
  stopEarly?: boolean;
  /** Options whose value stays text. */
  string?: S | readonly S[];
  /** Called with what was not declared; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} answers. */
export type Args<B extends string, S extends string, C extends string> =
  & Record<string, unknown>
  & { [Name in Exclude<B, C>]: boolean }
  & { [Name in Exclude<S, C>]?: string }
  & { [Name in Extract<S, C>]: string[] }
  & { [Name in Extract<B, C>]: boolean[] }
  & { [Name in Exclude<C, B | S>]: unknown[] }
  & { _: (string | number)[]; "--"?: string[] };

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}

/** Every name of an option, by each of its names. */
function nameGroups(alias: Record<string, string | readonly string[]>): Map<string, string[]> {
  const groups = Object.entries(alias).map(([name, others]) => [name, ...list(others)]);
  return new Map(groups.flatMap((names) => names.map((name) => [name, names] as const)));
}

function asNumber(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** One option as written; a value of undefined means that it may be the next argument. */
type Written = { key: string; value: string | boolean | undefined };

/** What an argument says: `--a=b`, `--no-a`, `-xyz`, or undefined for no option at all. */
function read(arg: string, negatable: ReadonlySet<string>): Written[] | undefined {
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
  if (long) {
    const [, key, value] = long;
    const negated = value === undefined && key.startsWith("no-") && negatable.has(key.slice(3));
    return [negated ? { key: key.slice(3), value: false } : { key, value }];
  }
  const short = /^-([^-=][^=]*)(?:=(.*))?$/s.exec(arg);
  if (!short) return undefined;
  const letters = [...short[1]];
  return letters.map((key, at) => ({ key, value: at < letters.length - 1 ? true : short[2] }));
}

/** Parses command-line arguments. */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
>(args: readonly string[], options: ParseOptions<B, S, C> = {}): Args<B, S, C> {
  const groups = nameGroups(options.alias ?? {});
  const names = (key: string): string[] => groups.get(key) ?? [key];
  const every = (keys: string | readonly string[] | undefined): Set<string> =>
    new Set(list(keys).flatMap(names));
  const booleans = every(options.boolean);
  const strings = every(options.string);
  const collected = every(options.collect);
  const negatable = every(options.negatable);
  const isDeclared = (key: string): boolean =>
    booleans.has(key) || strings.has(key) || collected.has(key) || groups.has(key);

  const result: Record<string, unknown> & { _: (string | number)[] } = { _: [] };
  const set = (arg: string, key: string, raw: string | boolean, collect: boolean): void => {
    if (!isDeclared(key) && options.unknown?.(arg, key, raw) === false) return;
    const value = typeof raw === "string" && !strings.has(key) ? asNumber(raw) : raw;
    for (const name of names(key)) {
      const before = result[name];
      result[name] = !collect || !collected.has(key)
        ? value
        : Array.isArray(before)
        ? [...before, value]
        : [value];
    }
  };

  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  for (let i = 0; i < own.length; i++) {
    const written = read(own[i], negatable);
    if (!written) {
      if (options.unknown?.(own[i]) !== false) {
        result._.push(strings.has("_") ? own[i] : asNumber(own[i]));
      }
      if (!options.stopEarly) continue;
      result._.push(...own.slice(i + 1));
      break;
    }
    for (const { key, value } of written) {
      const next = own[i + 1];
      const switchedBy = value === undefined && (next === "true" || next === "false");
      const takesNext = value === undefined && next && !next.startsWith("-") && !booleans.has(key);
      if (takesNext) set(own[i++], key, next, true);
      else if (switchedBy) set(own[i++], key, next === "true", true);
      else if (value === undefined) set(own[i], key, strings.has(key) ? "" : true, true);
      else if (typeof value === "string" && booleans.has(key)) {
        set(own[i], key, value !== "false", true);
      } else set(own[i], key, value, value !== false);
    }
  }

  for (const [key, value] of Object.entries(options.default ?? {})) {
    if (!Object.hasOwn(result, key)) { for (const name of names(key)) result[name] = value; }
  }
  for (const key of booleans) result[key] ??= collected.has(key) ? [] : false;
  for (const key of strings) if (collected.has(key)) result[key] ??= [];
  const rest = end < 0 ? [] : args.slice(end + 1);
  if (options["--"]) result["--"] = rest;
  else result._.push(...rest);
  return result as Args<B, S, C>;
}
