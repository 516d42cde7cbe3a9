/**
 * A Windows machine that runs the suite against Hyper-V and the Host Compute Service.
 *
 * Every script is fixed text: nothing of a user becomes part of one.
 *
 * @module
 */

import type { Command, Step } from "./step.ts";

const powershell = (script: string): Command => [
  "powershell.exe",
  ...["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script],
];

/** A step whose state a script tells by its exit code. */
function step(
  id: string,
  what: string,
  { test, make }: { readonly test: string; readonly make: string },
): Step {
  const [program, ...args] = powershell(`if (${test}) { exit 0 } else { exit 1 }`);
  return {
    id,
    what,
    isDone: async (machine) => (await machine.run(program, args))?.code === 0,
    commands: [powershell(`$ErrorActionPreference = 'Stop'; ${make}`)],
  };
}

/** A feature of Windows; it is there after the next restart. */
function feature(name: string): Step {
  return step(`feature.${name}`, `the feature ${name} is on; restart Windows if it is new`, {
    test: `Get-CimInstance Win32_OptionalFeature -Filter "Name='${name}' and InstallState=1"`,
    make: `Enable-WindowsOptionalFeature -Online -All -NoRestart -FeatureName ${name} | Out-Null`,
  });
}

/** The switch that the suite's machines are connected to on servers, which have no Default Switch. */
const SWITCH = "vmtck";

/** The group of those who may manage Hyper-V, by its identifier: its name is translated. */
const HYPERV_GROUP = "S-1-5-32-578";

/** The account that runner services run as; it is no administrator. */
export const RUNNER_USER = "vmtck-runner";

/** A password that nobody knows: a task or service that is given the account needs none, or a new one. */
const ACCOUNT = step(
  "account",
  `the account "${RUNNER_USER}" is there; nobody knows its password`,
  {
    test: `Get-LocalUser -Name ${RUNNER_USER} -ErrorAction SilentlyContinue`,
    make: "$bytes = New-Object byte[] 32; " +
      "[Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes); " +
      "$text = 'aA1!' + [Convert]::ToBase64String($bytes); " +
      "$password = ConvertTo-SecureString $text -AsPlainText -Force; " +
      `New-LocalUser -Name ${RUNNER_USER} -Password $password -PasswordNeverExpires ` +
      "-AccountNeverExpires -UserMayNotChangePassword | Out-Null",
  },
);

/** For Hyper-V. */
export const HYPERV_STEPS: readonly Step[] = [
  feature("Microsoft-Hyper-V"),
  // Windows itself brings the module along, Windows Server does not.
  feature("Microsoft-Hyper-V-Management-PowerShell"),
  step("switch", "there is a virtual switch", {
    test: "Get-VMSwitch",
    make: `New-VMSwitch -Name ${SWITCH} -SwitchType Internal | Out-Null`,
  }),
  ACCOUNT,
  step("group", `"${RUNNER_USER}" may manage Hyper-V, and is no administrator`, {
    test: `(Get-LocalGroupMember -SID ${HYPERV_GROUP}).SID.Value -contains ` +
      `(Get-LocalUser -Name ${RUNNER_USER}).SID.Value`,
    make: `Add-LocalGroupMember -SID ${HYPERV_GROUP} -Member ${RUNNER_USER}`,
  }),
];

/** For the Host Compute Service, which only administrators may call. */
export const HCS_STEPS: readonly Step[] = [
  feature("Microsoft-Hyper-V"),
  feature("Containers"),
  step("service", "the Host Compute Service runs", {
    test: "(Get-Service vmcompute).Status -eq 'Running'",
    make: "Set-Service vmcompute -StartupType Automatic; Start-Service vmcompute",
  }),
];
