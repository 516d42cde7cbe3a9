/**
 * What a probe of the doctor is: data about what a machine has to have, and one look.
 *
 * @module
 */

import type { Machine } from "../machine.ts";

/** What one look has seen. */
export interface Seen {
  /** Whether it is as it has to be. */
  readonly ok: boolean;
  /** What is there, in words of the field. */
  readonly found: string;
}

/** One thing that a machine has to have. */
export interface Probe {
  /** Dotted words. */
  readonly id: string;
  /** What has to be. */
  readonly what: string;
  /** The command, or the step, that mends it. */
  readonly mend: string;
  /** What the suite can do without it; absent if nothing. */
  readonly without?: string;
  /** Looks. */
  look(machine: Machine): Promise<Seen>;
}

/** What became of a probe. */
export interface Finding extends Omit<Probe, "look">, Seen {}

/** The probe that all others rest on: what mends them is for that system. */
const SYSTEM = "system";

/** Looks at all, one after the other; on another system at no more than that. */
export async function findings(probes: readonly Probe[], machine: Machine): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { look, ...facts } of probes) {
    const seen = await look(machine);
    found.push({ ...facts, ...seen });
    if (facts.id === SYSTEM && !seen.ok) break;
  }
  return found;
}

/** Whether a machine can do the whole of the suite. */
export function isReady(all: readonly Finding[]): boolean {
  return all.every(({ ok, without }) => ok || without !== undefined);
}

/** The findings for people; what is missing comes with what mends it. */
export function told(all: readonly Finding[]): string {
  return all.map(({ id, what, ok, found, mend, without }) => {
    if (ok) return `ok       ${id}: ${found}\n`;
    const word = without === undefined ? "missing" : "without";
    const rest = without === undefined ? "" : `           without it: ${without}\n`;
    return `${word}  ${id}: ${what}; found: ${found}\n           mend it: ${mend}\n${rest}`;
  }).join("");
}

/** A probe for a system. */
export function systemProbe(os: Machine["os"], what: string): Probe {
  return {
    id: SYSTEM,
    what,
    mend: `use a machine with ${what}`,
    look: (machine) => Promise.resolve({ ok: machine.os === os, found: machine.os }),
  };
}

/** A probe for a program that tells its version. */
export function programProbe(
  program: string,
  args: readonly string[],
  facts: Omit<Probe, "look" | "id">,
): Probe {
  return {
    id: `program.${program}`,
    ...facts,
    async look(machine) {
      const ran = await machine.run(program, args);
      const [version = ""] = ran?.out.split("\n") ?? [];
      return { ok: ran?.code === 0, found: ran === undefined ? "none" : version || "there" };
    },
  };
}
