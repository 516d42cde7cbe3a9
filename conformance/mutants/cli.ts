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

import { parseArgs } from "@std/cli/parse-args";
import { dirname, resolve } from "node:path";
import { CASES } from "../cases/mod.ts";
import { composer, openSubject } from "../compose.ts";
import { simulationOf } from "../simulated.ts";
import { run } from "../engine.ts";
import type { Subject } from "../subject.ts";
import { UsageError } from "../usage.ts";
import { type Freedom, FREEDOMS } from "./freedoms.ts";
import { HYPERV_MUTANTS, type HypervMutant, planted, SHARED_DEFECTS } from "./hyperv.ts";
import { type Kill, kill, mutated, renderMatrix } from "./kill_matrix.ts";
import { MUTANTS } from "./mod.ts";

/** The cases that a free driver failed. */
async function failedBy(freedom: Freedom, subject: Subject): Promise<string[]> {
  const failed: string[] = [];
  const options = { seed: "freedoms", startedAt: "1970-01-01T00:00:00.000Z", bystander: true };
  for await (const event of run(CASES, mutated(subject, freedom), options)) {
    if (event.type !== "case-end") continue;
    if (event.status === "fail" || event.status === "harness-error") failed.push(event.case);
  }
  return failed;
}

/** The defects of the Hyper-V driver, over its simulated host. */
const HYPERV_DEFECTS: readonly HypervMutant[] = [
  ...HYPERV_MUTANTS,
  ...MUTANTS.filter(({ id }) => SHARED_DEFECTS.includes(id))
    .map((mutant) => ({ ...mutant, id: `hyperv-${mutant.id}` })),
];

async function killHyperv(mutants: readonly HypervMutant[]): Promise<Kill[]> {
  const kills: Kill[] = [];
  if (mutants.length === 0) return kills;
  const module = await simulationOf("hyperv");
  if (!module) throw new UsageError("There is no simulated Hyper-V host");
  for (const mutant of mutants) {
    await using subject = await openSubject(planted(module, mutant));
    kills.push(await kill(mutant, CASES, subject));
  }
  return kills;
}

/** Prints the matrix and the freedoms, and answers how many are not as they should be. */
async function prove(ids: readonly string[]): Promise<{ passed: number; failed: number }> {
  const known = [...MUTANTS, ...HYPERV_DEFECTS, ...FREEDOMS];
  const unknown = ids.filter((id) => !known.some((each) => each.id === id));
  if (unknown.length > 0) throw new UsageError(`There is no mutant "${unknown.join('", "')}"`);
  const chosen = <T extends { id: string }>(all: readonly T[]): T[] =>
    all.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const subject = await composer.subject({
    driver: "memory",
    live: false,
    settings: {},
    fixtures: "",
    startedAt: "1970-01-01T00:00:00.000Z",
  });
  const kills = [];
  for (const mutant of chosen(MUTANTS)) kills.push(await kill(mutant, CASES, subject));
  kills.push(...await killHyperv(chosen(HYPERV_DEFECTS)));
  console.log(renderMatrix(kills));
  const killed = kills.filter(({ outcome }) => outcome === "killed").length;
  let free = 0;
  const freedoms = chosen(FREEDOMS);
  for (const freedom of freedoms) {
    const failed = await failedBy(freedom, subject);
    if (failed.length === 0) free++;
    console.log(`freedom ${freedom.id}: ${failed.length === 0 ? "passes" : failed.join(", ")}`);
  }
  for (const { mutant, outcome, others } of kills) {
    if (outcome === "killed") continue;
    const by = others.length > 0 ? `, but ${others.slice(0, 5).join(", ")} failed` : "";
    console.log(`${outcome}: ${mutant.id} breaks ${mutant.breaks}, and no check of it failed${by}`);
  }
  console.log(
    `${killed}/${kills.length} mutants killed by their clause, ` +
      `${free}/${freedoms.length} free drivers passed`,
  );
  const passed = killed + free;
  return { passed, failed: kills.length + freedoms.length - passed };
}

async function main(): Promise<number> {
  const { report, _: ids } = parseArgs(Deno.args, {
    string: ["report", "_"],
    unknown: (arg: string) => {
      if (arg.startsWith("-")) throw new UsageError(`Unknown option "${arg}"`);
      return true;
    },
  });
  if (report === "") throw new UsageError("Expected a file after --report");
  const counts = await prove(ids.map(String));
  if (report !== undefined) {
    const path = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), report);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, `${JSON.stringify(counts)}\n`);
  }
  return counts.failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  const code = await main().catch((error) => {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  });
  Deno.exit(code);
}
