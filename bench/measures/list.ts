/**
 * Listing among more and more machines: what grows with their number shows only here.
 *
 * @module
 */

import type { Measure } from "../measure.ts";

/** The measure. */
export const LIST: Measure = {
  id: "list",
  title: "List and get among 1 to 1,000 machines",
  async run(bench) {
    const { driver, fresh, isLive, quick } = bench;
    const counts = isLive
      ? (quick ? [1, 10, 30] : [1, 10, 30, 100])
      : (quick ? [1, 10, 100] : [1, 10, 100, 1000]);
    const rounds = quick ? 10 : 50;
    const first = await fresh.machine();
    let made = 1;
    for (const x of counts) {
      for (; made < x; made++) await fresh.machine({ cluster: first.cluster });
      for (let round = -3; round < rounds; round++) {
        const note = { x, warmUp: round < 0, watch: "wall" } as const;
        const before = bench.spans?.length;
        await bench.timed("list", () => driver.machines.list(), note);
        if (round === 0 && bench.spans && before !== undefined) {
          bench.sample("list, backend calls", bench.spans.length - before, { x, unit: "calls" });
        }
        await bench.timed("get", () => driver.machines.get(first), note);
      }
    }
  },
};
