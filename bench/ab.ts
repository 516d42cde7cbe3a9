/**
 * Two sides whose runs take turns, A B B A, so that whatever else the machine does meets both alike.
 * Each run is a process of its own.
 *
 * @module
 */

import { resolve } from "node:path";
import { UsageError } from "../conformance/commands/usage.ts";
import { compare, type Compared, unpaired } from "./compare.ts";
import { type Line, parseResults, type Results } from "./lines.ts";
import type { Options, Side } from "./options.ts";
import { driverOf, measuresOf } from "./target.ts";

/** The order of the sides for so many runs of each: A B, B A, A B, … */
export function turns(runs: number): number[] {
  return Array.from({ length: runs }, (_, pair) => pair % 2 === 0 ? [0, 1] : [1, 0]).flat();
}

/** @throws {UsageError} if a side has a checkout without benchmarks */
async function assertCheckout({ name, checkout }: Side): Promise<void> {
  if (checkout === undefined) return;
  try {
    await Deno.stat(`${checkout}/bench/cli.ts`);
  } catch (cause) {
    throw new UsageError(`"--${name}-checkout" has no benchmarks: "${checkout}"`, { cause });
  }
}

/** Does one run of a side, and answers what it measured. */
async function runOnce(side: Side, options: Options, folder: string): Promise<Results> {
  const settings = { ...options.settings, ...side.settings };
  const { live, quick, measures } = options;
  const args = [
    ...["run", "-A", "--no-prompt", "--v8-flags=--expose-gc", "bench/cli.ts"],
    ...["--driver", driverOf(options), "--out", folder],
    ...(live ? ["--live"] : []),
    ...(quick ? ["--quick"] : []),
    ...measures.flatMap((name) => ["--measure", name]),
    ...Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]),
  ];
  const cwd = side.checkout === undefined ? Deno.cwd() : resolve(side.checkout);
  const command = new Deno.Command(Deno.execPath(), { args, cwd, stdout: "null" });
  const { code, stderr } = await command.output();
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  // 1 is also that of a promise that is missed, which says nothing against the samples.
  if (code > 1) throw new UsageError(`A run of side "${side.name}" ended with ${code}: ${said}`);
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ndjson")) continue;
    const results = parseResults(await Deno.readTextFile(`${folder}/${name}`));
    const failed = results.ended.find(({ status }) => status === "failed");
    if (!failed) return results;
    throw new UsageError(`Side "${side.name}" failed at "${failed.measure}": ${failed.reason}`);
  }
  throw new UsageError(`A run of side "${side.name}" wrote no samples: ${said}`);
}

/** Does all runs, keeps a file for each side, and compares them. */
export async function runSides(options: Options): Promise<Compared[]> {
  const { runs, sides, out } = options;
  // Before the first run, which may take long.
  driverOf(options);
  measuresOf(options.measures);
  for (const side of sides) await assertCheckout(side);
  await Deno.mkdir(out, { recursive: true });
  const all: Results[][] = sides.map(() => []);
  try {
    for (const [turn, at] of turns(runs).entries()) {
      const side = sides[at];
      if (!side) continue;
      console.error(`Run ${Math.floor(turn / 2) + 1} of ${runs}, side ${side.name}`);
      const folder = await Deno.makeTempDir({ dir: out, prefix: "ab-" });
      try {
        all[at]?.push(await runOnce(side, options, resolve(folder)));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  } finally {
    // A run that fails takes nothing of those before it along.
    for (const path of await writeSides(all, options)) console.error(`Samples: ${path}`);
  }
  const [a, b] = all.map(joined);
  if (!a || !b) throw new UsageError('"ab" needs at least one run');
  const compared = compare(a, b, options);
  for (const one of unpaired(a, b)) console.error(one);
  return compared;
}

/** Writes what each side has measured so far, and answers where. */
async function writeSides(
  all: readonly Results[][],
  { sides, out }: Options,
): Promise<readonly string[]> {
  const stamp = all[0]?.[0]?.head.startedAt.replace(/[:.]/g, "");
  const paths: string[] = [];
  for (const [at, runs] of all.entries()) {
    const results = joined(runs);
    if (!results) continue;
    const lines: Line[] = [results.head, ...results.samples, ...results.ended];
    const path = `${out}/ab-${stamp}-${sides[at]?.name}.ndjson`;
    await Deno.writeTextFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    paths.push(path);
  }
  return paths;
}

/** The runs of one side as one file, numbered. */
function joined(runs: readonly Results[]): Results | undefined {
  const [first] = runs;
  if (!first) return undefined;
  const numbered = <T extends { run: number }>(of: (results: Results) => readonly T[]): T[] =>
    runs.flatMap((results, at) => of(results).map((line) => ({ ...line, run: at + 1 })));
  return {
    head: first.head,
    samples: numbered(({ samples }) => samples),
    ended: numbered(({ ended }) => ended),
  };
}
