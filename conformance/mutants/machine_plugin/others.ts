/**
 * Mutants that go on as if nobody else were there, and mistake an answer for another.
 *
 * @module
 */

import { BackendError } from "../../../drivers/backend/backend.ts";
import {
  fields,
  isAbout,
  memoryOf,
  notFound,
  onPlugin,
  onRefusal,
  type PluginMutant,
  refusal,
  remembering,
} from "./plugin_mutant.ts";

/** How often calls are made that were refused. */
const TRIES = 3;

/** The mutants. */
export const PLUGIN_OTHERS_MUTANTS: readonly PluginMutant[] = [
  {
    id: "plugin-deletes-whatever-has-the-name",
    breaks: "plugin.delete.foreign",
    why: "The machine is looked at, and then deleted by its name without the uid that was seen",
    below: (call) => async (method, params) => {
      if (method !== "delete") return await call(method, params);
      const { preconditions: _, ...options } = fields(fields(params).options);
      return await call(method, { ...fields(params), options });
    },
  },
  {
    id: "plugin-own-namesakes-are-foreign",
    breaks: "plugin.create.race",
    why: "Already-exists is passed on, also if it is the same request that was faster",
    below: (call, context) => async (method, params) => {
      const seen = memoryOf(context);
      if (isAbout(method, params, ["get"], "virtualmachines")) {
        if (seen.get(String(fields(params).name)) === true) throw notFound(params);
        return await call(method, params);
      }
      try {
        return await call(method, params);
      } catch (error) {
        const exists = error instanceof BackendError && error.code.startsWith("409 AlreadyExists");
        if (exists && isAbout(method, params, ["create"], "virtualmachines")) {
          const { name } = fields(fields(fields(params).body).metadata);
          seen.set(String(name), true);
        }
        throw error;
      }
    },
  },
  {
    id: "plugin-foreign-machines-make-way",
    breaks: "plugin.create.foreign",
    why: "What has the name and not the marks is in the way, and is removed",
    mutate: onRefusal(
      "createMachine",
      ["already-exists", "foreign"],
      async ({ request, plugin, world }) => {
        await world.host?.vanish?.(plugin.qualifiedMachineName(request.machine.name));
        return await plugin.createMachine(request);
      },
    ),
  },
  {
    id: "plugin-rollbacks-forget-the-secret",
    breaks: "plugin.create.rollback",
    why: "The machine was refused, and the secret that was made for it stays for ever",
    below: (call) => async (method, params) => {
      if (isAbout(method, params, ["delete"], "secrets")) return { kind: "Status" };
      if (isAbout(method, params, ["list"], "secrets")) return { metadata: {}, items: [] };
      return await call(method, params);
    },
  },
  {
    id: "plugin-answers-are-not-looked-at",
    breaks: "plugin.error.mistaken",
    why: "What is answered is taken for what was asked for, whatever name it has",
    below: (call) => async (method, params) => {
      const result = await call(method, params);
      if (method !== "get") return result;
      const metadata = { ...fields(fields(result).metadata), name: fields(params).name };
      return { ...fields(result), metadata };
    },
  },
  {
    id: "plugin-deletions-are-not-looked-at",
    breaks: "plugin.error.mistaken",
    why: "Whatever is answered to a deletion says that the machine is gone",
    below: (call, context) => async (method, params) => {
      const gone = memoryOf(context);
      const name = String(fields(params).name);
      if (isAbout(method, params, ["get"], "virtualmachines") && gone.has(name)) {
        throw notFound(params);
      }
      const result = await call(method, params);
      if (!isAbout(method, params, ["delete"], "virtualmachines")) return result;
      if (fields(fields(result).metadata).name !== name) gone.set(name, true);
      return { kind: "Status" };
    },
  },
  {
    id: "plugin-bad-credentials-are-tried-again",
    breaks: "plugin.error.unauthenticated",
    why: "Every refusal is tried again, also that of credentials: the account is locked",
    below: (call) => async (method, params) => {
      for (let tries = 1;; tries++) {
        try {
          return await call(method, params);
        } catch (error) {
          const isRefused = error instanceof BackendError && error.code.startsWith("401");
          if (!isRefused || tries === TRIES) throw error;
        }
      }
    },
  },
  {
    id: "plugin-aborted-creates-go-on",
    breaks: "plugin.error.canceled",
    why: "The caller is let go, and the work goes on behind his back",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, { signal } = {}) => {
        if (!signal || signal.aborted) return plugin.createMachine(request, { signal });
        const work = plugin.createMachine(request);
        work.catch(() => {});
        const aborted = Promise.withResolvers<never>();
        signal.addEventListener("abort", () => aborted.reject(refusal("canceled", request)));
        return Promise.race([work, aborted.promise]);
      },
    })),
  },
  {
    id: "plugin-aborted-deletions-stay-locked",
    breaks: "plugin.error.canceled",
    why: "The lock of the machine is given back at the end, and an aborted call has none",
    mutate: remembering((plugin, locked) => ({
      deleteMachine: async (request, options) => {
        const { name } = request.machine;
        if (locked.has(name)) throw refusal("aborted", request);
        locked.add(name);
        const answer = await plugin.deleteMachine(request, options).catch((error) => {
          if (error.code !== "canceled" || options?.signal === undefined) locked.delete(name);
          throw error;
        });
        locked.delete(name);
        return answer;
      },
    })),
  },
  {
    id: "plugin-deletions-are-done-once",
    breaks: "plugin.delete.absent",
    why: "What was deleted is not found, and not-found is no success",
    mutate: remembering((plugin, deleted) => ({
      deleteMachine: async (request, options) => {
        const { name } = request.machine;
        if (deleted.has(name)) throw refusal("not-found", request);
        const answer = await plugin.deleteMachine(request, options);
        deleted.add(name);
        return answer;
      },
    })),
  },
  {
    id: "plugin-slower-deletes-fail",
    breaks: "plugin.delete.absent",
    why: "Of several deletions at once all but one meet a conflict, and pass it on",
    mutate: remembering((plugin, busy) => ({
      deleteMachine: async (request, options) => {
        const { name } = request.machine;
        if (busy.has(name)) throw refusal("aborted", request);
        busy.add(name);
        try {
          return await plugin.deleteMachine(request, options);
        } finally {
          busy.delete(name);
        }
      },
    })),
  },
  {
    id: "plugin-deletes-all-of-the-class",
    breaks: "plugin.list.orphans",
    why: "The class says which machines it is about, and the id of the orphan is not looked at",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) => {
        const { machineList } = await plugin.listMachines(request, options);
        for (const name of Object.values(machineList)) {
          await plugin.deleteMachine({ ...request, machine: { name } }, options);
        }
        return await plugin.deleteMachine(request, options);
      },
    })),
  },
  {
    id: "plugin-namespace-is-the-class",
    breaks: "plugin.list.orphans",
    why:
      "The KubeVirt plugin lists a namespace without tags, and deletes by the name: all are orphans",
    mutate: onPlugin((plugin, { host }) => ({
      listMachines: async (...args) => {
        const { machineList } = await plugin.listMachines(...args);
        const all = (await host?.inventory() ?? []).filter((it) => it.startsWith("machine:"))
          .map((it) => it.slice("machine:".length));
        return {
          machineList: { ...Object.fromEntries(all.map((it) => [it, it])), ...machineList },
        };
      },
      deleteMachine: async (request, options) => {
        const { name } = request.machine;
        if (!name.includes(".")) return await plugin.deleteMachine(request, options);
        await host?.vanish?.(name);
        return {};
      },
    })),
  },
];
