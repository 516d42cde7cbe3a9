/**
 * Two sides whose runs take turns, A B B A, so that whatever else the machine does meets both alike.
 * Each run is a process of its own.
 *
 * @module
 */

import { resolve } from "node:path";
import { UsageError } from "../conformance/commands/usage.ts";
import { compare, type Compared } from "./compare.ts";
import { type Line, parseResults, type Results } from "./lines.ts";
import type { Options, Side } from "./options.ts";
import { driverOf } from "./target.ts";

/** The order of the sides for so many runs of each: A B, B A, A B, … */
export function turns(runs: number): number[] {
  return Array.from({ length: runs }, (_, pair) => pair % 2 === 0 ? [0, 1] : [1, 0]).flat();
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
  const { code } = await command.output();
  if (code !== 0) throw new UsageError(`A run of side "${side.name}" ended with ${code}`);
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ndjson")) continue;
    return parseResults(await Deno.readTextFile(`${folder}/${name}`));
  }
  throw new UsageError(`A run of side "${side.name}" wrote no samples`);
}

/** Does all runs, keeps a file for each side, and compares them. */
export async function runSides(options: Options): Promise<Compared[]> {
  const { runs, sides, out } = options;
  await Deno.mkdir(out, { recursive: true });
  const all: Results[][] = sides.map(() => []);
  for (const [turn, at] of turns(runs).entries()) {
    const side = sides[at];
    if (!side) continue;
    console.error(`Run ${Math.floor(turn / 2) + 1} of ${runs}, side ${side.name}`);
    const folder = await Deno.makeTempDir({ dir: out, prefix: "ab-" });
    all[at]?.push(await runOnce(side, options, resolve(folder)));
    await Deno.remove(folder, { recursive: true });
  }
  const [a, b] = all.map(joined);
  if (!a || !b) throw new UsageError('"ab" needs at least one run');
  const stamp = a.head.startedAt.replace(/[:.]/g, "");
  for (const [name, results] of Object.entries({ a, b })) {
    const lines: Line[] = [results.head, ...results.samples, ...results.ended];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await Deno.writeTextFile(`${out}/ab-${stamp}-${name}.ndjson`, text);
  }
  return compare(a, b, options);
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
