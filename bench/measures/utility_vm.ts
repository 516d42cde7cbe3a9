/**
 * What is measured of utility VMs: their life, backend calls, the driver's own part, waits.
 *
 * @module
 */

import type { UtilityVm } from "../../drivers/contract/mod.ts";
import type { UvmBench, UvmMeasure } from "../measure.ts";
import { count } from "./calls.ts";
import { measuring } from "./overhead.ts";
import { SUITE, suite } from "./suite.ts";

/** One life. */
async function live(bench: UvmBench, kind: "cold" | "warm"): Promise<void> {
  const { vms, fresh } = bench;
  const options = await fresh.options();
  const phase = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    bench.timed(`${name}, ${kind}`, work);
  const vm = await phase("create", () => vms.create(options));
  await phase("start", () => vm.start());
  await phase("terminate, until its end", async () => {
    await vm.terminate();
    await vm.wait();
  });
  await phase("close", () => vm.close());
}

const LIFE: UvmMeasure = {
  id: "life",
  title: "The phases of a utility VM's life",
  contract: "utility-vm",
  async run(bench) {
    const rounds = bench.quick ? 1 : bench.isLive ? 5 : 20;
    for (let round = 0; round <= rounds; round++) await live(bench, round === 0 ? "cold" : "warm");
  },
};

/** The measure of calls: gates hold it. */
export const UVM_CALLS: UvmMeasure = {
  id: "calls",
  title: "Backend calls of each operation on utility VMs",
  contract: "utility-vm",
  hosts: "seam",
  needs: ["host.plantDisk"],
  async run(bench) {
    const { vms, fresh } = bench;
    const options = await fresh.options();
    const made: UtilityVm[] = [];
    await count(bench, "create", async () => made.push(await vms.create(options)));
    const [vm] = made;
    if (!vm) return;
    await count(bench, "status (created)", () => vm.status());
    await count(bench, "start", () => vm.start());
    await count(bench, "status (running)", () => vm.status());
    const hostPath = await fresh.disk();
    await count(bench, "scsi.add", () => vm.scsi.add({ hostPath }));
    await count(bench, "scsi.remove", () => vm.scsi.remove(hostPath));
    await count(bench, "list (1)", () => vms.list());
    await count(bench, "terminate", () => vm.terminate());
    await count(bench, "wait", () => vm.wait());
    await count(bench, "close", () => vm.close());
  },
};

const OVERHEAD: UvmMeasure = {
  id: "overhead",
  title: "Calls about utility VMs, less their backend calls",
  contract: "utility-vm",
  hosts: "seam",
  async run(bench) {
    const { vms, fresh, quick, isLive } = bench;
    const measured = measuring(bench);
    const running = await fresh.running();
    const reads = quick ? 100 : 1000;
    for (let round = -reads / 5; round < reads; round++) {
      await measured("status", () => running.status(), round < 0);
      await measured("list", () => vms.list(), round < 0);
    }
    const cycles = quick ? 3 : isLive ? 10 : 100;
    for (let round = -1; round < cycles; round++) {
      const options = await fresh.options();
      const vm = await measured("create", () => vms.create(options), round < 0);
      await measured("start", () => vm.start(), round < 0);
      await measured("close", () => vm.close(), round < 0);
    }
  },
};

const WAIT: UvmMeasure = {
  id: "wait",
  title: "How much later than asked a wait for a utility VM gives up",
  contract: "utility-vm",
  async run(bench) {
    const { clock, fresh, quick } = bench;
    const vm = await fresh.running();
    for (const x of [10, 100, 1000]) {
      for (let round = -1; round < (quick ? 2 : 10); round++) {
        const began = clock.now();
        const { verdict } = await vm.wait({ timeoutMs: x });
        if (verdict !== "timeout") throw new Error(`A running VM's wait ended as ${verdict}`);
        const late = clock.now() - began - x;
        bench.sample("late", late, { x, unit: bench.worldUnit, warmUp: round < 0 });
      }
    }
  },
};

/** The same as for drivers, over the cases of this contract. */
const UVM_SUITE: UvmMeasure = {
  id: SUITE.id,
  title: SUITE.title,
  contract: "utility-vm",
  run: (bench) => bench.clock.hold(suite(bench, "utility-vm")),
};

/** The measures, named as those of drivers are. */
export const UTILITY_VMS: readonly UvmMeasure[] = [LIFE, UVM_CALLS, OVERHEAD, WAIT, UVM_SUITE];
