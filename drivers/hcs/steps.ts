/**
 * Work in steps that can be undone, also later and also half.
 *
 * @module
 */

import { isUnsure } from "./errors.ts";

/** What a call can be given. */
export interface Options {
  /** The caller's signal. */
  readonly signal?: AbortSignal;
}

/** One step. */
export interface Step {
  /** What there is once it is done, for people. */
  readonly what: string;
  /** Does it. */
  forth(options: Options): Promise<unknown>;
  /** Undoes it. `isSure` is false if nobody can tell whether there is anything to undo. */
  back(isSure: boolean, options: Options): Promise<unknown>;
  /** Whether even a refusal leaves open if it was done: the answer comes from the guest. */
  readonly isDoubtful?: boolean;
}

interface Done {
  readonly step: Step;
  isSure: boolean;
}

/** The steps that were done, or perhaps were. */
export class Steps {
  readonly #done: Done[] = [];

  /** Whether all that was done is done for sure, and nothing of it was undone. */
  isWhole = true;

  /** What is there, newest first. */
  get left(): string[] {
    return this.#done.map(({ step }) => step.what).reverse();
  }

  /** Does one step after the other. What a failed one may have done counts as done, and is unsure. */
  async forth(steps: readonly Step[], options: Options): Promise<void> {
    for (const step of steps) {
      options.signal?.throwIfAborted();
      try {
        await step.forth(options);
      } catch (error) {
        if (step.isDoubtful || isUnsure(error)) this.#done.push({ step, isSure: false });
        throw error;
      }
      this.#done.push({ step, isSure: true });
    }
  }

  /** Does more steps, and undoes these alone if one fails. */
  async extend(steps: readonly Step[], options: Options): Promise<void> {
    const before = this.#done.length;
    try {
      await this.forth(steps, options);
    } catch (error) {
      await this.back({}, before).then(() => void (this.isWhole = true), () => {});
      throw error;
    }
  }

  /**
   * Undoes all but the first `kept`, newest first; ends at the first failure, and goes on from there when
   * called again.
   */
  async back(options: Options = {}, kept = 0): Promise<void> {
    for (let last = this.#done.at(-1); last; last = this.#done.at(-1)) {
      if (this.#done.length <= kept) return;
      try {
        await last.step.back(last.isSure, options);
      } catch (error) {
        if (isUnsure(error)) this.isWhole = last.isSure = false;
        throw error;
      }
      this.#done.pop();
      this.isWhole = false;
    }
  }
}
