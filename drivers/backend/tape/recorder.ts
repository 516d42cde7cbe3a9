/**
 * The recorder: writes down what goes through the seam.
 *
 * @module
 */

import type { Clock } from "../../contract/mod.ts";
import { type Backend, BackendError, type Json, type Methods } from "../backend.ts";
import { copyJson } from "./json.ts";
import type { SeamRules } from "../module.ts";
import { type KnownValues, PlaceholderWriter } from "./placeholders.ts";
import type { TapeCall, TapeEvent, TapeFailure, TapeLine } from "./tape.ts";

/** A line as it was, without lane and placeholders: both are known only at the end. */
type RawCall = Omit<TapeCall, "lane">;
type RawEvent = Omit<TapeEvent, "lane">;
type RawLine = RawCall | RawEvent;

/** What {@linkcode Recorder.lines} needs. */
export interface RecordingRules<M extends Methods = Methods> {
  /** Lanes, and what is volatile. */
  readonly seam: SeamRules<M>;
  /** Placeholders with a name of their own, such as `path:scratch`. */
  readonly known?: KnownValues;
}

/**
 * Records one case. Events are recorded as often as they are subscribed to, so share the recorder's
 * {@linkcode Recorder.backend} out.
 */
export class Recorder<M extends Methods, E extends Json> {
  /** The backend, recorded. Answers what a replay will answer: copies, without undefined fields. */
  readonly backend: Backend<M, E>;
  readonly #raw: RawLine[] = [];
  readonly #clock: Clock;
  #failure?: Error;

  /** Begins to record. */
  constructor(backend: Backend<M, E>, { clock }: { clock: Clock }) {
    this.#clock = clock;
    this.backend = {
      call: (method, params, options) =>
        this.#record(
          method,
          params,
          () => backend.call(method, copyJson(params), options),
          options?.signal,
        ),
      events: (options) => this.#listen(backend.events(options)),
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    };
  }

  /**
   * The lines of the tape: what was recorded so far, with placeholders.
   *
   * @throws {Error} if the backend did what cannot be recorded
   */
  lines({ seam, known }: RecordingRules<M>): TapeLine[] {
    if (this.#failure) throw this.#failure;
    const writer = new PlaceholderWriter(known);
    for (const line of this.#raw) nominate(writer, line, seam);
    return this.#raw.map((line) => withPlaceholders(writer, line, seam));
  }

  async #record<T extends Json>(
    method: string,
    params: Json,
    call: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const at = this.#now();
    const index = this.#raw.push({ at, method, params: copyJson(params) }) - 1;
    const ended = (outcome: Pick<TapeCall, "result" | "error">): void => {
      const ms = rounded(this.#now() - at);
      this.#raw[index] = { ...this.#raw[index], ms, ...outcome };
    };
    try {
      const result = copyJson(await call());
      ended({ result });
      return result;
    } catch (error) {
      if (error instanceof BackendError && error !== signal?.reason) {
        const { kind, code, message } = error;
        ended({ error: { kind, code, message } });
      } else if (!signal?.aborted) {
        this.#failure ??= new Error(
          `Cannot record "${method}": it failed with something else than a BackendError`,
          { cause: error },
        );
      }
      throw error;
    }
  }

  async *#listen(events: AsyncIterable<E>): AsyncGenerator<E> {
    for await (const event of events) {
      const copy = copyJson(event);
      this.#raw.push({ at: this.#now(), event: copy });
      yield copy;
    }
  }

  #now(): number {
    return rounded(this.#clock.now());
  }
}

/** To microseconds: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The parts of a line that can hold volatile values, by the first word of their paths. */
function partsOf(line: RawLine): [string, Json][] {
  if ("event" in line) return [["event", line.event]];
  const { params, result, error } = line;
  const parts: [string, Json | TapeFailure | undefined][] = [
    ["params", params],
    ["result", result],
    ["error", error],
  ];
  return parts.filter((part): part is [string, Json] => part[1] !== undefined);
}

function methodOf(line: RawLine): string {
  return "event" in line ? "event" : line.method;
}

function nominate<M extends Methods>(
  writer: PlaceholderWriter,
  line: RawLine,
  seam: SeamRules<M>,
): void {
  for (const [part, value] of partsOf(line)) {
    writer.write(value, (path, leaf) => {
      const type = seam.volatile(methodOf(line), [part, ...path], leaf);
      if (type !== undefined) writer.nominate(type, leaf);
      return type;
    });
  }
}

function withPlaceholders<M extends Methods>(
  writer: PlaceholderWriter,
  line: RawLine,
  seam: SeamRules<M>,
): TapeLine {
  const method = methodOf(line);
  const parts = partsOf(line).map(([part, value]) => [
    part,
    writer.write(value, (path, leaf) => seam.volatile(method, [part, ...path], leaf)),
  ]);
  const written: RawLine = { ...line, ...Object.fromEntries(parts) };
  const lane = seam.lane(method, "event" in written ? written.event : written.params);
  return { ...written, lane };
}
