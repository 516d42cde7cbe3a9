/**
 * Undoing what a failed operation had begun.
 *
 * @module
 */

import { DriverError } from "../contract/mod.ts";

/** Steps back, newest first. */
export class Undo {
  readonly #steps: { readonly what: string; back: () => Promise<unknown> }[] = [];

  /**
   * Adds a step, before what it undoes is done: a lost reply leaves open whether it was. `what` names
   * the resource that stays if the step fails.
   */
  add(what: string, back: () => Promise<unknown>): void {
    this.#steps.push({ what, back });
  }

  /** Goes back; answers what is left. */
  async run(): Promise<string[]> {
    const leftovers: string[] = [];
    for (const { what, back } of this.#steps.splice(0).reverse()) {
      await back().catch(() => leftovers.push(what));
    }
    return leftovers;
  }
}

/** Does some work, and undoes it if it fails. The error says what is left. */
export async function undoing<T>(
  work: (undo: Undo) => Promise<T>,
  describe: (error: unknown) => DriverError,
): Promise<T> {
  const undo = new Undo();
  try {
    return await work(undo);
  } catch (error) {
    const described = describe(error);
    const leftovers = await undo.run();
    if (leftovers.length === 0) throw described;
    throw new DriverError({ ...described.toJSON(), leftovers, cause: error });
  }
}
