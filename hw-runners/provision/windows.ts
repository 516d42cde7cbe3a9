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

/** The virtual account of runner services; it is no administrator. */
export const RUNNER_ACCOUNT = "NT SERVICE\\vmtck-runner";

/** For Hyper-V. */
export const HYPERV_STEPS: readonly Step[] = [
  feature("Microsoft-Hyper-V"),
  step("switch", "there is a virtual switch", {
    test: "Get-VMSwitch",
    make: `New-VMSwitch -Name ${SWITCH} -SwitchType Internal | Out-Null`,
  }),
  step("group", `${RUNNER_ACCOUNT} may manage Hyper-V, and is no administrator`, {
    test: `(Get-LocalGroupMember -SID ${HYPERV_GROUP}).Name -contains '${RUNNER_ACCOUNT}'`,
    make: `Add-LocalGroupMember -SID ${HYPERV_GROUP} -Member '${RUNNER_ACCOUNT}'`,
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
