/**
 * What a case is, and what it gets.
 *
 * @module
 */

import type {
  Clock,
  ContractName,
  ErrorCode,
  FaultControls,
  FaultPlan,
  HostControlOf,
  HostOf,
  Subject,
  SubjectOf,
  TestFiles,
} from "../drivers/contract/mod.ts";
import type { ImageServer } from "./image_server.ts";
import type { ContextOf, NeedOf } from "./rigs/case_types.ts";

/**
 * What a case needs beyond the bare contract: facets of what is under test, of the host controls and
 * of the world. A case whose need is absent is `unsupported` if it is a facet of the subject (not
 * claimed), and `not-run` if it is one of what is around it (`host.*`, `faults`, `files.*`: cannot be
 * shown here) unless the host says why it is inapplicable. All of it is decided before the case runs.
 */
export type Need<C extends ContractName = "driver"> =
  | NeedOf<C>
  | "faults"
  | "files.fillDisk"
  | "host"
  | `host.${HostControlOf<C>}`;

/** What every case says of itself. */
export interface CaseData {
  /** Dotted words, permanent: `<topic>.<behaviour>`. */
  readonly id: string;
  /** What it shows, in one sentence. */
  readonly title: string;
  /** Why it matters: the real bug it would catch. */
  readonly why: string;
  /**
   * Its checks: id to the clause that it proves. All of them are emitted, whether they pass or fail;
   * one that was not reached fails.
   */
  readonly checks: Readonly<Record<string, string>>;
  /** Whether it boots a guest: seconds instead of milliseconds when live. */
  readonly boots?: boolean;
  /**
   * Whether it waits until a long time limit of the subject is over: minutes when live. Where cases run
   * side by side, it begins before the others.
   */
  readonly waits?: boolean;
}

/** A runnable proof of one or more clauses. Plain data and one function; no hooks, no globals. */
export interface Case<C extends ContractName = "driver"> extends CaseData {
  /** What it needs. By default nothing. */
  readonly needs?: readonly Need<C>[];
  /** The proof. Never sleeps, reads wall time, invents a name or catches. */
  run(context: ContextOf<C>): Promise<void>;
}

/** A case of any contract, as the engine and the reports see it. */
export interface AnyCase extends CaseData {
  /** The contract. */
  readonly contract: ContractName;
  /** What it needs. */
  readonly needs?: readonly string[];
  /** The proof; its contract's rig makes what it gets. */
  run(context: never): Promise<void>;
}

/** The cases of a contract, for the engine. */
export function casesOf<C extends ContractName>(contract: C, cases: readonly Case<C>[]): AnyCase[] {
  return cases.map(({ needs, ...item }) => ({
    ...item,
    contract,
    ...(needs && { needs: needs.map(String) }),
  }));
}

/** What a refusal must look like: the code and the subject, both. */
export interface Refusal {
  /** The code. */
  readonly code: ErrorCode;
  /** The subject. */
  readonly subject: Subject;
  /** The contract's own name for the error. */
  readonly reason?: string;
}

/** What was seen against what had to be. Soft: a failed check does not end the case. */
export interface Check {
  /** Passes if both are equal as JSON. */
  equal(id: string, subject: string, seen: unknown, expected: unknown): void;
  /** Passes if `ok`; `expected` says in words what had to be, `seen` is shown. */
  holds(id: string, subject: string, ok: boolean, expected: string, seen: unknown): void;
  /** Passes if the call is refused with that code about that subject. */
  refused(id: string, call: () => Promise<unknown> | unknown, refusal: Refusal): Promise<void>;
  /** Passes if the call succeeds and answers that value, as JSON. */
  answers(
    id: string,
    subject: string,
    call: () => Promise<unknown> | unknown,
    expected: unknown,
  ): Promise<void>;
  /**
   * Passes if the call succeeds; answers its value, or ends the case if it fails.
   */
  succeeds<T>(id: string, subject: string, call: () => Promise<T> | T): Promise<T>;
}

/** What every case gets, whatever its contract. */
export interface CommonContext<C extends ContractName = ContractName> {
  /** Opens another instance on the same host, tracked too; by default of the same owner. */
  another(options?: { owner?: string }): Promise<SubjectOf<C>>;
  /** Says what was seen. */
  readonly check: Check;
  /** The image server that the subject gets its list and images from, this case's own. */
  readonly server: ImageServer;
  /** The world's time, for measuring waits; a case does not sleep. */
  readonly clock: Clock;
  /** Ways behind the subject's back. Only what `needs` names is there. */
  readonly host: Required<HostOf<C>>;
  /** Faults. Only there if `needs` names them. */
  readonly faults: FaultControls & {
    /**
     * Plans a fault, calls, clears, and answers the error, or undefined if the call succeeded; `met`
     * says how many backend calls met the fault.
     */
    during(fault: FaultPlan, call: () => Promise<unknown>): Promise<FaultOutcome>;
  };
  /** The local files of the machine that the subject runs on. */
  readonly files: Required<TestFiles>;
  /** Settles when all have settled: the values, or the errors in their places. */
  settled<T>(calls: readonly Promise<T>[]): Promise<Settled<T>[]>;
}

/** One settled call: exactly one of the two is there. */
export interface Settled<T> {
  /** The value. */
  readonly value?: T;
  /** What was thrown. */
  readonly error?: unknown;
}

/** How a call under a fault ended. */
export interface FaultOutcome {
  /** What was thrown, or undefined. */
  readonly error?: unknown;
  /** How many backend calls met the fault; 0 means that the call makes fewer. */
  readonly met: number;
}
