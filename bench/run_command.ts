/**
 * The commands that measure: `run`, and `record`, which keeps a tape.
 *
 * @module
 */

import { composer } from "../conformance/compose/mod.ts";
import { interrupts } from "../conformance/commands/program.ts";
import { UsageError } from "../conformance/commands/usage.ts";
import { commitOf, fingerprintOf, loadNow } from "./fingerprint.ts";
import { htmlPage } from "./html.ts";
import { type Head, type Line, resultsOf } from "./lines.ts";
import { CALLS } from "./measures/calls.ts";
import type { Options } from "./options.ts";
import { judge, judgedText } from "./peers/targets.ts";
import { summary } from "./report.ts";
import { runMeasures } from "./run.ts";
import { driverOf, ledgerOf, measuresOf, targetOf } from "./target.ts";

/** Where tapes and baselines are. */
export const BASELINES = "bench/baselines";

/** A seed by chance. */
export function newSeed(): string {
  return crypto.getRandomValues(new Uint8Array(5)).toHex();
}

const tell = (text: string): void => console.error(text.trimEnd());

/**
 * Settles as the work does; or, where nothing has to be cleaned up, when it is interrupted: the process
 * ends then, and the work with it.
 */
async function orInterrupted(
  work: Promise<void>,
  { signal, isLive }: { readonly signal: AbortSignal; readonly isLive: boolean },
): Promise<void> {
  if (isLive) return await work;
  const interrupted = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => interrupted.resolve(), { once: true });
  work.catch(() => {});
  await Promise.race([work, interrupted.promise]);
}

/** Takes the measures, writes samples and page, prints a summary. Answers the exit code. */
export async function runCommand(options: Options): Promise<number> {
  const { settings, quick, runs, out } = options;
  const target = await targetOf(options);
  const measures = measuresOf(options.measures);
  const startedAt = new Date().toISOString();
  await Deno.mkdir(out, { recursive: true });
  const { module } = target;
  const name = `${module.name}-${target.isLive ? "live" : "simulated"}`;
  const base = `${out}/${name}-${startedAt.replace(/[:.]/g, "")}`;
  const lines: Line[] = [];
  using files = new DisposableStack();
  let file: Deno.FsFile | undefined;
  // At once: a write in the background would go on while the next sample is taken. And what a process
  // that is killed has measured so far can be read. There is no file before its head is known.
  const write = (line: Line): void => {
    file?.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
  };
  let isOver = false;
  const emit = (line: Line): void => {
    // Work that was left behind adds nothing to what is written below.
    if (isOver) return;
    lines.push(line);
    write(line);
  };
  const load = loadNow();
  if (load > navigator.hardwareConcurrency / 2) {
    console.error(`The machine is busy (load ${load}): times say little`);
  }
  using interrupted = interrupts(tell, target.isLive);
  const { signal } = interrupted;
  let leaks: readonly string[] = [];
  const work = async (): Promise<void> => {
    await using ledger = await ledgerOf(target, { settings, startedAt });
    for (let run = 1; run <= runs && !signal.aborted; run++) {
      const left = await runMeasures({
        module,
        mode: "live",
        driver: target.driver,
        settings,
        measures,
        quick,
        run,
        seed: options.seed ?? newSeed(),
        ledger,
        signal,
        emit,
        begins: ({ title }) => console.error(`${runs > 1 ? `${run}/${runs} ` : ""}${title}`),
        async opened({ mode, stage: { evidence } }) {
          if (lines.some(({ type }) => type === "head")) return;
          const head: Head = {
            type: "head",
            version: 1,
            fingerprint: await fingerprintOf({ driver: module.name, mode, evidence }),
            commit: await commitOf("."),
            ...{ settings, quick, startedAt, load },
          };
          file = files.use(await Deno.open(`${base}.ndjson`, { write: true, createNew: true }));
          // What could not be measured at all may have been told before.
          lines.unshift(head);
          lines.forEach(write);
        },
      });
      leaks = [...leaks, ...left];
    }
  };
  await orInterrupted(work(), { signal, isLive: target.isLive });
  isOver = true;
  if (lines[0]?.type !== "head") {
    if (signal.aborted) return interrupted.exitCode;
    throw new UsageError("None of these measures can be taken here");
  }
  const results = resultsOf(lines);
  await Deno.writeTextFile(`${base}.html`, htmlPage(results));
  console.log(summary(results));
  const judged = results.samples.some(({ measure }) => measure === "peers")
    ? judge(results.samples)
    : [];
  for (const one of judged) console.log(judgedText(one));
  console.log(`Samples: ${base}.ndjson\nPage: ${base}.html`);
  for (const leak of leaks) console.error(`Left on the host: ${leak}`);
  if (leaks.length > 0) return 4;
  if (signal.aborted) return interrupted.exitCode;
  const isMissed = judged.some(({ ok }) => !ok);
  return isMissed || results.ended.some(({ status }) => status === "failed") ? 1 : 0;
}

/** Records the backend calls of a real host, for the gates. Answers the exit code. */
export async function recordCommand(options: Options): Promise<number> {
  if (!options.live) throw new UsageError('"record" needs "--live": a simulator needs no tape');
  const { settings } = options;
  const target = await targetOf(options);
  const startedAt = new Date().toISOString();
  const request = { driver: driverOf(options), mode: "live", settings, startedAt } as const;
  const recording = await composer.recording({ ...request, fixtures: BASELINES });
  using interrupted = interrupts(tell, true);
  await using ledger = await ledgerOf(target, { settings, startedAt });
  const ends: Line[] = [];
  const leaks = await runMeasures({
    module: target.module,
    mode: "live",
    driver: target.driver,
    settings,
    measures: [CALLS],
    quick: true,
    run: 1,
    seed: options.seed ?? newSeed(),
    ledger,
    signal: interrupted.signal,
    open: () => Promise.resolve(recording),
    emit: (line) => line.type === "measure" && ends.push(line),
  });
  const [end] = ends;
  if (end?.type !== "measure" || end.status !== "measured" || leaks.length > 0) {
    console.error(`Nothing is recorded: ${JSON.stringify(end)} ${leaks.join(" ")}`);
    return leaks.length > 0 ? 4 : 1;
  }
  const folder = `${BASELINES}/${target.module.name}`;
  await Deno.mkdir(folder, { recursive: true });
  const tape = await recording.tape({ id: CALLS.id } as Parameters<typeof recording.tape>[0]);
  await Deno.writeTextFile(`${folder}/${CALLS.id}.ndjson`, tape);
  console.log(`Recorded ${folder}/${CALLS.id}.ndjson`);
  return 0;
}
