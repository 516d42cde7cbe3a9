/**
 * Proves that the suite bites: every mutant must be killed by a check of the clause that it breaks,
 * and every driver that only uses its freedom must pass.
 *
 * `deno task mutants [id…] [--report FILE]` prints the kill matrix, and writes how many are as they
 * should be as JSON; it fails on a survivor, on a kill by the wrong
 * clause only, and on a free driver that fails.
 *
 * @module
 */

import { dirname } from "node:path";
import { CASES } from "../cases/mod.ts";
import type { ContractName } from "../../drivers/contract/mod.ts";
import type { DriverModule } from "../../drivers/backend/module.ts";
import { loadDriver } from "../../drivers/registry.ts";
import { openSubject } from "../compose/mod.ts";
import { pluginOverMemory } from "../compose/nomad_module.ts";
import { simulationOf } from "../simulations/mod.ts";
import { run } from "../engine/engine.ts";
import { type Option, optionLines, readArguments } from "../commands/arguments.ts";
import { runProgram, userPath } from "../commands/program.ts";
import { unknownName, UsageError } from "../commands/usage.ts";
import { offered } from "../commands/selection.ts";
import { type AnyFreedom, FREEDOMS } from "./freedoms.ts";
import { type Kill, kill, mutated, renderMatrix } from "./kill_matrix.ts";
import { MUTANTS, PLUGIN } from "./mod.ts";
import { type PlantedMutant, withDefect } from "./mutant.ts";
import { PLUGIN_FREEDOMS } from "./machine_plugin/freedoms.ts";
import { TASK_FREEDOMS } from "./task_driver/freedoms.ts";

/** The driver that keeps a contract where the one in memory does not serve it. */
const REFERENCES: Readonly<Partial<Record<ContractName, string>>> = {
  "machine-plugin": "kubevirt",
};

/** The cases that a free driver failed. */
async function failedBy(freedom: AnyFreedom): Promise<string[]> {
  const { contract = "driver" } = freedom;
  await using subject = await openSubject(await moduleOf(REFERENCES[contract] ?? "memory"));
  const failed: string[] = [];
  const options = { seed: "freedoms", startedAt: "1970-01-01T00:00:00.000Z", bystander: true };
  for await (
    const event of run(
      offered({ contracts: [contract] }, CASES),
      mutated(subject, freedom),
      options,
    )
  ) {
    if (event.type !== "case-end") continue;
    if (event.status === "fail" || event.status === "harness-error") failed.push(event.case);
  }
  return failed;
}

/** The module that answers for a driver: its simulation, or its own if that is all in memory. */
async function moduleOf(driver: string): Promise<DriverModule> {
  if (driver === PLUGIN) return await pluginOverMemory();
  const module = await simulationOf(driver) ?? await loadDriver(driver);
  if (module) return module;
  throw new UsageError(`There is no driver "${driver}" to plant a mutant in`);
}

/** What the cases of its contract make of a mutant. */
async function killIn(mutant: PlantedMutant): Promise<Kill> {
  const module = withDefect(await moduleOf(mutant.driver), mutant);
  const isPlugin = mutant.driver === PLUGIN;
  await using subject = await openSubject(module, isPlugin ? { mode: "live" } : {});
  return await kill(mutant, CASES, subject);
}

/** Prints the matrix and the freedoms, and answers how many are not as they should be. */
async function prove(ids: readonly string[]): Promise<{ passed: number; failed: number }> {
  const free: readonly AnyFreedom[] = [...FREEDOMS, ...TASK_FREEDOMS, ...PLUGIN_FREEDOMS];
  const known = [...MUTANTS, ...free];
  const unknown = ids.find((id) => !known.some((each) => each.id === id));
  if (unknown !== undefined) {
    const pages = "see conformance/mutants and the pages of the contracts";
    throw unknownName("mutant", unknown, known.map(({ id }) => id), pages);
  }
  const chosen = <T extends { id: string }>(all: readonly T[]): T[] =>
    all.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const kills: Kill[] = [];
  for (const mutant of chosen(MUTANTS)) kills.push(await killIn(mutant));
  console.log(renderMatrix(kills));
  const killed = kills.filter(({ outcome }) => outcome === "killed").length;
  let passing = 0;
  const freedoms = chosen(free);
  for (const freedom of freedoms) {
    const failed = await failedBy(freedom);
    if (failed.length === 0) passing++;
    console.log(`freedom ${freedom.id}: ${failed.length === 0 ? "passes" : failed.join(", ")}`);
  }
  for (const { mutant, outcome, others } of kills) {
    if (outcome === "killed") continue;
    const by = others.length > 0 ? `, but ${others.slice(0, 5).join(", ")} failed` : "";
    console.log(`${outcome}: ${mutant.id} breaks ${mutant.breaks}, and no check of it failed${by}`);
  }
  console.log(
    `${killed}/${kills.length} mutants killed by their clause, ` +
      `${passing}/${freedoms.length} free drivers passed`,
  );
  const passed = killed + passing;
  return { passed, failed: kills.length + freedoms.length - passed };
}

const OPTIONS: readonly Option[] = [
  { name: "report", value: "FILE", help: "how many are as they should be, as JSON" },
];

const USAGE =
  `Proves that the suite bites: each deliberate defect must turn its clause red, and each driver
that only uses its freedom must pass. Prints which check killed which mutant.

  deno task mutants [ID…] [--report FILE]

${optionLines(OPTIONS)}
Ends with 0 all are as they should be, 1 some are not, 2 wrong use.`;

async function main(args: readonly string[]): Promise<number> {
  const given = readArguments(args, OPTIONS);
  const counts = await prove(given.words);
  const report = given.one("report");
  if (report !== undefined) {
    const path = userPath(report);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, `${JSON.stringify(counts)}\n`);
  }
  return counts.failed === 0 ? 0 : 1;
}

if (import.meta.main) await runProgram(() => USAGE, main);
