/**
 * Mutants that look at machines and list them wrongly.
 *
 * @module
 */

import type { Json } from "../../../drivers/backend/backend.ts";
import {
  fields,
  instead,
  isAbout,
  onPlugin,
  onRefusal,
  type PluginMutant,
  remembering,
} from "./plugin_mutant.ts";

const NOTHING = { providerID: "", nodeName: "" };

/** The labels that a selector asks for. */
function selected(params: Json): Record<string, string> {
  const { labelSelector } = fields(params);
  const parts = typeof labelSelector === "string" ? labelSelector.split(",") : [];
  return Object.fromEntries(parts.map((part) => part.split("=")));
}

function itemsOf(result: Json): readonly Json[] {
  const { items } = fields(result);
  return Array.isArray(items) ? items : [];
}

/** The mutants. */
export const PLUGIN_STATUS_MUTANTS: readonly PluginMutant[] = [
  {
    id: "plugin-absent-is-empty-success",
    breaks: "plugin.status.absent",
    why: "An empty id means that there is none, and the controller goes on with it",
    mutate: onRefusal("getMachineStatus", ["not-found"], () => NOTHING),
  },
  {
    id: "plugin-list-has-other-ids",
    breaks: "plugin.status.ids",
    why: "List writes the id as the provider has it, with a slash at its end",
    mutate: onPlugin((plugin) => ({
      listMachines: async (...args) => {
        const { machineList } = await plugin.listMachines(...args);
        const rows = Object.entries(machineList).map(([id, name]) => [`${id}/`, name]);
        return { machineList: Object.fromEntries(rows) };
      },
    })),
  },
  {
    id: "plugin-ids-know-their-instance",
    breaks: "plugin.status.ids",
    why: "The id has something in it that is drawn when the process starts",
    mutate: remembering((plugin, instances) => {
      const suffix = "+".repeat(instances.size);
      instances.add(suffix);
      return {
        getMachineStatus: async (...args) => {
          const answer = await plugin.getMachineStatus(...args);
          return { ...answer, providerID: `${answer.providerID}${suffix}` };
        },
      };
    }),
  },
  {
    id: "plugin-first-interface-is-the-address",
    breaks: "plugin.status.addresses",
    why: "The first interface of the instance is taken, and has no address yet",
    mutate: onPlugin((plugin) => {
      const addresses = [{ type: "InternalIP", address: "" }] as const;
      return {
        createMachine: async (...args) => ({ ...await plugin.createMachine(...args), addresses }),
        getMachineStatus: async (...args) => ({
          ...await plugin.getMachineStatus(...args),
          addresses,
        }),
      };
    }),
  },
  {
    id: "plugin-status-marks-what-it-sees",
    breaks: "plugin.status.repeatable",
    why: "A status that writes when it was last asked for",
    mutate: onPlugin((plugin, { host }) => ({
      getMachineStatus: async (request, options) => {
        const answer = await plugin.getMachineStatus(request, options);
        const { machine: { name }, machineClass: { providerSpec }, secret } = request;
        if (host) await plugin.spi?.shutDownMachine(name, "", providerSpec, secret);
        return answer;
      },
    })),
  },
  {
    id: "plugin-status-goes-by-the-name",
    breaks: "plugin.status.foreign",
    why: "The KubeVirt plugin gets a machine by its name, and looks at no tag",
    mutate: onRefusal("getMachineStatus", ["not-found"], async ({ error, request, ...by }) => {
      const name = by.plugin.qualifiedMachineName(request.machine.name);
      if (!(await by.world.host?.inventory())?.includes(`machine:${name}`)) throw error;
      return { providerID: `kubevirt://${name}`, nodeName: request.machine.name };
    }),
  },
  {
    id: "plugin-dying-machines-are-well",
    breaks: "plugin.status.deleting",
    why: "The KubeVirt plugin does not look at the time of deletion",
    mutate: onRefusal("getMachineStatus", ["aborted", "deleting"], ({ request }) => ({
      providerID: request.machine.spec?.providerID ?? "",
      nodeName: request.machine.name,
    })),
  },
  {
    id: "plugin-list-has-other-classes",
    breaks: "plugin.list",
    why: "A list that is wider than its class: what has no machine object in it is deleted",
    below: (call) => async (method, params) => {
      if (!isAbout(method, params, ["list"], "virtualmachines")) return await call(method, params);
      const { labelSelector: _, ...wide } = fields(params);
      const result = await call(method, wide);
      const items = itemsOf(result).map((item) => {
        const metadata = fields(fields(item).metadata);
        const labels = { ...fields(metadata.labels), ...selected(params) };
        return { ...fields(item), metadata: { ...metadata, labels } };
      });
      return { ...fields(result), items };
    },
  },
  {
    id: "plugin-unmarked-lists-have-all",
    breaks: "plugin.list.unmarked",
    why:
      "Without tags the KubeVirt plugin lists without a selector: the search for orphans takes all",
    mutate: onPlugin((plugin, { host }) => ({
      listMachines: (...args) =>
        instead(
          () => plugin.listMachines(...args),
          "invalid-argument",
          async () => {
            const all = await host?.inventory() ?? [];
            return { machineList: Object.fromEntries(all.map((entry) => [entry, entry])) };
          },
        ),
    })),
  },
  {
    id: "plugin-first-page-only",
    breaks: "plugin.list.pages",
    why: "The token of the next page is not looked at",
    below: (call) => async (method, params) => {
      const result = await call(method, params);
      if (!isAbout(method, params, ["list"], "virtualmachines")) return result;
      const { continue: _, ...metadata } = fields(fields(result).metadata);
      return { ...fields(result), metadata };
    },
  },
  {
    id: "plugin-short-lists-after-an-outage",
    breaks: "plugin.list.whole",
    why: "A page that cannot be had is taken for the end of the list",
    below: (call) => async (method, params) => {
      try {
        return await call(method, params);
      } catch (error) {
        if (method !== "list" || fields(params).continue === undefined) throw error;
        return { metadata: {}, items: [] };
      }
    },
  },
  {
    id: "plugin-list-has-the-providers-names",
    breaks: "plugin.list.orphans",
    why: "The list has the machines' names at the provider, so that all of them are orphans",
    mutate: onPlugin((plugin) => ({
      listMachines: async (...args) => {
        const { machineList } = await plugin.listMachines(...args);
        const rows = Object.entries(machineList)
          .map(([id, name]) => [id, plugin.qualifiedMachineName(name)]);
        return { machineList: Object.fromEntries(rows) };
      },
    })),
  },
];
