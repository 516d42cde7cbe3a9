/**
 * The user's settings of this adapter: there are none.
 *
 * @module
 */

import { readSettingsOf, type SettingRule } from "../backend/setting_rules.ts";

export type { SettingRule } from "../backend/setting_rules.ts";

/** Every setting by the name that users write. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {};

/** Refuses every setting. @throws {DriverError} `invalid-argument` */
export function assertSettings(given: Readonly<Record<string, string>>): void {
  readSettingsOf("memory", SETTINGS, given);
}
