/**
 * Which mutants the cases kill, and by which checks.
 *
 * @module
 */

import type { Claims, ContractName, World } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import { run } from "../engine/engine.ts";
import type { CheckEvent } from "../engine/events.ts";
import type { Subject } from "../engine/subject.ts";
import { withMembers } from "../engine/tracker.ts";
import type { PlantedMutant } from "./mutant.ts";

/** What became of a mutant. */
export interface Kill {
  /** The mutant. */
  readonly mutant: PlantedMutant;
  /**
   * `killed` by a check of the clause that it breaks; `elsewhere` if only checks of other clauses
   * failed; `survived` if none did.
   */
  readonly outcome: "killed" | "elsewhere" | "survived";
  /** The checks of its clause that failed, as `case/check`. */
  readonly by: readonly string[];
  /** The other checks that failed, with their clause. */
  readonly others: readonly string[];
}

/** A subject whose worlds are changed; `claims` changes what it claims, too. */
export function mutated(
  subject: Subject,
  { mutate, claims = (told) => told }: {
    mutate?(world: never): World<ContractName>;
    readonly claims?: (claims: Claims) => Claims;
  },
): Subject {
  return withMembers(subject, {
    claims: async () => claims(await subject.claims()),
    open: async (use) => {
      const stage = await subject.open(use);
      return mutate ? withMembers(stage, { world: mutate(stage.world as never) }) : stage;
    },
  });
}

/**
 * The checks that failed, or warned of what only should be, because of what they saw; one that was not
 * reached proves nothing.
 */
async function failures(cases: readonly AnyCase[], subject: Subject): Promise<CheckEvent[]> {
  const failed: CheckEvent[] = [];
  const options = { seed: "mutants", startedAt: "1970-01-01T00:00:00.000Z", bystander: true };
  for await (const event of run(cases, subject, options)) {
    const fails = event.type === "check" && event.status !== "pass" && !event.notReached;
    if (fails) failed.push(event);
  }
  return failed;
}

/** The clauses that the engine itself checks in every case. */
const ENGINE_CLAUSES = ["leak.none", "machine.bystander"];

/**
 * Runs the cases of a mutant's clause against it, and all cases if none of those kills it. A check
 * of the engine that a case ran to its end is no proof either, whatever its clause.
 */
export async function kill(
  mutant: PlantedMutant,
  all: readonly AnyCase[],
  subject: Subject,
): Promise<Kill> {
  const { breaks, contract } = mutant;
  const cases = all.filter((item) => item.contract === contract);
  const about = cases.filter(({ checks }) => Object.values(checks).includes(breaks));
  const first = ENGINE_CLAUSES.includes(breaks) ? cases.slice(0, 40) : about;
  const name = ({ case: id, check }: CheckEvent): string => `${id}/${check}`;
  const proves = ({ clause, check }: CheckEvent): boolean =>
    clause === breaks && check !== "completes";
  const sides: CheckEvent[] = [];
  for (const some of [first, cases.filter((item) => !first.includes(item))]) {
    const failed = await failures(some, mutated(subject, mutant));
    const by = failed.filter(proves).map(name);
    const rest = failed.filter((event) => !proves(event));
    sides.push(...rest);
    if (by.length > 0) return { mutant, outcome: "killed", by, others: rest.map(name) };
  }
  const others = sides.map((event) => `${name(event)} (${event.clause})`);
  return { mutant, outcome: others.length > 0 ? "elsewhere" : "survived", by: [], others };
}

/** The matrix as Markdown: a line for each mutant. */
export function renderMatrix(kills: readonly Kill[]): string {
  const lines = kills.map(({ mutant, outcome, by, others }) => {
    const checks = (by.length > 0 ? by : others).slice(0, 3).join(", ");
    const more = Math.max(0, (by.length > 0 ? by : others).length - 3);
    return `| ${mutant.id} | ${mutant.breaks} | ${outcome} | ${checks}${more ? ` +${more}` : ""} |`;
  });
  return ["| mutant | clause | outcome | by |", "|---|---|---|---|", ...lines, ""].join("\n");
}
