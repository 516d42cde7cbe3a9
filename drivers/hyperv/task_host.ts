/**
 * The suite's ways behind the adapter's back, where machines are tasks.
 *
 * @module
 */

import type { HostControls, TaskHost } from "../contract/mod.ts";
import { taskHostOver } from "../tasks/mod.ts";
import type { HypervBackend } from "./backend.ts";
import { liveHost, simulatedHost } from "./host.ts";

const MIB = 1024 * 1024;

function taskHost(host: HostControls, backend: HypervBackend): TaskHost {
  return taskHostOver(host, {
    async size(Name) {
      const [vm] = (await backend.call("Get-VM", { Name })).vms;
      if (!vm) return { memoryMiB: 0, cpus: 0 };
      const { details } = await backend.call("Get-VmtckDetails", { Id: vm.id });
      return { memoryMiB: details.memoryStartup / MIB, cpus: details.processorCount };
    },
  });
}

/** The controls of a real host. */
export function liveTaskHost(backend: HypervBackend): TaskHost {
  return taskHost(liveHost(backend), backend);
}

/** The controls of a simulated host, which can be put into any state. */
export function simulatedTaskHost(backend: HypervBackend): TaskHost {
  return taskHost(simulatedHost(backend), backend);
}
