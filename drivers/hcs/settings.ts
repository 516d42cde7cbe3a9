/**
 * The user's settings of this adapter.
 *
 * @module
 */

import { DriverError } from "../contract/mod.ts";

/** One setting. */
export interface SettingRule {
  /** What it is for, and what it may be. */
  readonly description: string;
  /** Whether a value is accepted. */
  accepts(value: string): boolean;
}

/** The settings by name. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {
  "library": {
    description:
      "the absolute path of the folder of computecore.dll and computenetwork.dll; System32 by default",
    // A name alone is looked for beside the program first.
    accepts: (value) => /^(?:[A-Za-z]:[\\/]|\\\\|\/)[^\0]*$/.test(value),
  },
};

/** Checks settings. @throws {DriverError} `invalid-argument` */
export function readSettings(
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (!rule) refuse(`Unknown setting "${name}": there are ${Object.keys(SETTINGS).join(", ")}`);
    if (!rule.accepts(value)) {
      refuse(`Cannot use ${JSON.stringify(value)} as "${name}": ${rule.description}`);
    }
  }
  return given;
}

function refuse(message: string): never {
  throw new DriverError({
    code: "invalid-argument",
    operation: "utilityVms.open",
    subject: "driver:hcs",
    message,
  });
}
