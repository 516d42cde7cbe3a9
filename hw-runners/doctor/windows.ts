/**
 * What a Windows machine needs for Hyper-V and the Host Compute Service.
 *
 * @module
 */

import type { Machine } from "../machine.ts";
import { type Probe, systemProbe } from "./probe.ts";

const AS_ADMINISTRATOR = "in a shell of an administrator";
const provision = (driver: "hyperv" | "hcs"): string =>
  `deno task provision --for ${driver}, ${AS_ADMINISTRATOR}`;
const POWERSHELL = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"] as const;

/** Asks PowerShell something; every script here is fixed text. */
function asks(script: string, facts: Omit<Probe, "look">): Probe {
  return {
    ...facts,
    async look(machine: Machine) {
      const ran = await machine.run("powershell.exe", [...POWERSHELL, script]);
      if (ran === undefined) return { ok: false, found: "no powershell.exe" };
      return { ok: ran.code === 0 && ran.out !== "", found: ran.out || `exit code ${ran.code}` };
    },
  };
}

const feature = (driver: "hyperv" | "hcs", name: string, what: string): Probe =>
  asks(
    `$f = Get-CimInstance Win32_OptionalFeature -Filter "Name='${name}' and InstallState=1"; $f.Name`,
    { id: `feature.${name}`, what, mend: provision(driver) },
  );

const service = (name: string, what: string): Probe =>
  asks(
    `$s = Get-Service -Name ${name} -ErrorAction SilentlyContinue; if ($s.Status -eq 'Running') { $s.Name }`,
    { id: `service.${name}`, what, mend: `Start-Service ${name}, ${AS_ADMINISTRATOR}` },
  );

/** Well-known identifiers of groups: their names differ from language to language. */
const GROUPS = { administrators: "S-1-5-32-544", hyperV: "S-1-5-32-578" };

/** For Hyper-V. */
export const HYPERV_PROBES: readonly Probe[] = [
  systemProbe("windows", "Windows 10, 11 or Server, 64 bit"),
  feature("hyperv", "Microsoft-Hyper-V", "the feature Hyper-V"),
  asks("(Get-Module -ListAvailable -Name Hyper-V | Select-Object -First 1).Version.ToString()", {
    id: "module.Hyper-V",
    what: "the PowerShell module Hyper-V",
    mend: provision("hyperv"),
  }),
  service("vmms", "the service of virtual machines"),
  asks(
    "$g = [Security.Principal.WindowsIdentity]::GetCurrent().Groups.Value; " +
      `if ($g -contains '${GROUPS.hyperV}' -or $g -contains '${GROUPS.administrators}') { 'yes' }`,
    {
      id: "group",
      what: "this user may manage Hyper-V",
      mend: `Add-LocalGroupMember -SID ${GROUPS.hyperV} -Member $env:USERDOMAIN\\$env:USERNAME, ` +
        `${AS_ADMINISTRATOR}, and log in anew`,
    },
  ),
  asks("(Get-VMSwitch | Select-Object -First 1).Name", {
    id: "switch",
    what: "a virtual switch",
    mend: provision("hyperv"),
  }),
];

/** For the Host Compute Service. */
export const HCS_PROBES: readonly Probe[] = [
  systemProbe("windows", "Windows 10 1809 or later, 64 bit"),
  feature("hcs", "Microsoft-Hyper-V", "the feature Hyper-V"),
  feature("hcs", "Containers", "the feature Containers"),
  service("vmcompute", "the Host Compute Service"),
  asks(
    "if (Test-Path (Join-Path ([Environment]::SystemDirectory) 'computecore.dll')) { 'computecore.dll' }",
    { id: "library", what: "the service's library", mend: "update Windows to 1809 or later" },
  ),
  asks(
    "$g = [Security.Principal.WindowsIdentity]::GetCurrent().Groups.Value; " +
      `if ($g -contains '${GROUPS.administrators}') { 'yes' }`,
    { id: "group", what: "this user is an administrator", mend: "use a shell of an administrator" },
  ),
];
