/**
 * Placeholders for what differs from run to run.
 *
 * On a tape such a value stands as `⟨uuid:1⟩`, or `⟨#port:1⟩` for a number, wherever it occurs. Within a type,
 * placeholders and values correspond one to one: who mixes two machines up is caught by a replay.
 *
 * @module
 */

import type { Json } from "../backend.ts";
import {
  copyJson,
  differences,
  type Explain,
  isSame,
  mapLeaves,
  mapTexts,
  plainly,
} from "./json.ts";

/** What fits a volatile leaf on tape. The groups: whether it is a number, the type, and which one. */
const TOKENS = /⟨(#?)([a-z][a-z0-9-]*):([a-z0-9-]+)⟩/g;
const ONE_TOKEN = new RegExp(`^${TOKENS.source}$`);

/** Shorter strings are replaced only where they are nominated: by chance they may be something else. */
const SHORTEST_SHARED = 7;
/** Shorter strings are not replaced inside others. */
const SHORTEST_INSIDE = 12;

/** A value that can have a placeholder. */
export type Volatile = string | number;

/** Placeholders with a name of their own, known before the first call: `path:scratch` to its value. */
export type KnownValues = Readonly<Record<string, string>>;

/** Gives placeholders to values, for a recording. */
export class PlaceholderWriter {
  readonly #tokens = new Map<string, string>();
  readonly #shared = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #inside?: RegExp;

  /** Starts with the known ones. */
  constructor(known: KnownValues = {}) {
    for (const [name, value] of Object.entries(known)) this.#shared.set(value, `⟨${name}⟩`);
  }

  /** Nominates a value: from now on it has a placeholder of that type. */
  nominate(type: string, value: Volatile): void {
    if (value === "") return;
    const key = `${type} ${JSON.stringify(value)}`;
    if (this.#tokens.has(key)) return;
    const count = (this.#counts.get(type) ?? 0) + 1;
    const token = `⟨${typeof value === "number" ? "#" : ""}${type}:${count}⟩`;
    if (!ONE_TOKEN.test(token)) {
      throw new TypeError(
        `Cannot make a placeholder of type ${JSON.stringify(type)}: ` +
          `a type is lower-case letters, digits and hyphens`,
      );
    }
    this.#counts.set(type, count);
    this.#tokens.set(key, token);
    if (typeof value === "string" && !this.#shared.has(value)) this.#shared.set(value, token);
    this.#inside = undefined;
  }

  /** The value with placeholders; `typeOf` nominates leaves as {@linkcode nominate} was told before. */
  write(
    value: Json,
    typeOf: (path: readonly string[], leaf: Volatile) => string | undefined,
  ): Json {
    return mapLeaves(value, (leaf, path) => {
      if (typeof leaf !== "string" && typeof leaf !== "number") return leaf;
      const type = typeOf(path, leaf);
      const own = type && this.#tokens.get(`${type} ${JSON.stringify(leaf)}`);
      if (own) return own;
      return typeof leaf === "string" ? this.#writeText(leaf) : leaf;
    });
  }

  #writeText(text: string): string {
    if (text.search(TOKENS) >= 0) {
      throw new TypeError(`Cannot record ${JSON.stringify(text)}: it looks like a placeholder`);
    }
    const whole = text.length >= SHORTEST_SHARED ? this.#shared.get(text) : undefined;
    if (whole || text.length <= SHORTEST_INSIDE) return whole ?? text;
    this.#inside ??= insidePattern(this.#shared.keys());
    return text.replace(this.#inside, (value) => this.#shared.get(value) ?? value);
  }
}

/** Finds the values inside texts, where neither a letter nor a digit touches them; the longest first. */
function insidePattern(values: Iterable<string>): RegExp {
  const long = [...values].filter((value) => value.length >= SHORTEST_INSIDE);
  const alternatives = long.sort((a, b) => b.length - a.length).map(RegExp.escape).join("|");
  return new RegExp(`(?<![A-Za-z0-9])(?:${alternatives || "(?!)"})(?![A-Za-z0-9])`, "g");
}

/** Puts values in the places of placeholders, for a replay. */
export class PlaceholderReader {
  #values = new Map<string, Volatile>();
  #tokens = new Map<string, string>();

  /** Starts with the known ones. */
  constructor(known: KnownValues = {}) {
    for (const [name, value] of Object.entries(known)) this.#bind(`⟨${name}⟩`, value);
  }

  /** The value that was recorded, with a value for each placeholder: the bound one, or one made up. */
  fill(recorded: Json): Json {
    return mapTexts(recorded, (text) => {
      if (!text.includes("⟨")) return text;
      const bound = this.#values.get(text);
      if (bound !== undefined) return bound;
      if (ONE_TOKEN.test(text)) return this.#valueOf(text);
      return text.replace(TOKENS, (token) => String(this.#valueOf(token)));
    });
  }

  /**
   * Compares what was recorded with what is seen now. A placeholder that is new is bound to what
   * stands in its place, if all the rest is the same.
   *
   * @returns the differences; none means that they are the same
   */
  match(recorded: Json, seen: Json, path: string): string[] {
    // Most calls have nothing new: then all is the same once the values are in place.
    if (isSame(recorded, seen, (text, other) => this.#stands(text, other))) return [];
    const before = [this.#values, this.#tokens] as const;
    this.#values = new Map(before[0]);
    this.#tokens = new Map(before[1]);
    // Whole leaves first: they tell which part of a text is which.
    const copy = copyJson(seen);
    const found = [false, true]
      .map((inside) => differences(recorded, copy, path, this.#explainer(inside)))
      .find((some) => some.length > 0) ?? [];
    if (found.length > 0) [this.#values, this.#tokens] = before;
    return found;
  }

  /** Whether a text is the other with the values in place that are known already. */
  #stands(text: string, other: Json | undefined): boolean {
    if (!text.includes("⟨")) return false;
    const bound = this.#values.get(text);
    if (bound !== undefined || ONE_TOKEN.test(text)) return bound === other;
    return this.#fillBound(text) === other;
  }

  /** What is seen now, with placeholders for the values that have one. */
  unfill(seen: Json): Json {
    return mapLeaves(seen, (leaf) => {
      if (typeof leaf !== "string") return leaf;
      return [...this.#values].find(([, value]) => value === leaf)?.[0] ?? leaf;
    });
  }

  /** Compares leaves, and binds new placeholders: those that are whole leaves, or also those inside texts. */
  #explainer(inside: boolean): Explain {
    return (recorded, seen) => {
      if (typeof recorded !== "string" || recorded.search(TOKENS) < 0) {
        return plainly(recorded, seen);
      }
      if (!ONE_TOKEN.test(recorded)) {
        return inside ? this.#explainText(recorded, seen) : undefined;
      }
      const fits = recorded.startsWith("⟨#") ? typeof seen === "number" : typeof seen === "string";
      return fits ? this.#bind(recorded, seen as Volatile) : plainly(recorded, seen);
    };
  }

  #explainText(pattern: string, seen: Json | undefined): string | undefined {
    if (typeof seen !== "string") return plainly(pattern, seen);
    const fresh: string[] = [];
    const source = pattern.split(/(⟨[^⟩]*⟩)/).map((part) => {
      if (!part.startsWith("⟨")) return RegExp.escape(part);
      const value = this.#values.get(part);
      if (value !== undefined) return RegExp.escape(String(value));
      fresh.push(part);
      return "(.+?)";
    });
    const match = new RegExp(`^${source.join("")}$`, "s").exec(seen);
    if (!match) return plainly(this.#fillBound(pattern), seen);
    return fresh.map((token, index) => this.#bind(token, match[index + 1]))
      .find((why) => why !== undefined);
  }

  /** The text with the placeholders replaced that are bound. */
  #fillBound(text: string): string {
    return text.replace(TOKENS, (token) => String(this.#values.get(token) ?? token));
  }

  /** Binds both ways; answers why that cannot be. */
  #bind(token: string, value: Volatile): string | undefined {
    const bound = this.#values.get(token);
    if (bound !== undefined) {
      return bound === value
        ? undefined
        : `${token}, which is ${JSON.stringify(bound)} here, vs ${JSON.stringify(value)}`;
    }
    const key = `${token.slice(1, token.indexOf(":"))} ${JSON.stringify(value)}`;
    const other = this.#tokens.get(key);
    if (other !== undefined) {
      return `${token} vs ${JSON.stringify(value)}, which is ${other} already`;
    }
    this.#values.set(token, value);
    this.#tokens.set(key, token);
    return undefined;
  }

  #valueOf(token: string): Volatile {
    const bound = this.#values.get(token);
    if (bound !== undefined) return bound;
    const [, number, type, id] = ONE_TOKEN.exec(token) ?? [];
    const value = number ? madeUpNumber(type, Number(id)) : madeUpText(type, id);
    this.#bind(token, value);
    return value;
  }
}

/** The same for the same placeholder in every replay; grows with its count. */
function madeUpNumber(type: string, count: number): number {
  const base: Readonly<Record<string, number>> = { port: 40_000, time: 1_700_000_000 };
  return (base[type] ?? 0) + count;
}

/** Such as nobody uses, where there is a range for that. */
function madeUpText(type: string, id: string): string {
  const count = Number(id);
  if (!Number.isInteger(count)) return `${type}-${id}`;
  const hex = (digits: number): string => count.toString(16).padStart(digits, "0");
  switch (type) {
    case "uuid":
      return `00000000-0000-4000-8000-${hex(12)}`;
    case "mac":
      return `52:54:00:${hex(6).replace(/(..)(..)(..)/, "$1:$2:$3")}`;
    case "ip":
      return `${count < 255 ? "192.0.2" : "198.51.100"}.${count < 255 ? count : count - 254}`;
    case "path":
      return `/vmtck/path-${count}`;
    case "url":
      return `https://vmtck-${count}.invalid`;
    case "sha256":
      return hex(64);
    case "time":
      return `2000-01-01T00:00:00.${String(count).padStart(3, "0")}Z`;
    default:
      return `${type}-${count}`;
  }
}
