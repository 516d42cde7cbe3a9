/**
 * Cases that let one backend call after the other go wrong.
 *
 * @module
 */

/** More calls than any start or destroy makes: a sweep ends when a call met no fault. */
export const MOST_CALLS = 60;

/** What is on a host that was not there before, each with the call that went wrong. */
export function added(
  inventory: readonly string[],
  { before, call }: { readonly before: readonly string[]; readonly call: number },
): string[] {
  return inventory.filter((entry) => !before.includes(entry)).map((entry) => `${call}: ${entry}`);
}
