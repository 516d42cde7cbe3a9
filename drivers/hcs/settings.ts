/**
 * The user's settings of this adapter.
 *
 * @module
 */

import { matches, readSettingsOf, type SettingRule } from "../backend/setting_rules.ts";

export type { SettingRule } from "../backend/setting_rules.ts";

/** The settings, checked, with their defaults. */
export interface Settings {
  /** The folder of the libraries; System32 if empty. */
  readonly library: string;
}

/** The settings by name. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {
  "library": {
    fallback: "",
    // A name alone is looked for beside the program first.
    accepts: matches(/^(?:[A-Za-z]:[\\/]|\\\\|\/)[^\0]*$/),
    description:
      "the absolute path of the folder of computecore.dll and computenetwork.dll; System32 by default",
  },
};

/** Checks settings and fills in defaults. @throws {DriverError} `invalid-argument` */
export function readSettings(given: Readonly<Record<string, string>>): Settings {
  return { library: readSettingsOf("hcs", SETTINGS, given)("library") };
}
