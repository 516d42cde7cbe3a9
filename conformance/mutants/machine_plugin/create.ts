/**
 * Mutants that make machines wrongly.
 *
 * @module
 */

import { DriverError, isDriverError, responseOf } from "../../../drivers/contract/mod.ts";
import {
  fields,
  instead,
  isAbout,
  notFound,
  onErrors,
  onPlugin,
  type PluginMutant,
  recode,
  refusal,
} from "./plugin_mutant.ts";

/** The mutants. */
export const PLUGIN_CREATE_MUTANTS: readonly PluginMutant[] = [
  {
    id: "plugin-node-name-is-empty",
    breaks: "plugin.create.ids",
    why: "The name of the node is known when it registers, and until then it is left out",
    mutate: onPlugin((plugin) => ({
      createMachine: async (...args) => ({ ...await plugin.createMachine(...args), nodeName: "" }),
    })),
  },
  {
    id: "plugin-create-is-done-once",
    breaks: "plugin.create.again",
    why: "The KubeVirt plugin posts the machine each time, and passes the refusal on as internal",
    mutate: (world) => {
      const made = new Set<string>();
      return onPlugin((plugin) => ({
        createMachine: async (request, options) => {
          if (made.has(request.machine.name)) throw refusal("internal", request);
          const answer = await plugin.createMachine(request, options);
          made.add(request.machine.name);
          return answer;
        },
      }))(world);
    },
  },
  {
    id: "plugin-any-namesake-is-adopted",
    breaks: "plugin.create.differs",
    why: "A machine that is there already is success, whatever it was made from",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) =>
        instead(
          () => plugin.createMachine(request, options),
          "already-exists",
          () => plugin.getMachineStatus(request, options),
          "different",
        ),
    })),
  },
  {
    id: "plugin-slower-creates-fail",
    breaks: "plugin.create.race",
    why: "Looked first and made later: the slower of two is refused for good",
    mutate: (world) => {
      const busy = new Set<string>();
      return onPlugin((plugin) => ({
        createMachine: async (request, options) => {
          const { name } = request.machine;
          if (busy.has(name)) throw refusal("already-exists", request);
          busy.add(name);
          try {
            return await plugin.createMachine(request, options);
          } finally {
            busy.delete(name);
          }
        },
      }))(world);
    },
  },
  {
    id: "plugin-mistakes-are-internal",
    breaks: "plugin.create.invalid",
    why: "The KubeVirt plugin knows two codes: everything but a missing machine is internal",
    mutate: recode("invalid-argument", "internal", "provider-spec"),
  },
  {
    id: "plugin-mistakes-have-no-name",
    breaks: "plugin.create.invalid",
    why: "The provider spec is wrong, and the user may guess where",
    mutate: onErrors((error) =>
      isDriverError(error) && error.reason === "provider-spec"
        ? new DriverError({ ...error.toJSON(), message: "The provider spec is not valid" })
        : error
    ),
  },
  {
    id: "plugin-null-spec-is-dereferenced",
    breaks: "plugin.create.spec-shape",
    why: "The provider spec null ends the KubeVirt plugin with a nil dereference",
    mutate: onErrors((error) =>
      isDriverError(error) && error.message.includes("must be an object")
        ? new TypeError("Cannot read properties of null (reading 'tags')")
        : error
    ),
  },
  {
    id: "plugin-names-are-bent",
    breaks: "plugin.create.name",
    why: "A name is made to fit, and the node has another one than the machine",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) => {
        const name = request.machine.name.toLowerCase().replaceAll("_", "-");
        const machine = { ...request.machine, name };
        return plugin.createMachine({ ...request, machine }, options);
      },
    })),
  },
  {
    id: "plugin-tags-win",
    breaks: "plugin.create.marks",
    why: "The tags of the class are copied over the labels of the plugin",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) =>
        instead(
          () => plugin.createMachine(request, options),
          "invalid-argument",
          (error) => {
            if (!error.message.includes("set by the plugin")) throw error;
            return { providerID: "kubevirt://elsewhere", nodeName: request.machine.name };
          },
        ),
    })),
  },
  {
    id: "plugin-half-machines-stay-half",
    breaks: "plugin.create.rollback",
    why: "The secret's name has the time in it: after a failure nobody can finish the job",
    mutate: (world) => {
      const half = new Set<string>();
      return onPlugin((plugin) => ({
        createMachine: async (request, options) => {
          const { name } = request.machine;
          if (half.has(name)) throw refusal("already-exists", request);
          try {
            return await plugin.createMachine(request, options);
          } catch (error) {
            half.add(name);
            throw error;
          }
        },
      }))(world);
    },
  },
  {
    id: "plugin-secrets-are-left",
    breaks: "plugin.delete.complete",
    why: "The machine is deleted, and its secret is not looked for",
    below: (call) => async (method, params) => {
      if (isAbout(method, params, ["delete"], "virtualmachines")) {
        const options = { ...fields(fields(params).options), propagationPolicy: "Orphan" };
        return await call(method, { ...fields(params), options });
      }
      if (!isAbout(method, params, ["list"], "secrets")) return await call(method, params);
      return { metadata: {}, items: [] };
    },
  },
  {
    id: "plugin-failed-machines-are-not-listed",
    breaks: "plugin.create.truthful",
    why: "What a create failed for is dropped from the plugin's own list, and runs on",
    mutate: (world) => {
      const failed = new Set<string>();
      return onPlugin((plugin) => ({
        createMachine: async (request, options) => {
          try {
            return await plugin.createMachine(request, options);
          } catch (error) {
            failed.add(request.machine.name);
            throw error;
          }
        },
        listMachines: async (...args) => {
          const { machineList } = await plugin.listMachines(...args);
          const kept = Object.entries(machineList).filter(([, name]) => !failed.has(name));
          return { machineList: Object.fromEntries(kept) };
        },
      }))(world);
    },
  },
  {
    id: "plugin-dying-machines-are-adopted",
    breaks: "plugin.create.deleting",
    why: "The KubeVirt plugin does not look at the time of deletion",
    below: (call) => async (method, params) => {
      const result = await call(method, params);
      if (!isAbout(method, params, ["get"], "virtualmachines")) return result;
      const { deletionTimestamp: _, ...metadata } = fields(fields(result).metadata);
      return { ...fields(result), metadata };
    },
  },
  {
    id: "plugin-foreign-machines-are-adopted",
    breaks: "plugin.create.foreign",
    why: "A machine of the name is the machine",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) =>
        instead(
          () => plugin.createMachine(request, options),
          "already-exists",
          () => ({ providerID: "kubevirt://adopted", nodeName: request.machine.name }),
          "foreign",
        ),
    })),
  },
  {
    id: "plugin-foreign-disks-are-adopted",
    breaks: "plugin.create.foreign",
    why: "KubeVirt claims a data volume that has the name of a machine's, and deletes it with it",
    below: (call) => async (method, params) => {
      const isDisk = isAbout(method, params, ["get"], "datavolumes") ||
        isAbout(method, params, ["get"], "persistentvolumeclaims");
      if (isDisk) throw notFound(params);
      return await call(method, params);
    },
  },
  {
    id: "plugin-initialize-is-done-once",
    breaks: "plugin.initialize",
    why: "What is initialized cannot be initialized, so a repeated call fails",
    mutate: (world) => {
      const done = new Set<string>();
      return onPlugin(({ initializeMachine }) => ({
        initializeMachine: async (request, options) => {
          if (!initializeMachine || done.has(request.machine.name)) {
            throw refusal("failed-precondition", request);
          }
          done.add(request.machine.name);
          return await initializeMachine(request, options);
        },
      }))(world);
    },
  },
  {
    id: "plugin-initialize-makes",
    breaks: "plugin.initialize.absent",
    why: "One function for both: a machine that is missing is made on the way",
    mutate: onPlugin((plugin) => ({
      initializeMachine: (request, options) => plugin.createMachine(request, options),
    })),
  },
  {
    id: "plugin-uninitialized-without-ids",
    breaks: "plugin.initialize.response",
    why: "An error has no response, says the plugin, and the controller reads its ids all the same",
    mutate: onErrors((error) =>
      isDriverError(error) && responseOf(error).providerID !== undefined
        ? new DriverError(error.toJSON())
        : error
    ),
  },
];
