/**
 * The engine: from cases, a subject and options to a stream of events. It does nothing else: it
 * prints nothing, reads nothing and knows no time but the world's.
 *
 * @module
 */

import { type Claims, type Clause, CLAUSES } from "../../drivers/contract/mod.ts";
import { type AttemptInit, type AttemptResult, runAttempt } from "./attempt.ts";
import type { AnyCase } from "../case.ts";
import { Channel } from "./channel.ts";
import type { CaseEnd, CheckEvent, Event, Status } from "./events.ts";
import { judge, type KnownFailure } from "./known_failing.ts";
import { type Ledger, MemoryLedger } from "./ledger.ts";
import { type Neighbours, neighboursIn } from "./names.ts";
import { unfitFor } from "./needs.ts";
import type { Subject } from "./subject.ts";
import { runEndOf } from "./totals.ts";

/** How a run is done. */
export interface RunOptions {
  /** What all names follow from. */
  readonly seed: string;
  /** When the run begins, in ISO 8601; for the report alone. */
  readonly startedAt: string;
  /** The arguments that repeat the run, without selection and reports; for the report alone. */
  readonly command?: readonly string[];
  /** The ids of all cases there are, selected or not. By default those that are run. */
  readonly known?: readonly string[];
  /** How often each case is run; mixed verdicts make it flaky. By default once. */
  readonly repeat?: number;
  /** How many cases run at the same time. By default 1. */
  readonly parallel?: number;
  /** The most that a case may take, in milliseconds of the world's clock. By default five minutes. */
  readonly caseTimeoutMs?: number;
  /** Whether nothing more is started after a failure. */
  readonly bail?: boolean;
  /** Whether a look-alike machine stands by in each case. */
  readonly bystander?: boolean;
  /** Failures that are known. */
  readonly knownFailures?: readonly KnownFailure[];
  /** Where resources are written down before they are made. By default in memory. */
  readonly ledger?: Ledger;
  /** Interrupts the run: clean-up is finished, what is left is not run. */
  readonly signal?: AbortSignal;
  /** The clauses. By default those of the contract. */
  readonly clauses?: readonly Clause[];
}

/** How an attempt at a case is made. */
export type Attempt = (init: AttemptInit) => Promise<AttemptResult>;

/** By default, the most that a case may take. */
const CASE_TIMEOUT_MS = 300_000;

/** What a case does to all that runs on the host at the same time. */
const SHAKING: readonly string[] = ["host.reboot", "host.restartDaemon"];

/** Whether a case must not run beside others of the same host. */
function shakesHost({ needs = [] }: AnyCase): boolean {
  return needs.some((need) => SHAKING.includes(need));
}

/** How a case ended, from how its attempts did. */
function overall(attempts: readonly Status[]): Status {
  for (const status of ["harness-error", "not-run"] as const) {
    if (attempts.includes(status) && !attempts.includes("fail")) return status;
  }
  if (attempts.includes("fail")) {
    return attempts.every((it) => it === "fail" || it === "not-run") ? "fail" : "flaky";
  }
  return attempts.includes("warn") ? "warn" : "pass";
}

/** One run. */
class Run {
  readonly #cases: readonly AnyCase[];
  readonly #subject: Subject;
  readonly #options: RunOptions;
  readonly #make: Attempt;
  readonly #clauses: ReadonlyMap<string, Clause>;
  readonly #ledger: Ledger;
  readonly #known: readonly string[];
  readonly #neighbours: (seed: string) => Neighbours;
  readonly #stop = new AbortController();
  readonly #ends: CaseEnd[] = [];
  readonly #checks: CheckEvent[] = [];
  readonly #stale: string[] = [];
  #bailed = false;

  /** What happens. */
  readonly events: Channel<Event> = new Channel();

  constructor(
    make: Attempt,
    cases: readonly AnyCase[],
    subject: Subject,
    options: RunOptions,
  ) {
    this.#cases = cases;
    this.#subject = subject;
    this.#make = make;
    this.#known = options.known ?? cases.map(({ id }) => id);
    this.#options = options;
    this.#neighbours = neighboursIn(this.#known, options.repeat);
    this.#clauses = new Map((options.clauses ?? CLAUSES).map((clause) => [clause.id, clause]));
    this.#ledger = options.ledger ?? new MemoryLedger();
  }

  get #signal(): AbortSignal {
    const { signal } = this.#options;
    return signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  /** Nobody listens any more. */
  abandon(): void {
    this.#stop.abort();
  }

