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

/** The settings by name. All of them are about where things are on the host that a live run is on. */
export const SETTINGS: Readonly<Record<string, SettingRule>> = {
  "library": {
    description: "the folder of computecore.dll and computenetwork.dll; System32 by default",
  },
  "layers": {
    description: "the read-only layers of a Windows guest for the suite, top-most first, with ;",
  },
  "boot-files": {
    description: "the folder with kernel, initrd.img and rootfs.vhd of a Linux guest for the suite",
  },
  "scratch": { description: "a folder that the suite may make disks and folders in" },
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
