/**
 * What the machines of tasks use.
 *
 * @module
 */

import type { TaskMachines } from "../tasks/mod.ts";
import type { MemoryContext } from "./session.ts";

/** Asks the hypervisor; a machine's identity is its identifier. */
export function memoryUsage({ backend }: MemoryContext): NonNullable<TaskMachines["usage"]> {
  return async ({ id: uuid, name }, _, { signal }) => {
    const { memoryBytes, cpuPercent } = await backend
      .call("machine.usage", { uuid, name }, { signal });
    return { memory: { rss: memoryBytes, usage: memoryBytes }, cpu: { percent: cpuPercent } };
  };
}
