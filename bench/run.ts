/**
 * Runs measures as the suite runs cases: with its worlds, its ledger and its clean-up.
 *
 * @module
 */

import type { AnyCase } from "../conformance/case.ts";
import { openSubject } from "../conformance/compose/mod.ts";
import { run } from "../conformance/engine/engine.ts";
import type { CaseEnd, Mode } from "../conformance/engine/events.ts";
import type { Ledger } from "../conformance/engine/ledger.ts";
import type { AnyModule } from "../conformance/compose/load_module.ts";
import type { CaseContext } from "../conformance/rigs/driver/context.ts";
import type { TaskContext } from "../conformance/rigs/task_driver/context.ts";
import type { UvmContext } from "../conformance/rigs/utility_vm/context.ts";
import { withMembers } from "../conformance/engine/tracker.ts";
import { HarnessError, type Stage, type Subject } from "../conformance/engine/subject.ts";
import type { Line } from "./lines.ts";
import type { AnyMeasure, Bench, Stopwatch, TaskBench, UvmBench } from "./measure.ts";
import { probed, type Span } from "./probe.ts";

/** A measure has no clause of its own; as a case it shows that it leaves nothing behind. */
const CLAUSE = "leak.none";
const NEVER = new AbortController().signal;
/** A day: measures end by themselves, and virtual days pass fast. */
const LONGEST_MS = 86_400_000;

/** What is measured. */
export interface RunInit {
  /** The module, of the simulation where that is to answer. */
  readonly module: AnyModule;
  /** What answers: a tape, or the module itself. */
  readonly mode: "live" | "replayed";
  /** The driver as it was asked for. */
  readonly driver: string;
  /** Its settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** The measures. */
  readonly measures: readonly AnyMeasure[];
  /** Whether few rounds will do. */
  readonly quick: boolean;
  /** Which run, from 1 on. */
  readonly run: number;
  /** What names follow from. */
  readonly seed: string;
  /** Where the tapes are. */
  readonly fixtures?: string;
  /** Where things are written down before they are made. */
  readonly ledger?: Ledger;
  /** Ends it early; clean-up is finished. */
  readonly signal?: AbortSignal;
  /** Takes lines. */
  emit(line: Line): void;
  /** Opens what is measured, in place of the module. */
  open?(): Promise<Subject & AsyncDisposable>;
  /** Is told what answers, before the first sample. */
  opened?(subject: { mode: Mode; stage: Stage }): Promise<void>;
  /** Is told which measure begins. */
  begins?(measure: AnyMeasure): void;
}

/** Why a measure cannot be taken here, apart from what it needs as a case. */
function unfit(
  { hosts, driver, contract = "driver" }: AnyMeasure,
  init: RunInit,
  subject: Subject,
): string | undefined {
  if (!subject.contracts.includes(contract)) return `It is about the contract "${contract}"`;
  if (driver !== undefined && driver !== subject.driver) return `It is about driver "${driver}"`;
  if (hosts === "live" && subject.mode !== "live") return "A simulated host cannot show it";
  if (hosts === "seam" && !("connect" in init.module)) return "The module has no backend seam";
  return undefined;
}

/** The stopwatches of a measure. */
function stopwatchOf(
  { init, measure, stage, mode, spans, missing }: {
    init: RunInit;
    measure: AnyMeasure;
    stage: Stage;
    mode: Mode;
    spans: Span[] | undefined;
    missing: (reason: string) => void;
  },
): Stopwatch {
  const { world } = stage;
  const { driver, settings, quick } = init;
  const worldUnit = mode === "live" ? "ms" : "virtual ms";
  const { signal = NEVER } = init;
  const sample: Stopwatch["sample"] = (series, value, { unit, x, warmUp }) => {
    // A measure that goes on while its things are removed would make new ones.
    signal.throwIfAborted();
    init.emit({
      type: "sample",
      run: init.run,
      measure: measure.id,
      series,
      unit,
      value,
      ...(x !== undefined && { x }),
      ...(warmUp && { warmUp }),
    });
  };
  return {
    subject: { driver, settings },
    isLive: mode === "live",
    quick,
    images: world.images,
    worldUnit,
    spans,
    trace: () => world.trace(),
    sample,
    missing,
    signal,
    async timed(series, work, { watch = "world", ...note } = {}) {
      const now = watch === "world" ? () => world.clock.now() : () => performance.now();
      const began = now();
      const result = await work();
      sample(series, now() - began, { ...note, unit: watch === "world" ? worldUnit : "ms" });
      return result;
    },
  };
}

type AnyContext = CaseContext | UvmContext | TaskContext;

