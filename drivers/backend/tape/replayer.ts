/**
 * The replayer: a backend that answers from a tape.
 *
 * @module
 */

import {
  type Backend,
  type BackendCallOptions,
  BackendError,
  type BackendErrorKind,
  type Json,
  type Methods,
} from "../backend.ts";
import type { VirtualClock } from "../clock.ts";
import { EventHub } from "../event_hub.ts";
import { copyJson } from "./json.ts";
import type { SeamRules } from "../module.ts";
import { type KnownValues, PlaceholderReader } from "./placeholders.ts";
import { isCall, type Tape, type TapeCall, type TapeEvent, type TapeLine } from "./tape.ts";

/** A call that is not what the tape says. */
export class TapeMismatch extends Error {
  /** Always `TapeMismatch`. */
  override readonly name = "TapeMismatch";

  /** Makes the error. */
  constructor(
    /** What the call was about. */
    readonly lane: string,
    /** Its method. */
    readonly method: string,
    /** What the tape has instead. */
    readonly nearest: string,
  ) {
    super(`Cannot replay "${method}" in lane "${lane}": ${nearest}`);
  }
}

/** What a {@linkcode Replayer} needs. */
export interface ReplayOptions<M extends Methods = Methods> {
  /** The timeline of the recording goes on here. */
  readonly clock: VirtualClock;
  /** What says the lane of a call that fits nothing. */
  readonly seam: SeamRules<M>;
  /** Placeholders with a name of their own, such as `path:scratch`. */
  readonly known?: KnownValues;
}

/** A line that a call does not fit. */
interface Miss {
  readonly line: TapeCall;
  readonly differences: string[];
}

/** The first line of a tape is its header, and people count from 1. */
const FIRST_LINE = 2;
const SHOWN_DIFFERENCES = 4;

/**
 * Answers calls as they were recorded: in order within a lane, lanes interleave freely. Reads of a lane
 * that nothing was changed between may swap places, as those of concurrent operations do. Nothing
 * happens before its time on the tape, and no event before the calls that were recorded before it.
 */
export class Replayer<M extends Methods, E extends Json> {
  /** The backend. Opens nothing. */
  readonly backend: Backend<M, E>;
  readonly #options: ReplayOptions<M>;
  readonly #values: PlaceholderReader;
  readonly #lines: readonly TapeLine[];
  readonly #indices: ReadonlyMap<TapeLine, number>;
  readonly #taken = new Set<TapeLine>();
  readonly #mismatches: TapeMismatch[] = [];
  readonly #hub = new EventHub<E>();
  /** The first line that is neither a call that was made nor an event that is on its way. */
  #cursor = 0;

  /** Begins to replay. */
  constructor(tape: Tape, options: ReplayOptions<M>) {
    this.#options = options;
    this.#values = new PlaceholderReader(options.known);
    this.#lines = tape.lines;
    this.#indices = new Map(tape.lines.map((line, index) => [line, index]));
    this.backend = {
      call: (method, params, options) => this.#call(method, params, options),
      events: (options) => this.#hub.subscribe(options),
      [Symbol.asyncDispose]: (): Promise<void> => {
        this.#hub.end();
        return Promise.resolve();
      },
    };
    this.#release();
  }

  /**
   * What was wrong, ask at the end: calls that fitted nothing, and recorded calls that were not made.
   * An event that nobody listened to is not wrong.
   */
  problems(): string[] {
    const unused = this.#lines.filter((line) => isCall(line) && !this.#taken.has(line));
    return [
      ...this.#mismatches.map((mismatch) => mismatch.message),
      ...unused.map((line) => `${this.#described(line)} was not called`),
    ];
  }

