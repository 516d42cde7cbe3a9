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
}

/** The settings by name. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {
  "library": {
    description: "the folder of computecore.dll and computenetwork.dll; System32 by default",
  },
};

/** Checks settings. @throws {DriverError} `invalid-argument` */
export function readSettings(
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(SETTINGS, name)) continue;
    throw new DriverError({
      code: "invalid-argument",
      operation: "utilityVms.open",
      subject: "driver:hcs",
      message: `Unknown setting "${name}": there are ${Object.keys(SETTINGS).join(", ")}`,
    });
  }
  return given;
}
