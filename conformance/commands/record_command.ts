/**
 * The sub-command `record`: runs cases live, and keeps a tape of each that did well.
 *
 * @module
 */

import type { AnyCase } from "../case.ts";
import type { RecordingSubject, Terminal } from "./composer.ts";
import { run, type RunOptions } from "../engine/engine.ts";
import type { CaseEnd, Event, ExitCode, RunEnd } from "../engine/events.ts";
import type { Options } from "./options.ts";
import { setUp, type Use } from "./set_up.ts";
import { sentenceOf, UsageError } from "./usage.ts";

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
      const isNews = status !== "unsupported" && status !== "not-run";
      if (isNews) problems.push({ case: item.id, why });
      continue;
    }
    try {
      tapes.set(item.id, await subject.tape(item));
    } catch (error) {
      problems.push({
        case: item.id,
        why: sentenceOf(error).replaceAll(`"${item.id}"`, "the case"),
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

/** Learns whether the folder can be written before anything is run. @throws {Error} naming it */
async function assertWritable(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".recording-" }));
  } catch (cause) {
    throw new Error(`Cannot write recordings in "${folder}": ${sentenceOf(cause)}`, { cause });
  }
}

/** Writes all tapes beside their places, and then moves them there: the old ones stay, or all are new. */
async function store(folder: string, tapes: ReadonlyMap<string, string>): Promise<number> {
  let bytes = 0;
  const moves: [string, string][] = [];
  try {
    for (const [id, text] of tapes) {
      const path = `${folder}/${id}.ndjson`;
      moves.push([`${path}.new`, path]);
      await Deno.writeTextFile(`${path}.new`, text);
      bytes += new TextEncoder().encode(text).length;
    }
  } catch (cause) {
    await Promise.allSettled(moves.map(([from]) => Deno.remove(from)));
    const why = `${sentenceOf(cause)}; the old ones are as they were`;
    throw new Error(`Cannot write recordings in "${folder}": ${why}`, { cause });
  }
  for (const [from, to] of moves) await Deno.rename(from, to);
  return bytes;
}

function checkUse(terminal: Terminal, { yes }: Options): void {
  if (terminal.env("CI") === "true" && !yes) {
    throw new UsageError(
      '"record" in CI is a mistake more often than not; if it is none, add "--yes"',
    );
  }
}

/** Records the selected cases. @throws {UsageError}, and what the subject lacks */
export async function recordCommand(use: Use): Promise<ExitCode> {
  const { terminal, composer, options } = use;
  checkUse(terminal, options);
  await using set = await setUp(use, composer.recording);
  const { request, subject, selected, reports } = set;
  const folder = `${request.fixtures}/${subject.driver}`;
  await assertWritable(folder);
  const live = await hear(run(selected, subject, set.run), (event) => reports.take(event));
  const { tapes, problems } = await tapesOf(subject, selected, live);
  const again = { ...set.run, ledger: undefined, signal: undefined, bail: false };
  problems.push(...await verify(subject, selected, tapes, live, again));
  const bytes = await store(folder, tapes);
  terminal.err(told(problems));
  const size = `${(bytes / 1024).toFixed(1)} KiB`;
  terminal.err(`Recorded ${tapes.size} of ${selected.length} cases, ${size}, in "${folder}"\n`);
  return live.end.exitCode === 0 && problems.length > 0 ? 3 : live.end.exitCode;
}
