/**
 * Wrong use of the command line, and what was perhaps meant.
 *
 * @module
 */

/** Something on the command line is wrong; the process ends with 2. */
export class UsageError extends Error {
  /** Always `UsageError`. */
  override readonly name = "UsageError";
}

/** What an error says, without what it is called. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How many letters have to be changed, added, removed or swapped to make one word the other. */
function distance(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const isSwap = j > 0 && i > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = isSwap ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}

/** The name that is nearest to a mistyped one, or undefined if none is near. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const close = [...names]
    .map((other) => ({ other, away: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ other, away }) => away <= Math.max(2, Math.ceil(other.length / 3)))
    .sort((a, b) => a.away - b.away);
  return close[0]?.other;
}

/**
 * An error about a name that nobody knows, with the nearest one that somebody does; if none is near,
 * with all of them, or where they are told if they are many.
 */
export function unknownName(
  what: string,
  name: string,
  names: Iterable<string>,
  elsewhere = "see --list",
): UsageError {
  const known = [...names];
  const near = nearest(name, known);
  const hint = near !== undefined
    ? `did you mean "${near}"?`
    : known.length <= 12
    ? `known: ${known.map((it) => `"${it}"`).join(", ")}`
    : elsewhere;
  return new UsageError(`Unknown ${what} "${name}": ${hint}`);
}
