/**
 * Backend calls per operation: free of noise, so they are held exactly.
 *
 * @module
 */

import type { TraceLine } from "../../drivers/contract/mod.ts";
import type { Bench, Measure } from "../measure.ts";

const MACHINES = 3;

/** The calls of an operation by method, in the order in which they came. */
async function callsOf(bench: Bench, work: () => Promise<unknown>): Promise<TraceLine[]> {
  const before = new Set(bench.trace());
  const from = bench.clock.now();
  await work();
  return bench.trace().filter((line) =>
    line.method !== "event" && line.at >= from && !before.has(line)
  );
}

/** The measure. */
export const CALLS: Measure = {
  id: "calls",
  title: "Backend calls of each operation",
  hosts: "seam",
  async run(bench) {
    const { driver, fresh, images } = bench;
    const count = async (operation: string, work: () => Promise<unknown>): Promise<void> => {
      const lines = await callsOf(bench, work);
      bench.sample(operation, lines.length, { unit: "calls" });
      for (const [method, { length }] of Map.groupBy(lines, (line) => line.method)) {
        bench.sample(`${operation}/${method}`, length, { unit: "calls" });
      }
    };
    bench.server.publish([{ version: "1.0.0-bench", content: await images.blank() }]);
    await count("images.update", () => driver.images.update());
    const image = await driver.images.get("1.0.0-bench");
    await count("image.fetch", () => image.fetch());
    const cluster = fresh.name();
    const { networks } = driver;
    if (networks) await count("networks.create", () => networks.create({ cluster }));
    const specs = Array.from({ length: MACHINES }, () => ({
      cluster,
      name: fresh.name(),
      image: "1.0.0-bench",
    }));
    for (const [index, spec] of specs.entries()) {
      await count(
        index === 0 ? "machines.create (first)" : `machines.create (${index + 1})`,
        () => driver.machines.create(spec),
      );
    }
    await count(`machines.list (${MACHINES})`, () => driver.machines.list());
    const [ref] = specs;
    if (!ref) return;
    await count("machines.get", () => driver.machines.get(ref));
    const machine = await driver.machines.get(ref);
    await count("machine.status (stopped)", () => machine.status());
    await count("machine.start", () => machine.start());
    await count("machine.start (running)", () => machine.start());
    await count("machine.status (running)", () => machine.status());
    await count("machine.forceStop", () => machine.forceStop());
    await count("machine.forceStop (stopped)", () => machine.forceStop());
    await count("machines.delete", () => driver.machines.delete(ref));
    for (const spec of specs.slice(1)) await driver.machines.delete(spec);
    if (networks) await count("networks.delete", () => networks.delete(cluster));
  },
};
