/**
 * Fault injection: what the suite plans, the adapter meets as if the hypervisor or the wire did it.
 *
 * @module
 */

import type { Clock, FaultControls, FaultPlan } from "../contract/mod.ts";
import {
  type Backend,
  type BackendCallOptions,
  BackendError,
  type BackendErrorKind,
  type Json,
  type Methods,
} from "./backend.ts";
import type { SeamRules } from "./module.ts";

/**
 * How long a call that is never answered waits at most for its own deadline. Live runs have many of
 * them, and what an adapter does about a missing answer does not depend on how long it was missed.
 */
const PATIENCE_MS = 1000;

function assertPlan({ call, times = 1 }: FaultPlan): void {
  if (!Number.isInteger(call) || call < 1) {
    throw new RangeError(`Cannot plan a fault: "call" must be a whole number from 1: ${call}`);
  }
  if (times !== Infinity && (!Number.isInteger(times) || times < 1)) {
    throw new RangeError(
      `Cannot plan a fault: "times" must be a whole number from 1, or Infinity: ${times}`,
    );
  }
}

/** What {@linkcode Faults} need. */
export interface FaultOptions<M extends Methods = Methods> {
  /** What says what changes the host, and how the hypervisor words its errors. */
  readonly seam: SeamRules<M>;
  /** What a call that is never answered waits on. */
  readonly clock: Clock;
}

/** The faults of one world. */
export class Faults<M extends Methods = Methods> implements FaultControls {
  readonly #seam: SeamRules<M>;
  readonly #clock: Clock;
  /** The last call of each method. */
  readonly #last: { [K in keyof M]?: Promise<M[K]["result"]> } = {};
  #plan?: FaultPlan;
  #counted = 0;
  #met = 0;

  /** Makes the controls, with nothing planned. */
  constructor({ seam, clock }: FaultOptions<M>) {
    this.#seam = seam;
    this.#clock = clock;
  }

  /** Sets the fault; counting starts anew. @throws {RangeError} for counts that make no sense */
  plan(fault: FaultPlan): void {
    assertPlan(fault);
    this.#plan = { ...fault };
    this.#counted = this.#met = 0;
  }

  /** Removes it, and answers how many calls met it. */
  clear(): number {
    this.#plan = undefined;
    return this.#met;
  }

  /** The backend, with the faults. Events pass. */
  wrap<E extends Json>(backend: Backend<M, E>): Backend<M, E> {
    return {
      call: async <K extends keyof M & string>(
        method: K,
        params: M[K]["params"],
        options: BackendCallOptions = {},
      ): Promise<M[K]["result"]> => {
        const plan = this.#meets(method);
        const other = this.#last[method];
        const pass = (how: BackendCallOptions): Promise<M[K]["result"]> =>
          this.#last[method] = backend.call(method, params, how);
        if (!plan) return await pass(options);
        const { signal: _, ...unabortable } = options;
        await plan.onMet?.();
        if (plan.kind === "overtaken") return await pass(unabortable);
        await this.#fail(plan, () => pass(unabortable), options);
        return await (other ?? Promise.reject(planned("garbled", "There was no other call")));
      },
      events: (options) => backend.events(options),
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    };
  }

  /** The plan, if this call has to meet it. */
  #meets(method: keyof M & string): FaultPlan | undefined {
    const plan = this.#plan;
    if (!plan) return undefined;
    if (plan.among === "changes" && !this.#seam.changes(method)) return undefined;
    this.#counted++;
    if (this.#counted < plan.call || this.#counted >= plan.call + (plan.times ?? 1)) {
      return undefined;
    }
    this.#met++;
    return plan;
  }

  /** Goes wrong; it only returns if the answer of another call is to be answered. */
  async #fail(
    { kind, situation = "internal" }: FaultPlan,
    act: () => Promise<unknown>,
    options: BackendCallOptions,
  ): Promise<void> {
    if (kind === "error") {
      const { kind, code, message } = this.#seam.situations[situation];
      throw new BackendError(kind, code, message);
    }
    if (kind === "disconnect") throw planned("disconnected", "The connection is gone");
    if (kind === "timeout") return await this.#timeOut(options);
    await Promise.allSettled([act()]);
    if (kind === "other-reply") return;
    if (kind === "late-reply") return await this.#timeOut(options);
    if (kind === "lost-reply") throw planned("disconnected", "The reply is lost");
    throw planned("garbled", "The reply makes no sense");
  }

  async #timeOut({ timeoutMs = PATIENCE_MS, signal }: BackendCallOptions): Promise<never> {
    await this.#clock.sleep(Math.min(timeoutMs, PATIENCE_MS), { signal });
    throw planned("timeout", "There is no reply");
  }
}

function planned(kind: BackendErrorKind, what: string): BackendError {
  return new BackendError(kind, "", `${what} (planned fault)`);
}
