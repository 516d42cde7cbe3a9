/**
 * Keeping secrets out of what is told of an attempt: a driver that shows one fails for it, and the report
 * of that does not show it again.
 *
 * @module
 */

import { disguisesOf } from "../../drivers/contract/mod.ts";

/** What stands for a secret. */
const HIDDEN = "(hidden)";
/** Shorter texts would blank out words by chance. */
const SHORTEST = 8;
/** A line of a longer text is looked for by itself from that length on. */
const SHORTEST_LINE = 16;
/** The fields of credentials that hold what nobody may see. */
const TELLING = /token|key|password|secret|cert|data/i;

/** The secrets that an attempt gave out. */
export class Discretion {
  readonly #secrets = new Set<string>();
  #forms: readonly string[] | undefined;

  /** From now on this is a secret, and so is each of its long lines and of its fields that hold one. */
  add(secret: string): void {
    const size = this.#secrets.size;
    for (const part of partsOf(secret)) this.#secrets.add(part);
    if (this.#secrets.size > size) this.#forms = undefined;
  }

  /** The same value, without secrets in any encoding. */
  hidden<T>(value: T): T {
    return this.#secrets.size === 0 ? value : this.#without(value) as T;
  }

  #without(value: unknown): unknown {
    if (typeof value === "string") return this.#text(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#without(item));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#text(key), this.#without(item)]),
    );
  }

  #text(text: string): string {
    if (text.length < SHORTEST) return text;
    // The longest first: what is in it would leave the rest.
    this.#forms ??= [...new Set([...this.#secrets].flatMap(disguisesOf))]
      .sort((a, b) => b.length - a.length);
    return this.#forms.reduce((clean, form) => clean.replaceAll(form, HIDDEN), text);
  }
}

/** What of a secret is one by itself. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  return [secret, ...lines, ...fieldsOf(parsed(secret))].filter((it) => it.length >= SHORTEST);
}

function fieldsOf(value: unknown, isTelling = false): string[] {
  if (typeof value === "string") {
    if (!isTelling) return [];
    const decoded = fromBase64(value);
    return [value, ...(decoded === undefined ? [] : partsOf(decoded))];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => fieldsOf(item, TELLING.test(key)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text in a text in base64; undefined if there is none. */
export function fromBase64(text: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(text));
  } catch {
    return undefined;
  }
}
