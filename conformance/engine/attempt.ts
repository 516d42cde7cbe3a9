/**
 * One attempt at one case: its stage, its checks, its end.
 *
 * @module
 */

import {
  type Clause,
  type Clock,
  type HostBase,
  isDriverError,
} from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import { CaseEnded, CheckBook, messageOf } from "./check.ts";
import { Bystander, cleanUp, type Leftovers } from "./clean_up.ts";
import { Discretion } from "./discretion.ts";
import type { CaseEnd, CheckEvent, Status } from "./events.ts";
import { Instances } from "./instances.ts";
import type { Ledger } from "./ledger.ts";
import { Names, type Neighbours } from "./names.ts";
import { rigOf } from "../rigs/mod.ts";
import type { ContextParts, Rig } from "../rigs/rig.ts";
import { HarnessError, type Stage, type Subject } from "./subject.ts";
import { trackedHost, Tracker, withMembers } from "./tracker.ts";

/** How many lines of the trace a failure shows. */
const TRACE_TAIL = 12;

/** What each step of the clean-up gets at least, however short a case may be. */
const CLEAN_UP_MS = 10_000;

/** What an attempt needs. */
export interface AttemptInit {
  /** The case. */
  readonly case: AnyCase;
  /** Which attempt, from 1 on. */
  readonly attempt: number;
  /** What is under test. */
  readonly subject: Subject;
  /** The seed of the run. */
  readonly seed: string;
  /** Where resources are written down. */
  readonly ledger: Ledger;
  /** The cases that may go on at the same time, in a run of that seed. */
  neighbours(seed: string): Neighbours;
  /** The clauses by id. */
  readonly clauses: ReadonlyMap<string, Clause>;
  /** The most time that the case may take on the world's clock. */
  readonly timeoutMs: number;
  /** Whether a look-alike machine stands by, and must be unchanged after. */
  readonly bystander: boolean;
  /** Ends the attempt early; its clean-up is done all the same. */
  readonly signal: AbortSignal;
  /** Takes each check. */
  readonly emit: (event: CheckEvent) => void;
}

/** How an attempt ended. */
export type AttemptResult =
  & Pick<CaseEnd, "status" | "reason" | "ms" | "evidence" | "seed" | "trace" | "stack">
  & { readonly leaks: readonly string[] };

