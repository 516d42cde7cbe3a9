/**
 * What provisioning is: steps that look first, and do something only where it is needed.
 *
 * @module
 */

import type { Machine } from "../machine.ts";

/** A program and its arguments; never a line for a shell to take apart. */
export type Command = readonly [program: string, ...args: string[]];

/** One step. */
export interface Step {
  /** Dotted words. */
  readonly id: string;
  /** What is so afterwards. */
  readonly what: string;
  /** Whether it is so already. */
  isDone(machine: Machine): Promise<boolean>;
  /** What makes it so. */
  readonly commands: readonly Command[];
  /** What holds on a machine where it cannot be so; absent if later steps rest on it. */
  readonly without?: string;
}

/** What became of a step. */
export interface Done {
  /** The step. */
  readonly id: string;
  /** What is so now. */
  readonly what: string;
  /** `planned` in a dry run; `without` if it cannot be so here, and need not. */
  readonly outcome: "was so" | "done" | "planned" | "without" | "failed";
  /** What would be run, the command that failed, or that it did not help. */
  readonly reason?: string;
}

const commandsOf = ({ commands }: Step): string => commands.map((it) => it.join(" ")).join("; ");

async function doStep(step: Step, machine: Machine): Promise<Done> {
  const { id, what, commands } = step;
  for (const [program, ...args] of commands) {
    const ran = await machine.run(program, args, { shows: true });
    if (ran?.code === 0) continue;
    const how = ran === undefined ? "there is no such program" : `it ended with ${ran.code}`;
    return { id, what, outcome: "failed", reason: `${[program, ...args].join(" ")}: ${how}` };
  }
  if (await step.isDone(machine)) return { id, what, outcome: "done" };
  return { id, what, outcome: "failed", reason: "its commands succeeded, and it is not so yet" };
}

/** Does the steps that are needed, one after the other; stops at the first that fails. */
export async function* provisioned(
  steps: readonly Step[],
  machine: Machine,
  { dryRun = false } = {},
): AsyncGenerator<Done> {
  for (const step of steps) {
    const { id, what } = step;
    if (await step.isDone(machine)) yield { id, what, outcome: "was so" };
    else if (dryRun) yield { id, what, outcome: "planned", reason: commandsOf(step) };
    else {
      const done = await doStep(step, machine);
      if (done.outcome === "failed" && step.without !== undefined) {
        yield { id, what, outcome: "without", reason: step.without };
        continue;
      }
      yield done;
      if (done.outcome === "failed") return;
    }
  }
}

/** Whether a program ends well. */
export const succeeds = (program: string, ...args: string[]): Step["isDone"] => async (machine) =>
  (await machine.run(program, args))?.code === 0;

/** Whether a program ends well and says a word. */
export const says =
  (word: string, program: string, ...args: string[]): Step["isDone"] => async (machine) => {
    const ran = await machine.run(program, args);
    return ran?.code === 0 && ran.out.split(/\s+/).includes(word);
  };
