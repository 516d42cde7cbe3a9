/**
 * Memory of this process: what machines cost that are held, and what stays of those that are gone.
 *
 * @module
 */

import type { Machine } from "../../drivers/contract/mod.ts";
import type { Bench, Measure } from "../measure.ts";

const MIB = 2 ** 20;

/** Lets go of what nobody holds. */
const { gc } = globalThis as { gc?: () => void };

function used(): number {
  gc?.();
  return Deno.memoryUsage().heapUsed / MIB;
}

async function resident({ sample }: Bench, series: string, x: number): Promise<void> {
  sample(series, used(), { x, unit: "MiB" });
  sample(`${series}, resident`, Deno.memoryUsage().rss / MIB, { x, unit: "MiB" });
  await Promise.resolve();
}

/** The measure. A simulated host is in the same process, and its machines count as well. */
export const MEMORY: Measure = {
  id: "memory",
  title: "Memory with 0 to 300 machines, and after cycles of create and delete",
  async run(bench) {
    const { driver, fresh, isLive, quick } = bench;
    if (!gc) bench.missing("Garbage counts as well, as Deno was started without --expose-gc");
    const step = isLive ? 10 : 100;
    const held: Machine[] = [];
    await fresh.machine();
    for (let x = 0; x <= 3 * step; x += step) {
      while (held.length < x) held.push(await fresh.machine());
      await driver.machines.list();
      await resident(bench, "machines held", x);
    }
    const cycles = isLive ? 20 : quick ? 100 : 1000;
    for (let x = 0; x <= cycles; x++) {
      if (x % (cycles / 5) === 0) await resident(bench, "cycles done", x);
      const spec = await fresh.spec();
      await driver.machines.create(spec);
      await driver.machines.delete(spec);
    }
  },
};
