/**
 * Backend calls per operation: free of noise, so they are held exactly.
 *
 * @module
 */

import type { TraceLine } from "../../drivers/contract/mod.ts";
import type { CommonContext } from "../../conformance/case.ts";
import type { Measure, Stopwatch } from "../measure.ts";

/** What counting takes of a measure. */
type Counting = Pick<Stopwatch, "sample" | "trace"> & Pick<CommonContext, "clock">;

const MACHINES = 3;

/** The calls of an operation by method, in the order in which they came. */
async function callsOf(bench: Counting, work: () => Promise<unknown>): Promise<TraceLine[]> {
  const before = new Set(bench.trace());
  const from = bench.clock.now();
  await work();
  return bench.trace().filter((line) =>
    line.method !== "event" && line.at >= from && !before.has(line)
  );
}

/** Counts the calls of an operation, in all and by method. */
export async function count(
  bench: Counting,
  operation: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const lines = await callsOf(bench, work);
  bench.sample(operation, lines.length, { unit: "calls" });
  for (const [method, { length }] of Map.groupBy(lines, (line) => line.method)) {
    bench.sample(`${operation}/${method}`, length, { unit: "calls" });
  }
}

/** The measure. */
export const CALLS: Measure = {
  id: "calls",
  title: "Backend calls of each operation",
  hosts: "seam",
  async run(bench) {
    const { driver, fresh, images } = bench;
    bench.server.publish([{ version: "1.0.0-bench", content: await images.blank() }]);
    await count(bench, "images.update", () => driver.images.update());
    const image = await driver.images.get("1.0.0-bench");
    await count(bench, "image.fetch", () => image.fetch());
    const cluster = fresh.name();
    const { networks } = driver;
    if (networks) await count(bench, "networks.create", () => networks.create({ cluster }));
    const specs = Array.from({ length: MACHINES }, () => ({
      cluster,
      name: fresh.name(),
      image: "1.0.0-bench",
    }));
    for (const [index, spec] of specs.entries()) {
      await count(
        bench,
        index === 0 ? "machines.create (first)" : `machines.create (${index + 1})`,
        () => driver.machines.create(spec),
      );
    }
    await count(bench, `machines.list (${MACHINES})`, () => driver.machines.list());
    const [ref] = specs;
    if (!ref) return;
    await count(bench, "machines.get", () => driver.machines.get(ref));
    const machine = await driver.machines.get(ref);
    await count(bench, "machine.status (stopped)", () => machine.status());
    await count(bench, "machine.start", () => machine.start());
    await count(bench, "machine.start (running)", () => machine.start());
    await count(bench, "machine.status (running)", () => machine.status());
    await count(bench, "machine.forceStop", () => machine.forceStop());
    await count(bench, "machine.forceStop (stopped)", () => machine.forceStop());
    await count(bench, "machines.delete", () => driver.machines.delete(ref));
    for (const spec of specs.slice(1)) await driver.machines.delete(spec);
    if (networks) await count(bench, "networks.delete", () => networks.delete(cluster));
  },
};
