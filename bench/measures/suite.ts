/**
 * The suite itself: how fast it goes through its cases, and how long it takes to begin.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { CASES } from "../../conformance/cases/mod.ts";
import { openSubject } from "../../conformance/compose/mod.ts";
import { run } from "../../conformance/engine/engine.ts";
import { loadModule } from "../../conformance/compose/load_module.ts";
import type { CommonContext } from "../../conformance/case.ts";
import type { ContractName } from "../../drivers/contract/mod.ts";
import type { Measure, Stopwatch } from "../measure.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Whether there are recordings of a driver. */
async function isRecorded(driver: string): Promise<boolean> {
  try {
    return (await Array.fromAsync(Deno.readDir(`${ROOT}fixtures/${driver}`))).length > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The measure. */
export const SUITE: Measure = {
  id: "suite",
  title: "The suite itself: cases per second, and its start",
  // The host's virtual time must not pass meanwhile.
  run: (bench) => bench.clock.hold(suite(bench, "driver")),
};

/** Goes through all cases of a contract, and starts the suite. */
export async function suite(
  bench: Stopwatch & Pick<CommonContext, "clock">,
  about: ContractName,
): Promise<void> {
  const { driver } = bench.subject;
  const module = await loadModule(driver);
  const mode = await isRecorded(module.name) ? "replayed" : "simulated";
  const cases = CASES.filter(({ contract }) => contract === about);
  for (let round = -1; round < (bench.quick ? 1 : 5); round++) {
    await using subject = await openSubject(module, { mode, fixtures: `${ROOT}fixtures` });
    const began = performance.now();
    let done = 0;
    for await (const event of run(cases, subject, { seed: "bench", startedAt: "" })) {
      if (event.type === "case-end" && event.evidence) done++;
    }
    const seconds = (performance.now() - began) / 1000;
    bench.sample(mode, done / seconds, { unit: "cases/s", warmUp: round < 0 });
  }
  const args = ["run", "-A", "--no-prompt", "conformance/cli.ts", "--list"];
  for (let round = -1; round < (bench.quick ? 3 : 10); round++) {
    await bench.timed("start, until its cases are listed", async () => {
      const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT });
      if (!(await command.output()).success) throw new Error("The suite cannot list its cases");
    }, { warmUp: round < 0, watch: "wall" });
  }
}
