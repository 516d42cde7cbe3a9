/**
 * A machine's life, phase by phase.
 *
 * @module
 */

import type { MachineSpec, WaitTarget } from "../../drivers/contract/mod.ts";
import type { Bench, Measure } from "../measure.ts";

const VERSION = "1.0.0-life";
/** Emulated processors are slow. */
const BOOT_MS = 180_000;

/** One life; the guest's own part of it is as long as the host's processor makes it. */
async function live(bench: Bench, spec: MachineSpec, kind: "cold" | "warm"): Promise<void> {
  const { driver, signal } = bench;
  const phase = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    bench.timed(`${name}, ${kind}`, work);
  const machine = await phase("create", () => driver.machines.create(spec));
  const reach = async (target: WaitTarget): Promise<void> => {
    const { verdict, error } = await machine.wait(target, { timeoutMs: BOOT_MS, signal });
    if (verdict !== "reached") throw new Error(`No "${target}": ${error?.message ?? verdict}`);
  };
  await phase("start to running", async () => {
    await machine.start();
    await reach("running");
  });
  await phase("running to address", () => reach("address"));
  await phase("address to SSH", () => reach("ssh"));
  await phase("graceful stop", async () => {
    await machine.stop();
    await reach("stopped");
  });
  await machine.start();
  await reach("running");
  await phase("force stop", () => machine.forceStop());
  await phase("delete", () => driver.machines.delete(spec));
}

/** The measure. The first life is cold: the host has not seen the image yet. */
export const LIFE: Measure = {
  id: "life",
  title: "The phases of a machine's life",
  async run(bench) {
    const { driver, fresh, quick, isLive } = bench;
    bench.server.publish([{ version: VERSION, content: await bench.images.guest() }]);
    await driver.images.update();
    await (await driver.images.get(VERSION)).fetch();
    const rounds = quick ? 1 : isLive ? 5 : 20;
    for (let round = 0; round <= rounds; round++) {
      const spec = { ...await fresh.ref(), image: VERSION };
      await live(bench, spec, round === 0 ? "cold" : "warm");
    }
  },
};
