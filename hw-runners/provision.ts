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

import { parseArgs } from "@std/cli/parse-args";
import { thisMachine } from "./machine.ts";
import { kubevirtSteps, libvirtSteps } from "./provision/linux.ts";
import { provisioned, type Step } from "./provision/step.ts";
import { HCS_STEPS, HYPERV_STEPS } from "./provision/windows.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

/** Versions that were current when this was written; none of them was tried by us. */
const KUBEVIRT = { kubevirt: "v1.8.0", cdi: "v1.65.0" };

const PURPOSES: Readonly<Record<string, readonly Step[]>> = {
  libvirt: libvirtSteps(ROOT),
  kubevirt: kubevirtSteps(KUBEVIRT),
  hyperv: HYPERV_STEPS,
  hcs: HCS_STEPS,
};

class Misuse extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArgs([...args], {
    string: ["for"],
    boolean: ["dry-run"],
    unknown(arg) {
      throw new Misuse(`Unknown argument "${arg}"`);
    },
  });
  const steps = Object.hasOwn(PURPOSES, parsed.for ?? "") ? PURPOSES[parsed.for ?? ""] : undefined;
  if (!steps) throw new Misuse(`Name a purpose: --for ${Object.keys(PURPOSES).join("|")}`);
  let failed = false;
  const machine = thisMachine();
  for await (const done of provisioned(steps, machine, { dryRun: parsed["dry-run"] })) {
    const { id, what, outcome, reason } = done;
    console.log(`${outcome.padEnd(8)} ${id}: ${what}${reason === undefined ? "" : ` (${reason})`}`);
    failed ||= outcome === "failed";
  }
  return failed ? 3 : 0;
}

if (import.meta.main) {
  const code = await main(Deno.args).catch((error) => {
    if (!(error instanceof Misuse)) throw error;
    console.error(error.message);
    return 2;
  });
  Deno.exit(code);
}
