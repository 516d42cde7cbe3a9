/**
 * What the sub-commands need of the composition root.
 *
 * @module
 */

import type { AnyCase } from "../case.ts";
import type { AttemptInit, AttemptResult } from "../engine/attempt.ts";
import type { Reach } from "../engine/clean_up.ts";
import type { Mode } from "../engine/events.ts";
import type { LedgerHead } from "../engine/ledger_file.ts";
import type { Subject } from "../engine/subject.ts";

/** What is to be put under test. */
export interface SubjectRequest {
  /** The driver's name, or the absolute path of a module. */
  readonly driver: string;
  /** What answers. */
  readonly mode: Mode;
  /** The driver's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** The folder of the recordings, absolute. */
  readonly fixtures: string;
  /** The command that records cases, without their ids and `--live`, for messages. */
  readonly recordCommand?: string;
  /** When the run begins, in ISO 8601. */
  readonly startedAt: string;
}

/** A live subject whose calls are written down. */
export interface RecordingSubject extends Subject, AsyncDisposable {
  /**
   * The tape of a case that was run, as text.
   *
   * @throws {Error} if something cannot be recorded, or there would be a secret on it
   */
  tape(item: AnyCase): Promise<string>;
  /** A subject that answers from such texts, by case id. */
  replaying(tapes: ReadonlyMap<string, string>): Promise<Subject & AsyncDisposable>;
}

/** What makes attempts at the cases of a replay. */
export interface Threads extends Disposable {
  /** How many there are. */
  readonly count: number;
  /** Makes one in that which has the least to do. */
  attempt(init: AttemptInit): Promise<AttemptResult>;
}

/** Puts things together. */
export interface Composer {
  /** The names of the drivers. */
  names(): readonly string[];
  /** What a driver is called, and which contracts its answers are about. @throws {UsageError} */
  serves(request: SubjectRequest): Promise<Pick<Subject, "driver" | "contracts">>;
  /**
   * A subject, ready to be run.
   *
   * @throws {UsageError} if there is no such driver
   * @throws {Error} saying what the environment lacks
   */
  subject(request: SubjectRequest): Promise<Subject & AsyncDisposable>;
  /** Threads for the replay of a subject, of which those cases are known. */
  threads(request: SubjectRequest, known: readonly string[]): Promise<Threads>;
  /** A subject to be recorded. @throws {Error} as {@linkcode Composer.subject} */
  recording(request: SubjectRequest): Promise<RecordingSubject>;
  /** The host of a run that is over. @throws {Error} as {@linkcode Composer.subject} */
  reach(head: LedgerHead): Promise<Reach & AsyncDisposable>;
}

/** What a program sees of the machine that it runs on. */
export interface Terminal {
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** Whether standard output is a terminal that can colour and overwrite. */
  readonly isTerminal: boolean;
  /** How many columns it has. */
  columns(): number;
  /** A variable of the environment. */
  env(name: string): string | undefined;
  /** The folder that relative paths start from: where the user stands. */
  readonly folder: string;
  /** The folder of the project: of the `deno.json` whose task this is. */
  readonly project: string;
  /** Now, in ISO 8601. */
  now(): string;
  /** A seed by chance. */
  seed(): string;
  /**
   * Gives up what a replay must not need: to write, to start programs, to call foreign code, and the
   * network.
   */
  confine(): Promise<void>;
  /**
   * Aborts at the first interrupt; the second one ends the process, which says how to remove what it
   * `leaves`, if that can be. Disposing stops listening.
   */
  interrupts(leaves: boolean): { readonly signal: AbortSignal } & Disposable;
}
