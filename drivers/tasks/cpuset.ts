/**
 * Sets of processor cores.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";

/** More cores than any host has: a longer range is a mistake. */
const MOST_CORES = 4096;

/**
 * How many cores a set in Linux's notation has, such as 3 for `0-1,4`.
 *
 * @throws {Trouble} `invalid-argument` for one that is empty or malformed
 */
export function countCores(cpuset: string): number {
  const cores = new Set<number>();
  for (const part of cpuset.split(",")) {
    const [, first, last = first] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || from > to || to >= MOST_CORES) {
      const why = `the reserved cores ${JSON.stringify(cpuset)} are no set such as "0-1,4"`;
      throw new Trouble("invalid-argument", why);
    }
    for (let core = from; core <= to; core++) cores.add(core);
  }
  return cores.size;
}
