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
import { type Machine, thisMachine } from "./machine.ts";
import { kubevirtSteps, libvirtSteps } from "./provision/linux.ts";
import { provisioned, type Step } from "./provision/step.ts";
import { HCS_STEPS, HYPERV_STEPS } from "./provision/windows.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Versions that were current when this was written; none of them was tried by us. */
const KUBEVIRT = { kubevirt: "v1.8.0", cdi: "v1.65.0" };

/** What machines can be made for, on which system, and by which steps. */
interface Purpose {
  readonly os: Machine["os"];
  readonly steps: readonly Step[];
}

const PURPOSES: Readonly<Record<string, Purpose>> = {
  libvirt: { os: "linux", steps: libvirtSteps(ROOT) },
  kubevirt: { os: "linux", steps: kubevirtSteps(KUBEVIRT) },
  hyperv: { os: "windows", steps: HYPERV_STEPS },
  hcs: { os: "windows", steps: HCS_STEPS },
};

/** The steps for a purpose. @throws {UsageError} if there is no such purpose, or not on this system */
export function stepsFor(
  purpose: string,
  { os, dryRun }: { readonly os: Machine["os"]; readonly dryRun: boolean },
): readonly Step[] {
  const found = Object.hasOwn(PURPOSES, purpose) ? PURPOSES[purpose] : undefined;
  if (!found) throw unknownName("purpose", purpose, Object.keys(PURPOSES));
  if (found.os === os || dryRun) return found.steps;
  throw new UsageError(
    `Cannot make this machine a runner for "${purpose}" as its system has to be "${found.os}": ` +
      `it is "${os}"; "--dry-run" says what would be done`,
  );
}

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
  if (purpose === undefined) {
    throw new UsageError(`Name a purpose: --for ${Object.keys(PURPOSES).join("|")}`);
  }
  let failed = false;
  const machine = thisMachine();
  const dryRun = given.has("dry-run");
  const steps = stepsFor(purpose, { os: machine.os, dryRun });
  for await (const done of provisioned(steps, machine, { dryRun })) {
    const { id, what, outcome, reason } = done;
    console.log(`${outcome.padEnd(8)} ${id}: ${what}${reason === undefined ? "" : ` (${reason})`}`);
    failed ||= outcome === "failed";
  }
  return failed ? 3 : 0;
}

if (import.meta.main) await runProgram(() => USAGE, main);
