/**
 * How the engine holds an adapter to the cases of the `utility-vm` contract.
 *
 * @module
 */

import {
  GUEST_SYSTEMS,
  type UtilityVm,
  type UtilityVmHost,
  type UtilityVms,
} from "../../../drivers/contract/mod.ts";
import type { HostResource, OwnedResource } from "../../engine/ledger.ts";
import { type Tracker, withMembers } from "../../engine/tracker.ts";
import type { Rig } from "../rig.ts";
import { uvmContext } from "./context.ts";

/** The same VMs, with all that is made written down before. */
function tracked(vms: UtilityVms, owner: string, tracker: Tracker): UtilityVms {
  const resource = (id: string): HostResource => ({ kind: "utility-vm", owner, id });
  const withClose = (vm: UtilityVm): UtilityVm =>
    withMembers(vm, {
      close: async (options) => {
        await vm.close(options);
        tracker.gone(resource(vm.id));
      },
    });
  return withMembers(vms, {
    async create(options, call): Promise<UtilityVm> {
      const { id = "" } = options ?? {};
      const vm = await tracker.make(resource(id), () => vms.create(options, call));
      // An id that is made up is not known before; by its owner such a VM is found all the same.
      if (vm.id !== id) await tracker.make(resource(vm.id), () => Promise.resolve(vm));
      return withClose(vm);
    },
    async terminate(id, call): Promise<void> {
      await vms.terminate(id, call);
      tracker.gone(resource(id));
    },
  });
}

/** The same controls, with what they plant written down before. */
function trackedHost(host: UtilityVmHost, tracker: Tracker): UtilityVmHost {
  const contract = "utility-vm";
  const file = (name: string): HostResource => ({ kind: "planted-file", contract, name });
  const network = (name: string): HostResource => ({ kind: "planted-network", contract, name });
  const { plantDisk, plantFolder, scratchPath, uprootFile, plantNetwork, uprootNetwork } = host;
  return withMembers(host, {
    ...(plantDisk && {
      plantDisk: (name: string) => tracker.make(file(name), () => plantDisk.call(host, name)),
    }),
    ...(plantFolder && {
      plantFolder: (name: string) => tracker.make(file(name), () => plantFolder.call(host, name)),
    }),
    ...(scratchPath && {
      scratchPath: (name: string) => tracker.make(file(name), () => scratchPath.call(host, name)),
    }),
    ...(uprootFile && {
      async uprootFile(name: string): Promise<void> {
        await uprootFile.call(host, name);
        tracker.gone(file(name));
      },
    }),
    ...(plantNetwork && {
      plantNetwork: (name: string, endpoints: number) =>
        tracker.make(network(name), () => plantNetwork.call(host, name, endpoints)),
    }),
    ...(uprootNetwork && {
      async uprootNetwork(name: string): Promise<void> {
        await uprootNetwork.call(host, name);
        tracker.gone(network(name));
      },
    }),
  });
}

function claims(need: string, { guests = {} }: Partial<UtilityVms>): boolean {
  const [guest, facet] = need.split(".");
  const os = GUEST_SYSTEMS.find((name) => name === guest);
  const facets: readonly string[] | undefined = os && guests[os];
  return facets !== undefined && (facet === undefined || facets.includes(facet));
}

async function remove(resource: OwnedResource, vms: UtilityVms): Promise<void> {
  // The VM of an id that was made up is another entry.
  if (resource.kind !== "utility-vm" || resource.id === "") return;
  await vms.terminate(resource.id);
}

async function listed(vms: UtilityVms): Promise<string[]> {
  return (await vms.list()).map(({ id }) => `machine:${vms.owner}.${id}`);
}

/** The rig. */
export const UVM_RIG: Rig<"utility-vm"> = {
  claims,
  tracked,
  trackedHost,
  context: uvmContext,
  remove,
  listed,
};
