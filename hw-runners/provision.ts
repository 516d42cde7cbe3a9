/**
 * Makes this machine a runner of live suites. What is so already is left alone, so it can be run again
 * at any time.
 *
 *     deno task provision --for libvirt|kubevirt|hyperv|hcs [--dry-run]
 *
 * Needs an administrator. Ends with 0 if all is so, 2 for wrong use, 3 if a step failed.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  assertNoWords,
  type Option,
  optionLines,
  readArguments,
} from "../conformance/commands/arguments.ts";
import { runProgram } from "../conformance/commands/program.ts";
import { unknownName, UsageError } from "../conformance/commands/usage.ts";
import { thisMachine } from "./machine.ts";
import { kubevirtSteps, libvirtSteps } from "./provision/linux.ts";
import { provisioned, type Step } from "./provision/step.ts";
import { HCS_STEPS, HYPERV_STEPS } from "./provision/windows.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Versions that were current when this was written; none of them was tried by us. */
const KUBEVIRT = { kubevirt: "v1.8.0", cdi: "v1.65.0" };

const PURPOSES: Readonly<Record<string, readonly Step[]>> = {
  libvirt: libvirtSteps(ROOT),
  kubevirt: kubevirtSteps(KUBEVIRT),
  hyperv: HYPERV_STEPS,
  hcs: HCS_STEPS,
};

const OPTIONS: readonly Option[] = [
  { name: "for", value: "DRIVER", help: Object.keys(PURPOSES).join(", ") },
  { name: "dry-run", help: "say what would be done" },
];

const USAGE =
  `Makes this machine a runner of live suites; needs an administrator. What is so already is left
alone, so it can be run again at any time.

  deno task provision --for libvirt [--dry-run]

${optionLines(OPTIONS)}
Ends with 0 all is so, 2 wrong use, 3 a step failed.`;

async function main(args: readonly string[]): Promise<number> {
  const given = readArguments(args, OPTIONS);
  assertNoWords(given);
  const purpose = given.one("for");
  const names = Object.keys(PURPOSES);
  if (purpose === undefined) throw new UsageError(`Name a purpose: --for ${names.join("|")}`);
  const steps = Object.hasOwn(PURPOSES, purpose) ? PURPOSES[purpose] : undefined;
  if (!steps) throw unknownName("purpose", purpose, names);
  let failed = false;
  const machine = thisMachine();
  for await (const done of provisioned(steps, machine, { dryRun: given.has("dry-run") })) {
    const { id, what, outcome, reason } = done;
    console.log(`${outcome.padEnd(8)} ${id}: ${what}${reason === undefined ? "" : ` (${reason})`}`);
    failed ||= outcome === "failed";
  }
  return failed ? 3 : 0;
}

if (import.meta.main) await runProgram(() => USAGE, main);
