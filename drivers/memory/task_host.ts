/**
 * The suite's ways behind the memory driver's back, where machines are tasks.
 *
 * @module
 */

import type { TaskHost } from "../contract/mod.ts";
import { taskHostOver } from "../tasks/mod.ts";
import type { MachineRecord, MemoryBackend } from "./backend.ts";
import { isRefusal } from "./errors.ts";
import { memoryHost } from "./host.ts";

/** The controls of the simulated hypervisor. */
export function memoryTaskHost(backend: MemoryBackend): TaskHost {
  const find = async (name: string): Promise<MachineRecord> => {
    const [found] = await backend.call("machine.find", { name });
    if (found) return found;
    throw new Error(`The host has no machine "${name}"`);
  };
  return taskHostOver(memoryHost(backend), {
    async size(machine) {
      const { memoryMiB, cpus } = await find(machine);
      return { memoryMiB, cpus };
    },
    async diskBytes(machine) {
      const { uuid } = await find(machine);
      const disks = await backend.call("disk.list", {});
      return disks.find((disk) => disk.machine === uuid)?.sizeBytes ?? 0;
    },
    run: (machine, argv) => run(backend, () => find(machine), argv),
    async answers(port) {
      try {
        await backend.call("guest.run", { address: `127.0.0.1:${port}`, argv: ["true"] });
        return true;
      } catch (error) {
        if (isRefusal(error, "no-route", "connection-refused")) return false;
        throw error;
      }
    },
  });
}

/** How often a guest is asked that is not up yet; each call takes a millisecond. */
const MOST_TRIES = 10_000;

/** Runs a program in a guest, as soon as that is up. */
async function run(
  backend: MemoryBackend,
  find: () => Promise<MachineRecord>,
  argv: readonly string[],
): Promise<string> {
  for (let tries = 1;; tries++) {
    const { addresses } = await find();
    const address = `${addresses.find((it) => !it.includes(":"))}:22`;
    try {
      const { exitCode, stdout, stderr } = await backend.call("guest.run", { address, argv });
      if (exitCode === 0) return stdout;
      throw new Error(`"${argv[0]}" failed with ${exitCode}: ${stderr}`);
    } catch (error) {
      const isEarly = isRefusal(error, "no-route", "connection-refused");
      if (!isEarly || tries === MOST_TRIES) throw error;
    }
  }
}
