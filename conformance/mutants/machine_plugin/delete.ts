/**
 * Mutants that remove machines and switch them off wrongly.
 *
 * @module
 */

import type { World } from "../../../drivers/contract/mod.ts";
import { BackendError } from "../../../drivers/backend/backend.ts";
import { withMembers } from "../../engine/tracker.ts";
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
  remembering,
  withoutId,
} from "./plugin_mutant.ts";

/** The methods that change an object in place. */
const CHANGES = ["replace", "patch"];

/** Deletions hear nothing any more once events broke off. */
function deafAfterBreak(world: World<"machine-plugin">): World<"machine-plugin"> {
  let isDeaf = false;
  const { host } = world;
  const deaf = onPlugin((plugin) => ({
    deleteMachine: async (request, options) => {
      const answer = await plugin.deleteMachine(request, options);
      if (!isDeaf) return answer;
      isDeaf = false;
      throw refusal("deadline-exceeded", request);
    },
  }));
  return deaf(
    host === undefined ? world : withMembers(world, {
      host: withMembers(host, {
        breakEvents: async (how) => {
          isDeaf = true;
          await host.breakEvents?.(how);
        },
      }),
    }),
  );
}

/** The mutants. */
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
    id: "plugin-disowned-machines-are-none",
    breaks: "plugin.delete.foreign",
    why: "A machine without the plugin's marks is passed over, and what it has seems left behind",
    below: (call) => async (method, params) => {
      const result = await call(method, params);
      if (!isAbout(method, params, ["get"], "virtualmachines")) return result;
      const labels = fields(fields(fields(result).metadata).labels);
      if (Object.keys(labels).some((key) => key.endsWith("/owner"))) return result;
      throw notFound(params);
    },
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
    id: "plugin-disks-are-not-waited-for",
    breaks: "plugin.delete.storage",
    why: "The cluster removes the disks, so nobody looks whether it did",
    below: (call) => async (method, params) => {
      if (isAbout(method, params, ["get"], "persistentvolumeclaims")) throw notFound(params);
      return await call(method, params);
    },
  },
  {
    id: "plugin-deletions-begin-anew",
    breaks: "plugin.delete.storage",
    why: "What was known of the machine when it was there is not read again",
    mutate: onPlugin((plugin) => ({
      deleteMachine: (request, options) => {
        const { status: _, ...machine } = request.machine;
        return plugin.deleteMachine({ ...request, machine }, options);
      },
    })),
  },
  {
    id: "plugin-watches-are-not-begun-again",
    breaks: "plugin.delete.gap",
    why:
      "The watch for the end of a deletion is over, and the wait goes on for what it cannot hear",
    mutate: deafAfterBreak,
  },
  {
    id: "plugin-shutdown-does-nothing",
    breaks: "plugin.shutdown.off",
    why: "The instance is removed, and made again by what watches over it",
    mutate: onSpi(() => ({ shutDownMachine: (_, providerID) => Promise.resolve(providerID) })),
  },
  {
    id: "plugin-shutdown-is-not-waited-for",
    breaks: "plugin.shutdown.off",
    why: "The machine was told to be off, and its instance runs on for as long as it takes",
    below: (call, context) => async (method, params) => {
      const told = memoryOf(context);
      const result = await call(method, params);
      if (isAbout(method, params, CHANGES, "virtualmachines")) told.set("off", true);
      const isLook = isAbout(method, params, ["get"], "virtualmachines");
      if (!isLook || !told.has("off")) return result;
      const status = { created: false, printableStatus: "Stopped", runStrategy: "Halted" };
      return { ...fields(result), status };
    },
  },
  {
    id: "plugin-shutdown-works-once",
    breaks: "plugin.shutdown.again",
    why: "KubeVirt refuses to stop what is stopped, and the refusal is passed on",
    mutate: remembering(({ spi }, off) => ({
      spi: spi && withMembers(spi, {
        shutDownMachine: async (name, ...rest) => {
          if (off.has(name)) throw refusal("failed-precondition", { machine: { name } });
          off.add(name);
          return await spi.shutDownMachine(name, ...rest);
        },
      }),
    })),
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
      if (!isAbout(method, params, CHANGES, "virtualmachines")) return await call(method, params);
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
      if (!isAbout(method, params, CHANGES, "virtualmachines")) return await call(method, params);
      const { body, type: _, view: __, ...target } = fields(params);
      const seen = memoryOf(context);
      const name = String(target.name);
      const first = fields(seen.get(name) ?? await call("get", target));
      seen.set(name, first);
      try {
        return await call(method, params);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const { resourceVersion } = fields(fields(await call("get", target)).metadata);
        const metadata = { ...fields(first.metadata), resourceVersion };
        const { running: ___, ...spec } = { ...fields(first.spec), ...fields(fields(body).spec) };
        return await call("replace", { ...target, body: { ...first, metadata, spec } });
      }
    },
  },
];
