/**
 * Asynchronous calls of computecore.dll: each is an operation that completes by a callback.
 *
 * @module
 */

import { hresultError } from "./hresult.ts";
import type { Libraries } from "./library.ts";
import { fromWide, outPointer, writtenPointer } from "./strings.ts";

/** Runs operations of one pair of libraries, and knows which are open. */
export class Operations {
  readonly #libraries: Libraries;
  #open = 0;
  #results = 0;

  /** Makes it. */
  constructor(libraries: Libraries) {
    this.#libraries = libraries;
  }

  /** How many operations are open. */
  get open(): number {
    return this.#open;
  }

  /** How many results are not freed. */
  get results(): number {
    return this.#results;
  }

  /**
   * Makes an operation, has `submit` pass it to a function, and waits for its completion; answers the
   * text of the result document, if there is one. There is no giving up: whoever does not want to
   * wait leaves this running, as an operation that is closed in flight is memory freed in use.
   *
   * @throws {BackendError}
   */
  async run(
    submit: (operation: Deno.PointerValue) => Promise<number>,
  ): Promise<string | null> {
    const { core, completions } = this.#libraries;
    const completed = Promise.withResolvers<void>();
    const context = completions.add(() => completed.resolve());
    const operation = core.HcsCreateOperation(context, completions.callback.pointer);
    this.#open++;
    try {
      const accepted = await submit(operation);
      // A refused call may have left a document too; it is not completed, ever.
      if (accepted >= 0) await completed.promise;
      const { hresult, document } = this.#resultOf(operation);
      const failure = accepted < 0 ? accepted : hresult;
      if (failure < 0) throw hresultError(failure, document);
      return document;
    } finally {
      completions.remove(context);
      await core.HcsCloseOperation(operation);
      this.#open--;
    }
  }

  /** Copies a result document, and frees it. */
  take(pointer: Deno.PointerValue, from: "compute" | "network"): string | null {
    if (pointer === null) return null;
    this.#results++;
    try {
      return fromWide(pointer);
    } finally {
      this.#libraries.frees[from](pointer);
      this.#results--;
    }
  }

  #resultOf(operation: Deno.PointerValue): { hresult: number; document: string | null } {
    const out = outPointer();
    const hresult = this.#libraries.core.HcsGetOperationResult(operation, out);
    return { hresult, document: this.take(writtenPointer(out), "compute") };
  }
}
