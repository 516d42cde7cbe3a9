/**
 * Settings that users write as texts, checked by rules, the same way in every adapter.
 *
 * @module
 */

import { DriverError } from "../contract/mod.ts";

/** A setting: its default, what is accepted, and a line for people. */
export interface SettingRule {
  /** The value if the user gives none. */
  readonly fallback: string;
  /** Whether a value is accepted. */
  accepts(value: string): boolean;
  /** Why another one is not accepted, where that says more than the line for people. */
  complaint?(value: string): string | undefined;
  /** What it is for and what is accepted. */
  readonly description: string;
}

/** Accepts these words alone. */
export const oneOf = (...words: readonly string[]) => (value: string): boolean =>
  words.includes(value);

/** Accepts what fits a pattern. */
export const matches = (pattern: RegExp) => (value: string): boolean => pattern.test(value);

/**
 * Checks settings by their rules, and answers how one is read: as it was given, or its default.
 *
 * @throws {DriverError} `invalid-argument` for a setting without a rule, and a value that is not accepted
 */
export function readSettingsOf<N extends string>(
  driver: string,
  rules: Readonly<Record<N, SettingRule>>,
  given: Readonly<Record<string, string>>,
): (name: N) => string {
  const known: Readonly<Record<string, SettingRule>> = rules;
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!rule) {
      const names = Object.keys(known).join(", ") || "none";
      refuse(driver, `Unknown setting "${name}": there are ${names}`);
    }
    if (rule.accepts(value)) continue;
    const plain = `Cannot use ${JSON.stringify(value)} as "${name}": ${rule.description}`;
    refuse(driver, rule.complaint?.(value) ?? plain);
  }
  return (name) => given[name] ?? rules[name].fallback;
}

function refuse(driver: string, message: string): never {
  const about = { operation: "driver.open", subject: `driver:${driver}` } as const;
  throw new DriverError({ ...about, code: "invalid-argument", message });
}
