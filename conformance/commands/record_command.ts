/**
 * The sub-command `record`: runs cases live, and keeps a tape of each that did well.
 *
 * @module
 */

import type { AnyCase } from "../case.ts";
import type { Composer, RecordingSubject, Terminal } from "./composer.ts";
import { run, type RunOptions } from "../engine/engine.ts";
import type { CaseEnd, Event, ExitCode, RunEnd } from "../engine/events.ts";
import type { Options } from "./options.ts";
import { commandOf, ledgerFor, Reports, requestOf, servedCases } from "./run_command.ts";
import { messageOf } from "../engine/check.ts";
import { offered } from "./selection.ts";
import { UsageError } from "./usage.ts";

/** What a run said about each case: the outcome of each check. */
type Verdicts = ReadonlyMap<string, string>;

interface Heard {
  readonly ends: readonly CaseEnd[];
  readonly end: RunEnd;
  readonly verdicts: Verdicts;
}

/** Listens to a run until its end. */
async function hear(events: AsyncIterable<Event>, take: (event: Event) => void): Promise<Heard> {
  const ends: CaseEnd[] = [];
  const verdicts = new Map<string, string>();
  for await (const event of events) {
    take(event);
    if (event.type === "case-end") ends.push(event);
    if (event.type === "check") {
      const before = verdicts.get(event.case) ?? "";
      verdicts.set(event.case, `${before}${event.check} ${event.status}\n`);
    }
    if (event.type === "run-end") return { ends, verdicts, end: event };
  }
  throw new Error("The run did not end");
}

/** Why a case has no tape. */
interface Problem {
  readonly case: string;
  readonly why: string;
}

/** Problems in words; cases with the same one share a line. */
function told(problems: readonly Problem[]): string {
  const groups = Map.groupBy(problems, ({ why }) => why);
  return [...groups].map(([why, cases]) =>
    `Not kept: ${cases.map((it) => it.case).join(", ")}: ${why}\n`
  ).join("");
}

/** The tapes of the cases that did well, and why others have none. */
async function tapesOf(
  subject: RecordingSubject,
  cases: readonly AnyCase[],
  { ends }: Heard,
): Promise<{ tapes: Map<string, string>; problems: Problem[] }> {
  const tapes = new Map<string, string>();
  const problems: Problem[] = [];
  for (const item of cases) {
    const status = ends.find((end) => end.case === item.id)?.status;
    if (status !== "pass" && status !== "warn") {
      const why = `it ended as ${status}`;
      if (status !== "unsupported") problems.push({ case: item.id, why });
      continue;
    }
    try {
      tapes.set(item.id, await subject.tape(item));
    } catch (error) {
      problems.push({
        case: item.id,
        why: messageOf(error).replaceAll(`"${item.id}"`, "the case"),
      });
    }
  }
  return { tapes, problems };
}

/** Replays fresh tapes; takes those away that do not say what the live run said. */
async function verify(
  subject: RecordingSubject,
  cases: readonly AnyCase[],
  tapes: Map<string, string>,
  live: Heard,
  options: RunOptions,
): Promise<Problem[]> {
  const replayed = cases.filter((item) => tapes.has(item.id));
  if (replayed.length === 0) return [];
  await using replaying = await subject.replaying(tapes);
  const events = run(replayed, replaying, options);
  const heard = await hear(events, () => {});
  return heard.ends.flatMap(({ case: id, status, reason }) => {
    const same = heard.verdicts.get(id) === live.verdicts.get(id);
    if (same && (status === "pass" || status === "warn")) return [];
    tapes.delete(id);
    return [{ case: id, why: `its replay differs: ${reason ?? status}` }];
  });
}

/** Writes all tapes beside their places, and then moves them there. */
async function store(folder: string, tapes: ReadonlyMap<string, string>): Promise<number> {
  await Deno.mkdir(folder, { recursive: true });
  let bytes = 0;
  const moves: [string, string][] = [];
  for (const [id, text] of tapes) {
    const path = `${folder}/${id}.ndjson`;
    await Deno.writeTextFile(`${path}.new`, text);
    moves.push([`${path}.new`, path]);
    bytes += new TextEncoder().encode(text).length;
  }
  for (const [from, to] of moves) await Deno.rename(from, to);
  return bytes;
}

function checkUse(terminal: Terminal, { yes, repeat, knownFailing }: Options): void {
  if (repeat > 1) throw new UsageError('"record" runs each case once, without "--repeat"');
  if (knownFailing !== undefined) {
    throw new UsageError('"record" keeps what does well, without "--known-failing"');
  }
  if (terminal.env("CI") === "true" && !yes) {
    throw new UsageError(
      '"record" in CI is a mistake more often than not; if it is none, add "--yes"',
    );
  }
}

/** Records the selected cases. @throws {UsageError}, and what the subject lacks */
export async function recordCommand(
  { terminal, composer, options, cases, selected: asked }: {
    readonly terminal: Terminal;
    readonly composer: Composer;
    readonly options: Options;
    readonly cases: readonly AnyCase[];
    readonly selected: readonly AnyCase[];
  },
): Promise<ExitCode> {
  checkUse(terminal, options);
  const request = requestOf(terminal, composer, options);
  const { startedAt } = request;
  await using subject = await composer.recording(request);
  const selected = servedCases(subject, asked, options);
  const common: RunOptions = {
    seed: options.seed ?? terminal.seed(),
    startedAt,
    command: commandOf(options),
    known: offered(subject, cases).map(({ id }) => id),
    parallel: options.parallel,
    caseTimeoutMs: options.caseTimeoutMs,
  };
  using interrupts = terminal.interrupts();
  using reports = new Reports(terminal, options.reporters);
  await using ledger = await ledgerFor(terminal, options, request, subject);
  const { signal } = interrupts;
  const live = await hear(
    run(selected, subject, { ...common, ledger, signal, bail: options.bail }),
    (event) => reports.take(event),
  );
  const { tapes, problems } = await tapesOf(subject, selected, live);
  problems.push(...await verify(subject, selected, tapes, live, common));
  const folder = `${request.fixtures}/${subject.driver}`;
  const bytes = await store(folder, tapes);
  terminal.err(told(problems));
  const size = `${(bytes / 1024).toFixed(1)} KiB`;
  terminal.err(`Recorded ${tapes.size} of ${selected.length} cases, ${size}, in "${folder}"\n`);
  return live.end.exitCode === 0 && problems.length > 0 ? 3 : live.end.exitCode;
}