/** Takes a measure, with what a case gets and stopwatches. */
async function taken(
  measure: AnyMeasure,
  context: AnyContext,
  stopwatch: Stopwatch,
): Promise<void> {
  if (measure.contract === "utility-vm") {
    await measure.run(withMembers(context as UvmBench, stopwatch));
  } else if (measure.contract === "task-driver") {
    await measure.run(withMembers(context as TaskBench, stopwatch));
  } else await measure.run(withMembers(context as Bench, stopwatch));
}

/** Opens what is measured, with a stopwatch at its seam unless a tape answers. */
async function opened(
  { module, mode, settings, fixtures, open }: RunInit,
): Promise<{ subject: Subject & AsyncDisposable; spans?: Span[] }> {
  if (open) return { subject: await open() };
  if (mode === "live" && "connect" in module) {
    const { module: timed, spans } = probed(module);
    return { subject: await openSubject(timed, { mode, settings }), spans };
  }
  return { subject: await openSubject(module, { mode, settings, fixtures }) };
}

/** How a measure ended, from how its case did. */
function endOf({ status, reason }: CaseEnd, missing: readonly string[]): Pick<
  Line & { type: "measure" },
  "status" | "reason"
> {
  if (status === "unsupported" || status === "not-run") return { status: "missing", reason };
  if (status !== "pass") return { status: "failed", reason: reason ?? status };
  return { status: "measured", ...(missing.length > 0 && { reason: missing.join("; ") }) };
}

/**
 * Runs the measures once, and answers what is left on the host.
 *
 * @throws {HarnessError} if the driver serves no contract that is measured
 */
export async function runMeasures(init: RunInit): Promise<readonly string[]> {
  const { subject: opening, spans } = await opened(init);
  await using subject = opening;
  const measured = ["driver", "utility-vm", "task-driver"] as const;
  if (!measured.some((contract) => subject.contracts.includes(contract))) {
    const [served, about] = [subject.contracts, measured].map((names) =>
      names.map((name) => `"${name}"`).join(" and ")
    );
    throw new HarnessError(
      `Driver "${subject.driver}" serves ${served}; the benchmarks are about ${about}`,
    );
  }
  const stages = new Map<string, Stage>();
  const stop = new AbortController();
  const missing = new Map<string, string[]>();
  const ended = (measure: string, end: Pick<Line & { type: "measure" }, "status" | "reason">) =>
    init.emit({ type: "measure", run: init.run, measure, ...end });
  const caseOf = (measure: AnyMeasure): AnyCase => ({
    id: measure.id,
    title: measure.title,
    why: "It costs time",
    contract: measure.contract ?? "driver",
    checks: { measured: CLAUSE },
    ...(measure.needs && { needs: measure.needs.map(String) }),
    async run(context: AnyContext): Promise<void> {
      const stage = stages.get(measure.id);
      if (!stage) throw new HarnessError("A measure runs without a stage");
      init.begins?.(measure);
      const gaps: string[] = [];
      missing.set(measure.id, gaps);
      const { mode } = subject;
      const bench = { init, measure, stage, mode, spans, missing: (it: string) => gaps.push(it) };
      try {
        await taken(measure, context, stopwatchOf(bench));
      } finally {
        // Only now: the engine does not wait for what it interrupts.
        if (init.signal?.aborted) stop.abort();
      }
      context.check.holds("measured", `driver:${subject.driver}`, true, "an end", undefined);
    },
  });
  const watched: Subject = {
    ...subject,
    async open(use) {
      init.signal?.throwIfAborted();
      const stage = await subject.open(use);
      stages.set(use.case.id, stage);
      await init.opened?.({ mode: subject.mode, stage });
      return stage;
    },
  };
  const served = ({ contract = "driver" }: AnyMeasure): boolean =>
    subject.contracts.includes(contract);
  const names = new Set(init.measures.filter(served).map(({ id }) => id));
  // Of two measures of one name, that of another contract is not missed.
  const meant = init.measures.filter((measure) => served(measure) || !names.has(measure.id));
  const fit = meant.filter((measure) => {
    const reason = unfit(measure, init, subject);
    if (reason !== undefined) ended(measure.id, { status: "missing", reason });
    return reason === undefined;
  });
  let leaks: readonly string[] = [];
  const { seed, ledger } = init;
  const options = {
    ...{ seed, startedAt: "", caseTimeoutMs: LONGEST_MS, ledger },
    signal: stop.signal,
  };
  for await (const event of run(fit.map(caseOf), watched, options)) {
    if (event.type === "case-end") ended(event.case, endOf(event, missing.get(event.case) ?? []));
    if (event.type === "run-end") leaks = event.leaks;
  }
  return leaks;
}