  /** Runs all cases, as many at a time as allowed. */
  async all(claims: Claims): Promise<void> {
    this.#start();
    const signal = this.#signal;
    const parallel = this.#options.parallel ?? 1;
    // Where nothing runs beside it, a case that waits has no need to come first, and one that shakes the
    // host none to come last.
    const isFirst = ({ waits = false }: AnyCase): boolean => parallel > 1 && waits;
    const isLast = (item: AnyCase): boolean => parallel > 1 && shakesHost(item);
    const rest = this.#cases.filter((item) => !isFirst(item) && !isLast(item));
    const queue = [...this.#cases.filter(isFirst), ...rest].values();
    const worker = async (): Promise<void> => {
      for (const item of queue) await this.#one(item, claims, signal);
    };
    const workers = Math.max(1, Math.min(parallel, this.#cases.length));
    await Promise.all(Array.from({ length: workers }, worker));
    for (const item of this.#cases.filter(isLast)) await this.#one(item, claims, signal);
    this.#end(signal.aborted);
  }

  #start(): void {
    const { seed, startedAt, command = [] } = this.#options;
    const known = this.#known.length;
    const { driver, mode } = this.#subject;
    const selected = this.#cases.length;
    this.events.push({
      type: "run-start",
      version: 1,
      driver,
      mode,
      contracts: [...new Set(this.#cases.map(({ contract }) => contract))],
      seed,
      startedAt,
      command,
      known,
      selected,
    });
  }

  async #one(item: AnyCase, claims: Claims, signal: AbortSignal): Promise<void> {
    const unfit = unfitFor(item, claims);
    if (unfit) return this.#ended(item, { ...unfit, ms: 0 });
    const notRun = (reason: string): void =>
      this.#ended(item, { status: "not-run", reason, ms: 0 });
    if (signal.aborted) return notRun("The run was interrupted");
    if (this.#bailed) return notRun("The run stopped at its first failure");
    this.events.push({ type: "case-start", case: item.id, title: item.title });
    const results: AttemptResult[] = [];
    const checks: CheckEvent[] = [];
    for (let attempt = 1; attempt <= (this.#options.repeat ?? 1); attempt++) {
      results.push(await this.#attempt(item, attempt, signal, checks));
      if (signal.aborted) break;
    }
    this.#attempted(item, results, checks);
  }

  async #attempt(
    item: AnyCase,
    attempt: number,
    signal: AbortSignal,
    checks: CheckEvent[],
  ): Promise<AttemptResult> {
    const { seed, caseTimeoutMs = CASE_TIMEOUT_MS, bystander = false } = this.#options;
    return await this.#make({
      case: item,
      attempt,
      subject: this.#subject,
      seed,
      ledger: this.#ledger,
      neighbours: this.#neighbours,
      clauses: this.#clauses,
      timeoutMs: caseTimeoutMs,
      bystander,
      signal,
      emit: (event) => {
        checks.push(event);
        this.#checks.push(event);
        this.events.push(event);
      },
    });
  }

  /** Sums up the attempts at a case; the first one that did not pass speaks for all. */
  #attempted(
    item: AnyCase,
    results: readonly AttemptResult[],
    checks: readonly CheckEvent[],
  ): void {
    const attempts = results.map((result) => result.status);
    const speaker = results.find(({ status }) => status !== "pass" && status !== "warn") ??
      results[0];
    const entries = (this.#options.knownFailures ?? []).filter((it) => it.case === item.id);
    const { stale, ...judged } = judge(entries, overall(attempts), checks);
    const leaks = results.flatMap((result) => result.leaks);
    this.#stale.push(...stale);
    this.#ended(item, {
      ...speaker,
      ...judged,
      ms: results.reduce((sum, { ms }) => sum + ms, 0),
      ...(attempts.length > 1 && { attempts }),
      leaks: leaks.length > 0 ? leaks : undefined,
    });
  }

  #ended(
    item: AnyCase,
    end: Omit<CaseEnd, "type" | "case" | "title" | "required">,
  ): void {
    const required = Object.values(item.checks)
      .some((clause) => this.#clauses.get(clause)?.level === "must");
    const { leaks, ...rest } = end;
    const event: CaseEnd = {
      type: "case-end",
      case: item.id,
      title: item.title,
      required,
      ...rest,
      ...(leaks && { leaks }),
    };
    if (["fail", "flaky", "harness-error"].includes(event.status)) {
      this.#bailed = this.#options.bail ?? false;
    }
    this.#ends.push(event);
    this.events.push(event);
  }

  #end(interrupted: boolean): void {
    this.events.push(runEndOf(this.#ends, this.#checks, {
      known: this.#known.length,
      selected: this.#cases.length,
      stays: this.#subject.mode === "live",
      stale: this.#stale,
      interrupted,
    }));
  }
}

/**
 * Runs cases against a subject and tells what happens; the last event is the `run-end`.
 *
 * @example
 * ```ts ignore
 * for await (const event of run(CASES, subject, { seed: "s1", startedAt: "2026-01-01T00:00:00Z" })) {
 *   if (event.type === "run-end") console.log(event.exitCode);
 * }
 * ```
 *
 * @throws {HarnessError} if the subject's claims cannot be told, or the totals do not add up
 */
export function run(
  cases: readonly AnyCase[],
  subject: Subject,
  options: RunOptions,
): AsyncGenerator<Event> {
  return runBy(runAttempt, cases, subject, options);
}

/** The same as {@linkcode run}, with attempts that are made in another way. */
export async function* runBy(
  make: Attempt,
  cases: readonly AnyCase[],
  subject: Subject,
  options: RunOptions,
): AsyncGenerator<Event> {
  const claims = await subject.claims();
  const it = new Run(make, cases, subject, options);
  const done = it.all(claims).finally(() => it.events.end());
  done.catch(() => {});
  try {
    yield* it.events;
    await done;
  } finally {
    it.abandon();
    await done.catch(() => {});
  }
}