  async #call<K extends keyof M & string>(
    method: K,
    params: M[K]["params"],
    { signal }: BackendCallOptions = {},
  ): Promise<M[K]["result"]> {
    signal?.throwIfAborted();
    const line = this.#take(method, params);
    this.#release();
    await this.#until(line.ms === undefined ? Infinity : line.at + line.ms, signal);
    if (!line.error) return this.#values.fill(line.result ?? null) as M[K]["result"];
    const { kind, code, message } = this.#values.fill({ ...line.error }) as Record<string, string>;
    throw errorOf(kind as BackendErrorKind, code, message);
  }

  /** The line of a call: the first fitting one, in the order of the tape, of those whose turn it is. */
  #take(method: keyof M & string, params: Json): TapeCall {
    const misses: Miss[] = [];
    // By lane: whether it was passed by what changes something, so that nothing after has its turn.
    const passed = new Map<string, boolean>();
    for (let index = this.#cursor; index < this.#lines.length; index++) {
      const line = this.#lines[index];
      if (line === undefined || !isCall(line) || this.#taken.has(line)) continue;
      const before = passed.get(line.lane);
      if (before === true) continue;
      const changes = this.#options.seam.changes(line.method);
      passed.set(line.lane, changes);
      if (line.method !== method || changes && before !== undefined) continue;
      const differences = this.#values.match(line.params, params, "params");
      if (differences.length === 0) {
        this.#taken.add(line);
        return line;
      }
      misses.push({ line, differences });
    }
    const lane = this.#options.seam.lane(method, this.#values.unfill(copyJson(params)) as never);
    const mismatch = new TapeMismatch(lane, method, this.#nearest(lane, method, params, misses));
    this.#mismatches.push(mismatch);
    throw mismatch;
  }

  /** What the tape has instead, in words. */
  #nearest(lane: string, method: string, params: Json, misses: Miss[]): string {
    const [nearest] = misses.sort((a, b) =>
      Number(b.line.lane === lane) - Number(a.line.lane === lane) ||
      a.differences.length - b.differences.length
    );
    const difference = nearest && this.#differing(lane, nearest);
    if (nearest?.line.lane === lane) return difference;
    const head = this.#lines.find((line) =>
      isCall(line) && line.lane === lane && !this.#taken.has(line)
    );
    const later = this.#lines.find((line) =>
      isCall(line) && !this.#taken.has(line) && line.method === method &&
      this.#values.match(line.params, params, "params").length === 0
    );
    return [
      head && isCall(head)
        ? `the tape goes on there with line ${this.#number(head)}, "${head.method}"`
        : "the tape has no more calls there",
      later ? `the same call comes later, in line ${this.#number(later)}` : difference,
    ].filter(Boolean).join("; ");
  }

  #differing(lane: string, { line, differences }: Miss): string {
    const shown = differences.slice(0, SHOWN_DIFFERENCES).join("; ");
    const more = differences.length - SHOWN_DIFFERENCES;
    const where = lane === line.lane
      ? "same method and lane"
      : `same method in lane "${line.lane}"`;
    return `nearest is line ${this.#number(line)}, ${where}; differs at ${shown}` +
      `${more > 0 ? `; and ${more} more` : ""} (recorded vs called)`;
  }

  #described(line: TapeLine): string {
    const what = isCall(line) ? line.method : "event";
    return `Line ${this.#number(line)}, "${what}" in lane "${line.lane}",`;
  }

  #number(line: TapeLine): number {
    return (this.#indices.get(line) ?? 0) + FIRST_LINE;
  }

  /** Sends the events on their way whose turn it is. */
  #release(): void {
    for (; this.#cursor < this.#lines.length; this.#cursor++) {
      const line = this.#lines[this.#cursor];
      if (!isCall(line)) this.#tell(line);
      else if (!this.#taken.has(line)) return;
    }
  }

  async #tell({ at, event }: TapeEvent): Promise<void> {
    await this.#until(at);
    this.#hub.emit(this.#values.fill(event) as E);
  }

  #until(at: number, signal?: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    return clock.sleep(Math.max(0, at - clock.now()), { signal });
  }
}

/**
 * The error of a recorded call, made without its constructor: the runtime would look for a stack through all
 * that waits for the call, which tells nothing and takes longer than the call.
 */
function errorOf(kind: BackendErrorKind, code: string, message: string): BackendError {
  const fields = { name: "BackendError", kind, code, message };
  return Object.assign(Object.create(BackendError.prototype), fields);
}
