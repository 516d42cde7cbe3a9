/**
 * What two sets of recordings say differently, apart from times, seeds and made-up names: what a
 * new recording has to be looked at for.
 *
 * @module
 */

import { Names } from "../engine/names.ts";
import { UsageError } from "./usage.ts";

/** The head of a tape, as far as it matters here. */
interface Head {
  readonly case: string;
  readonly driver: string;
  readonly seed: string;
  readonly origin: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** How a case's recording compares. */
export interface TapeDifference {
  /** The driver's folder and the case, such as `libvirt/create.stopped`. */
  readonly tape: string;
  /** Whether it is in both sets. */
  readonly kind: "same" | "changed" | "new" | "gone";
  /** What is only in the old one (`-`) or the new one (`+`), line by line. */
  readonly lines: readonly string[];
}

/** The lines of a tape by lane, without what differs from run to run. */
function streams(text: string): ReadonlyMap<string, string[]> {
  const [head, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { seed, case: id, origin, versions } = head as Head;
  const names = new Names(seed, id, 1);
  const plain = (value: string): string =>
    value.replaceAll(names.owner, "⟨owner⟩").replaceAll(names.beginning, "⟨name⟩");
  const found = new Map([["", [JSON.stringify({ origin, versions })]]]);
  for (const { at: _, ms: __, ...line } of lines) {
    const lane = plain(`${line.lane}${"event" in line ? " events" : ""}`);
    const told = plain(JSON.stringify(line));
    found.set(lane, [...found.get(lane) ?? [], told]);
  }
  return found;
}

/** The lines that are in one of two texts alone, in order; by the longest common subsequence. */
export function lineDifference(old: readonly string[], now: readonly string[]): string[] {
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      longest[i * width + j] = old[i] === now[j]
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (j >= now.length || i < old.length && at(i + 1, j) >= at(i, j + 1)) {
      lines.push(`- ${old[i++]}`);
    } else lines.push(`+ ${now[j++]}`);
  }
  return lines;
}

/** What one recording says differently from another of the same case. */
export function tapeDifference(old: string, now: string): string[] {
  const [before, after] = [streams(old), streams(now)];
  const lanes = new Set([...before.keys(), ...after.keys()]);
  return [...lanes].flatMap((lane) =>
    lineDifference(before.get(lane) ?? [], after.get(lane) ?? [])
  );
}

async function tapesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const tapes = new Map<string, string>();
  for await (const driver of Deno.readDir(folder)) {
    if (!driver.isDirectory) continue;
    for await (const { name } of Deno.readDir(`${folder}/${driver.name}`)) {
      if (!name.endsWith(".ndjson")) continue;
      const tape = `${driver.name}/${name.replace(/\.ndjson$/, "")}`;
      tapes.set(tape, `${folder}/${driver.name}/${name}`);
    }
  }
  return tapes;
}

/**
 * Compares the recordings of two folders; of the drivers that are in the new one alone.
 *
 * @throws {UsageError} if a folder cannot be read, or the new one has no recording
 */
export async function compareTapes(old: string, now: string): Promise<TapeDifference[]> {
  const [before, after] = await Promise.all([old, now].map(async (folder) => {
    try {
      return await tapesIn(folder);
    } catch (cause) {
      throw new UsageError(`Cannot read the recordings in "${folder}"`, { cause });
    }
  })) as [ReadonlyMap<string, string>, ReadonlyMap<string, string>];
  if (after.size === 0) throw new UsageError(`There are no recordings in "${now}"`);
  const drivers = new Set([...after.keys()].map((tape) => tape.split("/")[0]));
  const all = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differences: TapeDifference[] = [];
  for (const tape of all.filter((it) => drivers.has(it.split("/")[0]))) {
    const paths = [before.get(tape), after.get(tape)];
    const [oldText, newText] = await Promise.all(
      paths.map((path) => path === undefined ? undefined : Deno.readTextFile(path)),
    );
    if (oldText === undefined) differences.push({ tape, kind: "new", lines: [] });
    else if (newText === undefined) differences.push({ tape, kind: "gone", lines: [] });
    else {
      const lines = tapeDifference(oldText, newText);
      differences.push({ tape, kind: lines.length > 0 ? "changed" : "same", lines });
    }
  }
  return differences;
}

/** How many lines of a recording are shown. */
const MOST_LINES = 40;

/** A difference between recordings as Markdown. */
export function renderDifferences(differences: readonly TapeDifference[]): string {
  const of = (kind: TapeDifference["kind"]): readonly TapeDifference[] =>
    differences.filter((it) => it.kind === kind);
  const list = (kind: TapeDifference["kind"], title: string): string[] =>
    of(kind).length === 0 ? [] : [
      "",
      `### ${title}`,
      "",
      ...of(kind).map(({ tape }) => `- \`${tape}\``),
    ];
  const count = (["same", "changed", "new", "gone"] as const)
    .map((kind) => `${of(kind).length} ${kind}`).join(", ");
  return [
    `## Recordings: ${count}`,
    ...list("new", "New"),
    ...list("gone", "Gone"),
    ...of("changed").flatMap(({ tape, lines }) => [
      "",
      `### \`${tape}\``,
      "",
      "~~~~diff",
      ...lines.slice(0, MOST_LINES),
      ...(lines.length > MOST_LINES ? [`… and ${lines.length - MOST_LINES} more lines`] : []),
      "~~~~",
    ]),
    "",
  ].join("\n");
}
