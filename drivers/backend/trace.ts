/**
 * The tracer: what went through the seam, for the report of a failure.
 *
 * @module
 */

import type { Clock, TraceLine } from "../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "./backend.ts";
import type { SeamRules } from "./module.ts";

/** How many lines are kept; older ones are dropped. */
const KEPT_LINES = 1000;
const LONGEST_TEXT = 200;

/** The trace of one world. Calls that have not ended yet are in it, as `pending`. */
export class Trace {
  #lines: TraceLine[] = [];

  /** The lines so far, by their beginning, oldest first. */
  lines(): readonly TraceLine[] {
    return [...this.#lines];
  }

  /** Adds a line, and answers how to replace it when it ends. */
  add(line: TraceLine): (ended: TraceLine) => void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    return (ended) => {
      const index = this.#lines.lastIndexOf(line);
      if (index >= 0) this.#lines[index] = ended;
    };
  }
}

/** What {@linkcode traced} needs. */
export interface TraceOptions<M extends Methods = Methods> {
  /** Where the lines go. */
  readonly trace: Trace;
  /** What the times are measured on. */
  readonly clock: Clock;
  /** What says which lane a call is in. */
  readonly seam: SeamRules<M>;
}

function outcomeOf(error: unknown): string {
  const text = error instanceof BackendError
    ? [error.kind, error.code].filter(Boolean).join(" ") + `: ${error.message}`
    : String(error);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** The backend, with a line of the trace for each call. Events are traced where they are shared out. */
export function traced<M extends Methods, E extends Json>(
  backend: Backend<M, E>,
  { trace, clock, seam }: TraceOptions<M>,
): Backend<M, E> {
  return {
    async call(method, params, options) {
      const at = clock.now();
      const line = { at, method, lane: seam.lane(method, params) };
      const end = trace.add({ ...line, outcome: "pending" });
      const ended = (outcome: string): void => end({ ...line, ms: clock.now() - at, outcome });
      try {
        const result = await backend.call(method, params, options);
        ended("ok");
        return result;
      } catch (error) {
        ended(outcomeOf(error));
        throw error;
      }
    },
    events: (options) => backend.events(options),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}
