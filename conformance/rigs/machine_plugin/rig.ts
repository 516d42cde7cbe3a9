/**
 * How the engine holds a machine plugin to the cases of its contract.
 *
 * @module
 */

import type { MachinePlugin, PluginHost } from "../../../drivers/contract/mod.ts";
import type { HostResource, OwnedResource } from "../../engine/ledger.ts";
import { type Tracker, withMembers } from "../../engine/tracker.ts";
import type { Rig } from "../rig.ts";
import { pluginContext } from "./context.ts";

/** The same plugin, with all that it makes written down before, and struck out when it is removed. */
function tracked(plugin: MachinePlugin, owner: string, tracker: Tracker): MachinePlugin {
  const resource = (name: string): HostResource => ({ kind: "plugin-machine", owner, name });
  const { spi } = plugin;
  const ids = new Map<string, string>();
  return withMembers(plugin, {
    createMachine: (request, options) =>
      tracker.make(resource(request.machine.name), async () => {
        const answer = await plugin.createMachine(request, options);
        ids.set(request.machine.name, answer.providerID);
        return answer;
      }),
    async deleteMachine(request, options) {
      const answer = await plugin.deleteMachine(request, options);
      const { name, spec } = request.machine;
      // One of another id is a former machine of the name, and the later one stays.
      const isMeant = !spec?.providerID || spec.providerID === ids.get(name);
      if (isMeant) tracker.gone(resource(name));
      return answer;
    },
    ...(spi && {
      spi: withMembers(spi, {
        createMachine: (name, ...rest) =>
          tracker.make(resource(name), () => spi.createMachine(name, ...rest)),
      }),
    }),
  });
}

/** The same controls, with the disks and the machines of others that they make written down before. */
function trackedHost(host: PluginHost, tracker: Tracker): PluginHost {
  const planted = (kind: "planted-disk" | "planted-machine") => (name: string): HostResource => ({
    ...{ kind, name },
    contract: "machine-plugin",
  });
  const [disk, machine] = [planted("planted-disk"), planted("planted-machine")];
  const { plantDisk, uprootDisk, disown } = host;
  return withMembers(host, {
    ...(disown && {
      disown: (name: string) => tracker.make(machine(name), () => disown.call(host, name)),
    }),
    ...(plantDisk && {
      plantDisk: (name: string) => tracker.make(disk(name), () => plantDisk.call(host, name)),
    }),
    ...(uprootDisk && {
      async uprootDisk(name: string): Promise<void> {
        await uprootDisk.call(host, name);
        tracker.gone(disk(name));
      },
    }),
  });
}

function claims(need: string, plugin: Partial<MachinePlugin>): boolean {
  return (need === "initializeMachine" || need === "getVolumeIDs" || need === "spi") &&
    plugin[need] !== undefined;
}

/** Ends the holds of a killed case: nobody else would, and what is held never goes. */
async function release(
  { name }: OwnedResource & { readonly name?: string },
  plugin: MachinePlugin,
  host: PluginHost | undefined,
): Promise<void> {
  if (name === undefined) return;
  const qualified = plugin.qualifiedMachineName(name);
  await host?.holdDeletion?.(qualified, false);
  const disk = host?.diskName?.(qualified);
  if (disk !== undefined) await host?.holdDisk?.(disk, false);
}

/** Removing needs a class and credentials, which the host controls have samples of. */
async function remove(
  resource: OwnedResource,
  plugin: MachinePlugin,
  host: PluginHost | undefined,
): Promise<void> {
  if (resource.kind !== "plugin-machine" || !host) return;
  await plugin.deleteMachine({
    machine: { name: resource.name },
    machineClass: host.samples.machineClass("any"),
    secret: await host.samples.secret("#cloud-config\n"),
  });
}

/** The rig. */
export const PLUGIN_RIG: Rig<"machine-plugin"> = {
  claims,
  tracked,
  trackedHost,
  context: pluginContext,
  release,
  remove,
  // Without host controls nothing was made, as there is nothing to ask with.
  listed: () => Promise.resolve([]),
};
