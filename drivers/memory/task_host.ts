/**
 * The suite's ways behind the memory driver's back, where machines are tasks.
 *
 * @module
 */

import type { TaskHost } from "../contract/mod.ts";
import { taskHostOver } from "../tasks/mod.ts";
import type { MemoryBackend } from "./backend.ts";
import { memoryHost } from "./host.ts";

/** The controls of the simulated hypervisor. */
export function memoryTaskHost(backend: MemoryBackend): TaskHost {
  return taskHostOver(memoryHost(backend), async (name) => {
    const [found] = await backend.call("machine.find", { name });
    return { memoryMiB: found?.memoryMiB ?? 0, cpus: found?.cpus ?? 0 };
  });
}
