/**
 * How soon a task driver tells that a task has ended.
 *
 * @module
 */

import type { TaskBench, TaskMeasure } from "../measure.ts";

/** The life of a task whose machine ends behind the driver's back. */
async function life(bench: TaskBench, warmUp: boolean): Promise<void> {
  const { driver, fresh, host, clock, worldUnit: unit } = bench;
  const { id, machine } = await fresh.task();
  // What the times of this round are to be held against: nobody learns of an end sooner than by a look.
  await bench.timed("one look", () => driver.inspectTask(id), { warmUp });
  const told = driver.waitTask(id).then(() => clock.now());
  const began = clock.now();
  await host.killProcess(machine);
  const at = await told;
  bench.sample("from the end", at - began, { unit, warmUp });
  const event = bench.trace().find((line) =>
    line.method === "event" && line.at >= began && line.lane.includes(machine)
  );
  if (event) bench.sample("from the hypervisor's event", at - event.at, { unit, warmUp });
  await driver.destroyTask(id, { force: true });
}

/** The measure. */
export const NOTICE: TaskMeasure = {
  id: "notice",
  title: "From a machine's end until the wait for its task tells it",
  contract: "task-driver",
  needs: ["host.killProcess"],
  async run(bench) {
    const rounds = bench.quick ? 3 : bench.isLive ? 20 : 50;
    for (let round = -2; round < rounds; round++) await life(bench, round < 0);
  },
};
