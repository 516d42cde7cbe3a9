/**
 * The user's settings of this adapter.
 *
 * @module
 */

import { matches, oneOf, readSettingsOf, type SettingRule } from "../backend/setting_rules.ts";

export type { SettingRule } from "../backend/setting_rules.ts";

/** The settings, checked, with their defaults. */
export interface Settings {
  /** The generation of new machines: 1 starts by BIOS, 2 by UEFI. */
  readonly generation: 1 | 2;
  /** `differencing` disks refer to the image's copy; `full` ones are copies of it. */
  readonly copy: "differencing" | "full";
  /** The switch that machines are connected to, by its identifier: its name is localized. */
  readonly switchId: string;
  /** The program that runs cmdlets; Windows PowerShell 5.1 if empty. */
  readonly powershell: string;
  /** Who logs in to guests. */
  readonly sshUser: string;
  /** The private key for that; OpenSSH's own choice if empty. */
  readonly sshKey: string;
  /** A disk with the test guest, for the suite. */
  readonly guest: string;
  /** A disk that nothing boots from, for the suite. */
  readonly blank: string;
}

/** The switch that every client of Windows has, in every language. */
export const DEFAULT_SWITCH = "c08cb7b8-9b3c-408e-8e30-5e16a3aeb444";

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
// deno-lint-ignore no-control-regex
const PATH = /^(?:[A-Za-z]:[\\/]|\\\\|\/)[^\x00-\x1f"<>|?*]*$/;

const path = (value: string): boolean => value === "" || PATH.test(value);

/** The names that users write. */
export type SettingName =
  | "generation"
  | "copy"
  | "switch"
  | "powershell"
  | "ssh-user"
  | "ssh-key"
  | "guest"
  | "blank";

/** Every setting by its name. */
export const SETTINGS: Readonly<Record<SettingName, SettingRule>> = {
  "generation": {
    fallback: "1",
    accepts: oneOf("1", "2"),
    description: 'the generation of new machines: "1" (BIOS) or "2" (UEFI, without Secure Boot)',
  },
  "copy": {
    fallback: "differencing",
    accepts: oneOf("differencing", "full"),
    description: 'how disks are made from images: "differencing" or "full"',
  },
  "switch": {
    fallback: DEFAULT_SWITCH,
    accepts: matches(GUID),
    description: "the identifier of the switch for machines, as in (Get-VMSwitch).Id",
  },
  "powershell": {
    fallback: "",
    accepts: path,
    description: "the PowerShell to use, an absolute path; Windows PowerShell 5.1 by default",
  },
  "ssh-user": {
    fallback: "root",
    accepts: matches(/^[A-Za-z_][A-Za-z0-9._-]{0,31}$/),
    description: "who logs in to guests: a user name",
  },
  "ssh-key": {
    fallback: "",
    accepts: path,
    description: "the private key for that: an absolute path",
  },
  "guest": {
    fallback: "",
    accepts: path,
    description: "a disk with the test guest, for the suite: the absolute path of a .vhdx file",
  },
  "blank": {
    fallback: "",
    accepts: path,
    description: "an empty disk, for the suite: the absolute path of a .vhdx file",
  },
};

/**
 * Checks settings and fills in defaults.
 *
 * @throws {DriverError} `invalid-argument`
 */
export function readSettings(given: Readonly<Record<string, string>>): Settings {
  const get = readSettingsOf("hyperv", SETTINGS, given);
  return {
    generation: get("generation") === "2" ? 2 : 1,
    copy: get("copy") === "full" ? "full" : "differencing",
    switchId: get("switch").toLowerCase(),
    powershell: get("powershell"),
    sshUser: get("ssh-user"),
    sshKey: get("ssh-key"),
    guest: get("guest"),
    blank: get("blank"),
  };
}
