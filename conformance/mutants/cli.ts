/**
 * Proves that the suite bites: every mutant must be killed by a check of the clause that it breaks,
 * and every driver that only uses its freedom must pass.
 *
 * `deno task mutants [id…]` prints the kill matrix; it fails on a survivor, on a kill by the wrong
 * clause only, and on a free driver that fails.
 *
 * @module
 */

import { CASES } from "../cases/mod.ts";
import { composer } from "../compose.ts";
import { run } from "../engine.ts";
import type { Subject } from "../subject.ts";
import { type Freedom, FREEDOMS } from "./freedoms.ts";
import { kill, mutated, renderMatrix } from "./kill_matrix.ts";
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

/** Prints the matrix and the freedoms, and answers how many are not as they should be. */
async function prove(ids: readonly string[]): Promise<{ passed: number; failed: number }> {
  const unknown = ids.filter((id) => ![...MUTANTS, ...FREEDOMS].some((each) => each.id === id));
  if (unknown.length > 0) throw new RangeError(`There is no mutant "${unknown.join('", "')}"`);
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

if (import.meta.main) {
  const { failed } = await prove(Deno.args);
  Deno.exit(failed === 0 ? 0 : 1);
}