/** The case took too long. */
class CaseTimeout extends Error {
  override readonly name = "CaseTimeout";
}
/** The run was interrupted. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Ends what takes too long or is not wanted any more; the work itself goes on unheard. */
async function within<T>(
  clock: Clock,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new Interrupted("The run was interrupted"));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const cancel = clock.timer(
    timeoutMs,
    () => reject(new CaseTimeout(`Not done after ${timeoutMs} ms`)),
  );
  try {
    return await Promise.race([ended, (async () => await work())()]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Runs the case's function, and answers what ended it early. */
async function runBody(
  { case: item, timeoutMs, signal }: AttemptInit,
  clock: Clock,
  check: CheckBook,
  context: () => Promise<unknown>,
): Promise<unknown> {
  try {
    await within(
      clock,
      { timeoutMs, signal },
      async () => await item.run(await context() as never),
    );
    return check.misuse;
  } catch (error) {
    return check.misuse ?? error;
  }
}

/** What the checks and the error of the case's function make of it. */
function verdict(
  check: CheckBook,
  error: unknown,
): Pick<AttemptResult, "status" | "reason" | "stack"> {
  if (error instanceof HarnessError) return { status: "harness-error", reason: error.message };
  if (error instanceof Interrupted) return { status: "not-run", reason: error.message };
  const status: Status = check.worst;
  if (error === undefined || error instanceof CaseEnded) return { status };
  const foreseen = error instanceof CaseTimeout || isDriverError(error);
  const stack = error instanceof Error && !foreseen ? error.stack : undefined;
  return { status, reason: messageOf(error), ...(stack && { stack }) };
}

/** Emits what the case did not reach, and the engine's own checks. */
function complete(
  item: AnyCase,
  check: CheckBook,
  { error, leftovers: { left, problems }, bystander }: {
    error: unknown;
    leftovers: Leftovers;
    bystander?: Bystander;
  },
): void {
  if (error instanceof Interrupted || error instanceof HarnessError) return;
  check.close(error === undefined ? "The case ended without it" : messageOf(error));
  const subject = `case:${item.id}`;
  const unended = error === undefined || error instanceof CaseEnded
    ? undefined
    : { subject, expected: "the case runs to its end", seen: messageOf(error) };
  check.engine("completes", Object.values(item.checks)[0] ?? "", unended);
  bystander?.emit(check);
  const seen = [...left, ...problems];
  check.engine(
    "no-leak",
    "leak.none",
    seen.length > 0 ? { subject, expected: [], seen } : undefined,
  );
}

/** The ways behind the subject's back as a case sees them: without what other cases make. */
function caseHost(
  { case: { id, contract }, neighbours }: AttemptInit,
  { host, rig, tracker, seed }: { host?: HostBase; rig: Rig; tracker: Tracker; seed: string },
): HostBase | undefined {
  if (!host) return undefined;
  const tracked = trackedHost(host, contract, tracker);
  const all = (rig.trackedHost as ((...args: [HostBase, Tracker]) => HostBase) | undefined)?.(
    tracked,
    tracker,
  ) ?? tracked;
  return withMembers(all, {
    inventory: async () =>
      (await host.inventory()).filter((entry) => !neighbours(seed).isOfOther(id, entry)),
  });
}

/** What this process still holds of the host, now that all instances are disposed of. */
async function heldBy(host: HostBase | undefined): Promise<string[]> {
  return await host?.census?.() ?? [];
}

/** Runs a case on its stage, and cleans up after it. */
async function runOnStage(
  init: AttemptInit,
  stage: Stage,
  discretion: Discretion,
): Promise<AttemptResult> {
  const { contract } = init.case;
  const { world, seed = init.seed } = stage;
  const { clock } = world;
  const started = clock.now();
  const rig = rigOf(contract);
  const names = new Names(seed, init.case.id, stage.seed === undefined ? init.attempt : 1);
  const emit = (event: CheckEvent): void =>
    init.emit(event.status === "pass" ? event : discretion.hidden(event));
  const check = new CheckBook({ ...init, emit });
  const tracker = new Tracker(init.ledger);
  const instances = new Instances({ stage, rig, tracker });
  const bystander = init.bystander
    ? Bystander.for(world.host, { contract, names, tracker })
    : undefined;
  await bystander?.plant();
  const thrown = await runBody(init, clock, check, async () => {
    await rig.prepare?.(stage);
    const subject = await instances.open(names.owner);
    const host = caseHost(init, { host: world.host, rig, tracker, seed });
    const another = (owner = names.owner) => instances.open(owner);
    const parts = { stage, subject, names, check, host, another, discretion };
    return rig.context(parts as ContextParts<never>);
  });
  check.freeze();
  world.faults?.clear();
  const bounded = <T>(work: () => Promise<T>): Promise<T> =>
    within(clock, { timeoutMs: Math.max(init.timeoutMs, CLEAN_UP_MS) }, work);
  const cleaning = { tracker, bystander, contract, world, owner: names.owner };
  const leftovers = await cleanUp({ ...cleaning, of: (owner) => instances.of(owner) }, bounded);
  const error = await bounded(() => instances.close()).then(() => thrown, (late) => thrown ?? late);
  const held = await bounded(() => heldBy(world.host)).catch((late) => [messageOf(late)]);
  complete(init.case, check, {
    error,
    leftovers: { ...leftovers, problems: [...leftovers.problems, ...held] },
    bystander,
  });
  const ended = verdict(check, error);
  const clean = ended.status === "pass" || ended.status === "warn";
  return {
    ...ended,
    ms: clock.now() - started,
    evidence: stage.evidence,
    ...(stage.seed !== undefined && { seed }),
    ...(!clean && { trace: world.trace().slice(-TRACE_TAIL) }),
    leaks: leftovers.left,
  };
}

/** What a failed use of the harness says, with what it came from. */
function reasonOf(error: unknown): string {
  if (error instanceof SuppressedError) {
    return `${reasonOf(error.error)}; ${reasonOf(error.suppressed)}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Runs one attempt at a case. Never throws: what the harness cannot do is a `harness-error`. */
export async function runAttempt(init: AttemptInit): Promise<AttemptResult> {
  const { ledger, subject, seed } = init;
  const discretion = new Discretion();
  let result: AttemptResult = { status: "harness-error", ms: 0, leaks: [] };
  let folder: number | undefined;
  try {
    {
      await using stage = await subject.open({ case: init.case, seed });
      if (stage.folder) folder = await ledger.intend({ kind: "folder", path: stage.folder });
      result = await runOnStage(init, stage, discretion);
    }
    if (folder !== undefined) await ledger.strike([folder]);
  } catch (error) {
    // The rest of a tape was not asked for, as the case was interrupted.
    if (result.status === "not-run") return discretion.hidden(result);
    result = { ...result, status: "harness-error", reason: reasonOf(error) };
  }
  // A pass tells nothing that the driver said.
  return result.status === "pass" ? result : discretion.hidden(result);
}
