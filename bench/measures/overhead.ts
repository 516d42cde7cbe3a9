/**
 * What the driver itself costs: a call of the contract, less the backend calls below it.
 *
 * @module
 */

import type { Measure, Stopwatch } from "../measure.ts";
import { coveredMs } from "../probe.ts";

/** The measure. */
export const OVERHEAD: Measure = {
  id: "overhead",
  title: "Contract calls, less their backend calls",
  hosts: "seam",
  async run(bench) {
    const { driver, fresh, quick, isLive } = bench;
    const { spans } = bench;
    if (!spans) return;
    const measured = measuring(bench);
    const machine = await fresh.machine();
    const reads = quick ? 100 : 1000;
    for (let round = -reads / 5; round < reads; round++) {
      const warmUp = round < 0;
      await measured("status", () => machine.status(), warmUp);
      await measured("get", () => driver.machines.get(machine), warmUp);
      await measured("list", () => driver.machines.list(), warmUp);
    }
    const cycles = quick ? 3 : isLive ? 20 : 100;
    for (let round = -1; round < cycles; round++) {
      const warmUp = round < 0;
      const spec = await fresh.spec();
      const made = await measured("create", () => driver.machines.create(spec), warmUp);
      await measured("start", () => made.start(), warmUp);
      await measured("force stop", () => made.forceStop(), warmUp);
      await measured("delete", () => driver.machines.delete(spec), warmUp);
    }
  },
};

/** Times a call, and takes off what it spent below the seam. */
export function measuring(
  { spans = [], sample }: Pick<Stopwatch, "spans" | "sample">,
): <T>(series: string, work: () => Promise<T>, warmUp: boolean) => Promise<T> {
  return async (series, work, warmUp) => {
    const first = spans.length;
    const began = performance.now();
    const result = await work();
    const ended = performance.now();
    const below = coveredMs(spans.slice(first), began, ended);
    sample(series, ended - began - below, { unit: "ms", warmUp });
    sample(`${series}, with its backend calls`, ended - began, { unit: "ms", warmUp });
    return result;
  };
}
