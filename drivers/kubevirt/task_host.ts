/**
 * The suite's ways behind the adapter's back, where machines are tasks.
 *
 * @module
 */

import type { HostControls, TaskHost } from "../contract/mod.ts";
import { taskHostOver } from "../tasks/mod.ts";
import type { KubeBackend, VirtualMachine } from "./backend.ts";
import { liveHost, simulatedHost } from "./host.ts";
import { namespaceOf } from "./host_namespace.ts";

const INSTANCES = {
  group: "subresources.kubevirt.io",
  version: "v1",
  resource: "virtualmachineinstances",
} as const;

/** What this adapter writes of a machine, as far as its size goes. */
type Domain = {
  readonly memory: { readonly guest: string };
  readonly cpu: { readonly cores: number };
};

function taskHost(backend: KubeBackend, { force: _, vanish: __, ...host }: HostControls): TaskHost {
  const space = namespaceOf(backend);
  const change = async (name: string, subresource: "pause" | "unpause"): Promise<void> => {
    await backend.call("invoke", {
      ...{ ...INSTANCES, namespace: await space.name(), name, subresource },
      body: {},
    });
  };
  const below = taskHostOver(host, {
    async size(name) {
      const at = { ...await space.at("virtualmachines"), name };
      const { spec } = await backend.call("get", at) as VirtualMachine;
      const domain = spec.template.spec["domain"] as Domain;
      return { memoryMiB: parseInt(domain.memory.guest), cpus: domain.cpu.cores };
    },
  });
  return {
    ...below,
    pause: (machine) => change(machine, "pause"),
    resume: (machine) => change(machine, "unpause"),
    inapplicable: {
      ...below.inapplicable,
      vanish: "KubeVirt ends a machine's guest before it lets go of the machine",
      killProcess: "KubeVirt starts a machine anew whose process was killed",
    },
  };
}

/** The controls of a real cluster. */
export function liveTaskHost(backend: KubeBackend): TaskHost {
  return taskHost(backend, liveHost(backend));
}

/** The controls of a simulated cluster. */
export function simulatedTaskHost(backend: KubeBackend): TaskHost {
  return taskHost(backend, simulatedHost(backend));
}
