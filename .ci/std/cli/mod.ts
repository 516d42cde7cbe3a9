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

/** The options as sets that hold every name of each. */
function declare(options: ParseOptions<string, string, string>) {
  const groups = nameGroups(options.alias ?? {});
  const names = (key: string): string[] => groups.get(key) ?? [key];
  const every = (keys: string | readonly string[] | undefined): Set<string> =>
    new Set(list(keys).flatMap(names));
  const booleans = every(options.boolean);
  const strings = every(options.string);
  const collected = every(options.collect);
  const isDeclared = (key: string): boolean =>
    booleans.has(key) || strings.has(key) || collected.has(key) || groups.has(key);
  return { names, booleans, strings, collected, negatable: every(options.negatable), isDeclared };
}

type Declared = ReturnType<typeof declare>;
type Result = Record<string, unknown> & { _: (string | number)[] };

/** The value of an option as written, and whether it took the next argument. */
function valueOf(
  { key, value }: Written,
  next: string | undefined,
  { booleans, strings }: Declared,
): { value: string | boolean; took: boolean } {
  if (typeof value === "string" && booleans.has(key)) {
    return { value: value !== "false", took: false };
  }
  if (value !== undefined) return { value, took: false };
  if (next && !next.startsWith("-") && !booleans.has(key)) return { value: next, took: true };
  if (next === "true" || next === "false") return { value: next === "true", took: true };
  return { value: strings.has(key) ? "" : true, took: false };
}

function set(result: Result, key: string, raw: string | boolean, declared: Declared): void {
  const value = typeof raw === "string" && !declared.strings.has(key) ? asNumber(raw) : raw;
  for (const name of declared.names(key)) {
    const before = result[name];
    const collects = declared.collected.has(key);
    result[name] = collects ? [...(Array.isArray(before) ? before : []), value] : value;
  }
}

function fillIn(result: Result, defaults: Record<string, unknown>, declared: Declared): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (!Object.hasOwn(result, key)) {
      for (const name of declared.names(key)) result[name] = value;
    }
  }
  for (const key of declared.booleans) result[key] ??= declared.collected.has(key) ? [] : false;
  for (const key of declared.strings) if (declared.collected.has(key)) result[key] ??= [];
}

/** Parses command-line arguments. */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
>(args: readonly string[], options: ParseOptions<B, S, C> = {}): Args<B, S, C> {
  const declared = declare(options);
  const result: Result = { _: [] };
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  for (let i = 0; i < own.length; i++) {
    const arg = own[i];
    const written = read(arg, declared.negatable);
    if (!written) {
      if (options.unknown?.(arg) !== false) {
        result._.push(declared.strings.has("_") ? arg : asNumber(arg));
      }
      if (!options.stopEarly) continue;
      result._.push(...own.slice(i + 1));
      break;
    }
    for (const option of written) {
      const { value, took } = valueOf(option, own[i + 1], declared);
      if (took) i++;
      const { key } = option;
      if (!declared.isDeclared(key) && options.unknown?.(arg, key, value) === false) continue;
      set(result, key, value, declared);
    }
  }
  fillIn(result, options.default ?? {}, declared);
  const rest = end < 0 ? [] : args.slice(end + 1);
  if (options["--"]) result["--"] = rest;
  else result._.push(...rest);
  return result as Args<B, S, C>;
}
