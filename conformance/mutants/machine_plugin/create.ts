/**
 * Mutants that make machines wrongly.
 *
 * @module
 */

import {
  DriverError,
  isDriverError,
  type MachineAnswer,
  type MachineRequest,
  responseOf,
} from "../../../drivers/contract/mod.ts";
import {
  fields,
  instead,
  isAbout,
  notFound,
  onErrors,
  onPlugin,
  onRefusal,
  type PluginMutant,
  recodings,
  refusal,
  remembering,
} from "./plugin_mutant.ts";

/** An answer of a plugin that takes a machine for its own that is not. */
function made(id: string, { machine }: MachineRequest): MachineAnswer {
  return { providerID: `kubevirt://${id}`, nodeName: machine.name };
}

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
    mutate: remembering((plugin, made) => ({
      createMachine: async (request, options) => {
        if (made.has(request.machine.name)) throw refusal("internal", request);
        const answer = await plugin.createMachine(request, options);
        made.add(request.machine.name);
        return answer;
      },
    })),
  },
  {
    id: "plugin-any-namesake-is-adopted",
    breaks: "plugin.create.differs",
    why: "A machine that is there already is success, whatever it was made from",
    mutate: onRefusal(
      "createMachine",
      ["already-exists", "different"],
      ({ plugin, request }) => plugin.getMachineStatus(request),
    ),
  },
  {
    id: "plugin-slower-creates-fail",
    breaks: "plugin.create.race",
    why: "Looked first and made later: the slower of two is refused for good",
    mutate: remembering((plugin, busy) => ({
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
    })),
  },
  ...recodings([[
    "plugin-mistakes-are-internal",
    "plugin.create.invalid",
    "The KubeVirt plugin knows two codes: everything but a missing machine is internal",
    "invalid-argument",
    "internal",
    "provider-spec",
  ]]),
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
    id: "plugin-unknown-fields-are-ignored",
    breaks: "plugin.create.unknown-field",
    why: "The KubeVirt plugin decodes the spec, and drops what it has no place for",
    mutate: onRefusal("createMachine", ["invalid-argument", "provider-spec"], (refused) => {
      if (!refused.error.message.includes("does not exist")) throw refused.error;
      return made("misspelt", refused.request);
    }),
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
    mutate: onRefusal("createMachine", ["invalid-argument"], ({ error, request }) => {
      if (!error.message.includes("set by the plugin")) throw error;
      return made("elsewhere", request);
    }),
  },
  {
    id: "plugin-half-machines-stay-half",
    breaks: "plugin.create.rollback",
    why: "The secret's name has the time in it: after a failure nobody can finish the job",
    mutate: remembering((plugin, half) => ({
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
    })),
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
    mutate: remembering((plugin, failed) => ({
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
    })),
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
    mutate: onRefusal(
      "createMachine",
      ["already-exists", "foreign"],
      ({ request }) => made("adopted", request),
    ),
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
    mutate: remembering(({ initializeMachine }, done) => ({
      initializeMachine: async (request, options) => {
        if (!initializeMachine || done.has(request.machine.name)) {
          throw refusal("failed-precondition", request);
        }
        done.add(request.machine.name);
        return await initializeMachine(request, options);
      },
    })),
  },
  {
    id: "plugin-initialize-only-looks",
    breaks: "plugin.initialize.finishes",
    why: "Whoever initializes answers the ids, and leaves the work to the next create",
    mutate: onPlugin((plugin) => ({
      initializeMachine: (request, options) =>
        instead(
          () => plugin.getMachineStatus(request, options),
          "uninitialized",
          (error) => ({ ...made("", request), ...responseOf(error) }),
        ),
    })),
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
