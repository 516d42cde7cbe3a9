/**
 * Many at a time: throughput, and where more of them bring nothing more.
 *
 * @module
 */

import type { MachineSpec } from "../../drivers/contract/mod.ts";
import type { Measure } from "../measure.ts";

/** Does work for each of them, so many at a time, and answers how long it took. */
async function inParallel<T>(
  items: readonly T[],
  width: number,
  now: () => number,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const began = now();
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return now() - began;
}

/** The measure. */
export const CONCURRENCY: Measure = {
  id: "concurrency",
  title: "Creating, starting and deleting 1 to 16 at a time",
  async run(bench) {
    const { driver, fresh, isLive, quick, clock } = bench;
    const widths = quick ? [1, 4, 16] : [1, 2, 4, 8, 16];
    const now = (): number => clock.now();
    await fresh.machine();
    const passes = [{ x: 1, warmUp: true }, ...widths.map((x) => ({ x, warmUp: false }))];
    for (const note of passes) {
      const { x } = note;
      const specs: MachineSpec[] = [];
      for (let i = 0; i < (isLive && quick ? 8 : 16); i++) specs.push(await fresh.spec());
      const phase = async (
        name: string,
        work: (spec: MachineSpec) => Promise<unknown>,
      ): Promise<void> => {
        const one = (spec: MachineSpec): Promise<unknown> =>
          bench.timed(`${name}, each`, () => work(spec), note);
        const ms = await inParallel(specs, x, now, one);
        // On virtual time an operation may take none at all.
        if (ms > 0) bench.sample(name, specs.length / ms * 1000, { ...note, unit: "machines/s" });
      };
      await phase("create", (spec) => driver.machines.create(spec));
      await phase("start", async (spec) => (await driver.machines.get(spec)).start());
      await phase("delete", (spec) => driver.machines.delete(spec, { force: true }));
    }
  },
};
