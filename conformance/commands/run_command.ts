/**
 * The sub-command `run`.
 *
 * @module
 */

import type { AnyCase } from "../case.ts";
import { run, type RunOptions } from "../engine/engine.ts";
import type { ExitCode } from "../engine/events.ts";
import { type KnownFailure, parseKnownFailures } from "../engine/known_failing.ts";
import type { Terminal } from "./composer.ts";
import type { Options } from "./options.ts";
import { readUserFile } from "./request.ts";
import type { Subject } from "../engine/subject.ts";
import { type SetUp, setUp, type Use } from "./set_up.ts";
import { sentenceOf, unknownName, UsageError } from "./usage.ts";

async function knownFailures(
  terminal: Terminal,
  { knownFailing }: Options,
  cases: readonly AnyCase[],
): Promise<KnownFailure[]> {
  if (knownFailing === undefined) return [];
  const text = await readUserFile(terminal, knownFailing);
  let entries: KnownFailure[];
  try {
    entries = parseKnownFailures(text);
  } catch (cause) {
    throw new UsageError(sentenceOf(cause), { cause });
  }
  for (const { case: id, check } of entries) {
    const item = cases.find((it) => it.id === id);
    if (!item) throw unknownName("case in the known failures", id, cases.map((it) => it.id));
    const checks = [...Object.keys(item.checks), "completes", "bystander", "no-leak"];
    if (check !== undefined && !checks.includes(check)) {
      throw unknownName(`check of case "${id}" in the known failures`, check, checks);
    }
  }
  return entries;
}

/** How many cases a thread of a replay has at the same time: none hears of another. */
const IN_REPLAY = 8;

/** Fewer cases are done before another thread has loaded the suite. */
const WORTH_A_THREAD = 40;

/** How a replay makes its attempts, unless the user says how many are to be made at the same time. */
async function replaying(
  { composer }: Use,
  { request, selected, run: { known = [], parallel } }: SetUp<Subject>,
): Promise<Pick<RunOptions, "parallel" | "attempt"> & Disposable> {
  if (parallel !== undefined) return { parallel, [Symbol.dispose]() {} };
  if (selected.length < WORTH_A_THREAD) return { parallel: IN_REPLAY, [Symbol.dispose]() {} };
  const threads = await composer.threads(request, known);
  return {
    parallel: IN_REPLAY * threads.count,
    attempt: threads.attempt,
    [Symbol.dispose]: threads[Symbol.dispose],
  };
}

/** Runs the selected cases. @throws {UsageError}, and what the subject lacks */
export async function runCommand(use: Use): Promise<ExitCode> {
  const { terminal, composer, options, cases } = use;
  const knownOnes = await knownFailures(terminal, options, cases);
  await using set = await setUp(use, composer.subject);
  const { subject, selected, reports } = set;
  const isReplay = subject.mode === "replayed";
  if (isReplay) await terminal.confine();
  using pace = isReplay ? await replaying(use, set) : undefined;
  const events = run(selected, subject, {
    ...set.run,
    ...pace,
    repeat: options.repeat,
    bystander: !isReplay,
    knownFailures: knownOnes,
  });
  let code: ExitCode = 3;
  for await (const event of events) {
    reports.take(event);
    if (event.type === "run-end") code = event.exitCode;
  }
  return code;
}
