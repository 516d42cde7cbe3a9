/**
 * Mutants that look at machines, list and remove them wrongly.
 *
 * @module
 */

import { BackendError, type Json } from "../../../drivers/backend/backend.ts";
import {
  fields,
  instead,
  isAbout,
  memoryOf,
  notFound,
  onPlugin,
  onSpi,
  type PluginMutant,
  refusal,
  withoutId,
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

/** The mutants that look and list. */
export const PLUGIN_STATUS_MUTANTS: readonly PluginMutant[] = [
  {
    id: "plugin-absent-is-empty-success",
    breaks: "plugin.status.absent",
    why: "An empty id means that there is none, and the controller goes on with it",
    mutate: onPlugin((plugin) => ({
      getMachineStatus: (...args) =>
        instead(() => plugin.getMachineStatus(...args), "not-found", () => NOTHING),
    })),
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
    mutate: onPlugin((plugin, { host }) => ({
      getMachineStatus: (request, options) =>
        instead(() => plugin.getMachineStatus(request, options), "not-found", async (error) => {
          const name = plugin.qualifiedMachineName(request.machine.name);
          if (!(await host?.inventory())?.includes(`machine:${name}`)) throw error;
          return { providerID: `kubevirt://${name}`, nodeName: request.machine.name };
        }),
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
    id: "plugin-unmarked-lists-are-empty",
    breaks: "plugin.list.unmarked",
    why: "Without tags the KubeVirt plugin lists without a selector, and asks nobody",
    mutate: onPlugin((plugin) => ({
      listMachines: (...args) =>
        instead(
          () => plugin.listMachines(...args),
          "invalid-argument",
          () => ({ machineList: {} }),
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

/** The mutants that remove and switch off. */
export const PLUGIN_DELETE_MUTANTS: readonly PluginMutant[] = [
  {
    id: "plugin-accepted-is-done",
    breaks: "plugin.delete.gone",
    why: "The KubeVirt plugin answers when the deletion is accepted, and the machine runs on",
    below: (call, context) => async (method, params) => {
      const deleted = memoryOf(context);
      const name = String(fields(params).name);
      if (isAbout(method, params, ["delete"], "virtualmachines")) deleted.set(name, true);
      const isClaim = isAbout(method, params, ["get"], "persistentvolumeclaims");
      const isPart = method === "get" && deleted.has(name) || isClaim && deleted.size > 0;
      if (isPart) throw notFound(params);
      if (
        method === "list" && deleted.size > 0 && fields(params).resource !== "virtualmachines"
      ) {
        return { metadata: {}, items: [] };
      }
      return await call(method, params);
    },
  },
  {
    id: "plugin-absent-cannot-be-deleted",
    breaks: "plugin.delete.absent",
    why: "Not-found surfaces, and the machine object stays for ever",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) => {
        const { name } = request.machine;
        const { machineList } = await plugin.listMachines(request, options);
        if (!Object.values(machineList).includes(name)) throw refusal("not-found", request);
        return await plugin.deleteMachine(request, options);
      },
    })),
  },
  {
    id: "plugin-blank-means-all",
    breaks: "plugin.delete.blank",
    why: "An empty name in the path of a request is the whole collection",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) => {
        if (request.machine.name !== "") return await plugin.deleteMachine(request, options);
        const { machineList } = await plugin.listMachines(request, options);
        for (const name of Object.values(machineList)) {
          await plugin.deleteMachine({ ...request, machine: { name } }, options);
        }
        return {};
      },
    })),
  },
  {
    id: "plugin-delete-ignores-the-id",
    breaks: "plugin.delete.incarnation",
    why: "The KubeVirt plugin deletes by the name: the healthy twin goes",
    mutate: onPlugin((plugin) => ({
      deleteMachine: (request, options) => plugin.deleteMachine(withoutId(request), options),
    })),
  },
  {
    id: "plugin-delete-needs-an-id",
    breaks: "plugin.delete.bare",
    why: "Without an id there is nothing to delete, although the machine is there",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) =>
        request.machine.spec?.providerID === undefined && request.machine.status === undefined
          ? {}
          : await plugin.deleteMachine(request, options),
    })),
  },
  {
    id: "plugin-vanished-is-done",
    breaks: "plugin.delete.vanished",
    why: "The machine is not found, so the rest of it is not looked for",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) => {
        const look = (): Promise<unknown> => plugin.getMachineStatus(request, options);
        const isThere = await instead(() => look().then(() => true), "not-found", () => false);
        return isThere ? await plugin.deleteMachine(request, options) : {};
      },
    })),
  },
  {
    id: "plugin-delete-goes-by-the-name",
    breaks: "plugin.delete.foreign",
    why: "The KubeVirt plugin deletes any machine of the name in the namespace",
    mutate: onPlugin((plugin, { host }) => ({
      deleteMachine: async (request, options) => {
        const name = plugin.qualifiedMachineName(request.machine.name);
        if ((await host?.inventory())?.includes(`machine:${name}`)) await host?.vanish?.(name);
        return await plugin.deleteMachine(request, options);
      },
    })),
  },
  {
    id: "plugin-finalizers-are-stripped",
    breaks: "plugin.delete.held",
    why: "A deletion that takes long is forced, and what was to be done before is not",
    below: (call) => async (method, params) => {
      const result = await call(method, params);
      if (!isAbout(method, params, ["delete"], "virtualmachines")) return result;
      const { options: _, ...target } = fields(params);
      const body = { metadata: { finalizers: [] } };
      await call("patch", { ...target, type: "merge", body }).catch(() => {});
      return result;
    },
  },
  {
    id: "plugin-shutdown-does-nothing",
    breaks: "plugin.shutdown.off",
    why: "The instance is removed, and made again by what watches over it",
    mutate: onSpi(() => ({ shutDownMachine: (_, providerID) => Promise.resolve(providerID) })),
  },
  {
    id: "plugin-shutdown-works-once",
    breaks: "plugin.shutdown.again",
    why: "KubeVirt refuses to stop what is stopped, and the refusal is passed on",
    mutate: (world) => {
      const off = new Set<string>();
      return onSpi((spi) => ({
        shutDownMachine: async (name, ...rest) => {
          if (off.has(name)) throw refusal("failed-precondition", { machine: { name } });
          off.add(name);
          return await spi.shutDownMachine(name, ...rest);
        },
      }))(world);
    },
  },
  {
    id: "plugin-absent-is-off",
    breaks: "plugin.shutdown.absent",
    why: "What is not there does not run",
    mutate: onSpi((spi) => ({
      shutDownMachine: (...args) =>
        instead(() => spi.shutDownMachine(...args), "not-found", () => ""),
    })),
  },
  {
    id: "plugin-stale-objects-are-sent-again",
    breaks: "plugin.shutdown.conflict",
    why: "The KubeVirt plugin tries again with the same object: a conflict can never heal",
    below: (call, context) => async (method, params) => {
      if (!isAbout(method, params, ["replace"], "virtualmachines")) {
        return await call(method, params);
      }
      const sent = memoryOf(context);
      const name = String(fields(params).name);
      const body = sent.get(name) ?? fields(params).body ?? null;
      sent.set(name, body);
      return await call(method, { ...fields(params), body });
    },
  },
  {
    id: "plugin-conflicts-are-overwritten",
    breaks: "plugin.shutdown.conflict",
    why: "Without a version the later writer wins, and the other's change is lost",
    below: (call, context) => async (method, params) => {
      const seen = memoryOf(context);
      const { body, ...target } = fields(params);
      const name = String(target.name);
      if (!isAbout(method, params, ["replace"], "virtualmachines")) {
        return await call(method, params);
      }
      const first = seen.get(name) ?? body ?? null;
      seen.set(name, first);
      try {
        return await call(method, params);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const { resourceVersion } = fields(fields(await call("get", target)).metadata);
        const metadata = { ...fields(fields(first).metadata), resourceVersion };
        return await call("replace", { ...target, body: { ...fields(first), metadata } });
      }
    },
  },
];
