/**
 * The sub-command `run`.
 *
 * @module
 */

import type { AnyCase } from "../case.ts";
import { runAttempt } from "../engine/attempt.ts";
import { runBy } from "../engine/engine.ts";
import type { ExitCode } from "../engine/events.ts";
import { type KnownFailure, parseKnownFailures } from "../engine/known_failing.ts";
import type { Terminal, Threads } from "./composer.ts";
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

/** The thread that all else runs in. */
const THIS_THREAD: Threads = { count: 1, attempt: runAttempt, [Symbol.dispose]() {} };

/** Where attempts are made: a long replay has several threads, unless the user says how many cases. */
async function threadsFor(
  { composer }: Use,
  { request, subject, selected, run: { known = [], parallel } }: SetUp<Subject>,
): Promise<Threads> {
  const isLong = subject.mode === "replayed" && selected.length >= WORTH_A_THREAD;
  return isLong && parallel === undefined ? await composer.threads(request, known) : THIS_THREAD;
}

/** Runs the selected cases. @throws {UsageError}, and what the subject lacks */
export async function runCommand(use: Use): Promise<ExitCode> {
  const { terminal, composer, options, cases } = use;
  const knownOnes = await knownFailures(terminal, options, cases);
  await using set = await setUp(use, composer.subject);
  const { subject, selected, reports } = set;
  const isReplay = subject.mode === "replayed";
  if (isReplay) await terminal.confine();
  using threads = await threadsFor(use, set);
  const events = runBy(threads.attempt, selected, subject, {
    ...set.run,
    parallel: set.run.parallel ?? (isReplay ? IN_REPLAY * threads.count : 1),
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
