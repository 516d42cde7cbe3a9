/**
 * The suite's ways behind the memory driver's back, where machines are tasks.
 *
 * @module
 */

import type { TaskHost } from "../contract/mod.ts";
import type { MemoryBackend } from "./backend.ts";
import { memoryHost } from "./host.ts";

/** The controls of the simulated hypervisor. */
export function memoryTaskHost(backend: MemoryBackend): TaskHost {
  const {
    inventory,
    plantMachine,
    uprootMachine,
    fingerprint,
    turnOff,
    vanish,
    removeDisk,
    force,
  } = memoryHost(backend);
  return {
    inventory,
    plantMachine,
    uprootMachine,
    fingerprint,
    turnOff,
    killProcess: (machine) => force(machine, "error"),
    async vanish(machine): Promise<void> {
      await removeDisk(machine);
      await vanish(machine);
    },
    pause: (machine) => force(machine, "paused"),
    resume: (machine) => force(machine, "running"),
    async size(machine) {
      const [found] = await backend.call("machine.find", { name: machine });
      return { memoryMiB: found?.memoryMiB ?? 0, cpus: found?.cpus ?? 0 };
    },
    inapplicable: {
      killForMemory: "the simulated hypervisor does not say why a machine crashed",
      restartGuest: "simulated guests do not restart by themselves",
      diskBytes: "simulated disks have no size",
      restartDaemon: "it has no daemon",
      callUndeclared: "a method of a facet that is absent is not there to be called",
      census: "it holds nothing of the host",
    },
  };
}
