/**
 * Mutants that say what is not so: that something was done, that it is not there, or whose id it is.
 *
 * @module
 */

import {
  DriverError,
  type ErrorCode,
  isDriverError,
  type MachineAnswer,
  type MachinePlugin,
  type MachineRequest,
  PluginError,
  responseOf,
} from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  onErrors,
  onPlugin,
  onSpi,
  type PluginMutant,
  remembering,
  withoutId,
} from "./plugin_mutant.ts";

/** How a call ends that nobody knows the outcome of. */
const UNSURE: readonly ErrorCode[] = ["unknown", "unavailable", "deadline-exceeded", "internal"];

/** The answer of a call, or another one if nobody knows what became of it. */
async function orElse<T>(call: Promise<T>, other: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isDriverError(error) && UNSURE.includes(error.code)) return other;
    throw error;
  }
}

/** What is answered of a machine that nobody looked at. */
function madeUp({ machine }: MachineRequest): MachineAnswer {
  return { providerID: `kubevirt://made/up/${machine.name}`, nodeName: machine.name };
}

/** The same answer with another id. */
const withId = (answer: MachineAnswer, id: (id: string) => string): MachineAnswer => ({
  ...answer,
  providerID: id(answer.providerID),
});

/** Answers of create and status, and the ids of a list, with other ids. */
function renamed(plugin: MachinePlugin, id: (id: string) => string): Partial<MachinePlugin> {
  return {
    createMachine: async (...args) => withId(await plugin.createMachine(...args), id),
    getMachineStatus: async (request, options) =>
      withId(await plugin.getMachineStatus(withoutId(request), options), id),
    deleteMachine: (request, options) => plugin.deleteMachine(withoutId(request), options),
    listMachines: async (...args) => {
      const { machineList } = await plugin.listMachines(...args);
      const rows = Object.entries(machineList).map(([old, name]) => [id(old), name]);
      return { machineList: Object.fromEntries(rows) };
    },
  };
}

/** Mutants that take a call for done that failed. */
const DONE: readonly PluginMutant[] = [
  {
    id: "plugin-failed-deletions-are-done",
    breaks: "plugin.error.unsure",
    why: "What could not be deleted is logged, and the machine runs on without a machine object",
    mutate: onPlugin((plugin) => ({
      deleteMachine: (...args) => orElse(plugin.deleteMachine(...args), {}),
    })),
  },
  {
    id: "plugin-failed-creates-are-done",
    breaks: "plugin.error.unsure",
    why: "The id is known before the machine is there, and is answered whatever happens",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) =>
        orElse(plugin.createMachine(request, options), madeUp(request)),
    })),
  },
  {
    id: "plugin-failed-initializations-are-done",
    breaks: "plugin.error.unsure",
    why: "A machine that is there counts as finished, whatever finishing it came to",
    mutate: onPlugin(({ initializeMachine }) => ({
      initializeMachine: (request, options) =>
        orElse(initializeMachine?.(request, options) ?? Promise.reject(), madeUp(request)),
    })),
  },
  {
    id: "plugin-failed-shutdowns-are-done",
    breaks: "plugin.error.unsure",
    why: "The request was sent, so the machine is taken to be off",
    mutate: onSpi((spi) => ({
      shutDownMachine: (name, id, ...rest) => orElse(spi.shutDownMachine(name, id, ...rest), id),
    })),
  },
  {
    id: "plugin-errors-are-only-logged",
    breaks: "plugin.error.unsure",
    why: "Each method catches what goes wrong, logs it and answers what it has",
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) =>
        plugin.createMachine(request, options).catch(() => madeUp(request)),
      initializeMachine: (request, options) =>
        (plugin.initializeMachine?.(request, options) ?? Promise.reject())
          .catch(() => madeUp(request)),
      getMachineStatus: (request, options) =>
        plugin.getMachineStatus(request, options).catch(() => madeUp(request)),
      deleteMachine: (...args) => plugin.deleteMachine(...args).catch(() => ({})),
      listMachines: (...args) => plugin.listMachines(...args).catch(() => ({ machineList: {} })),
      spi: plugin.spi && withMembers(plugin.spi, {
        shutDownMachine: (name, id, ...rest) =>
          plugin.spi?.shutDownMachine(name, id, ...rest).catch(() => id) ?? Promise.resolve(id),
      }),
    })),
  },
  {
    id: "plugin-lists-from-memory",
    breaks: "plugin.list.whole",
    why: "What was listed last is answered while the provider is away, as if it were so now",
    mutate: onPlugin((plugin) => {
      let last = { machineList: {} };
      return {
        listMachines: async (...args) => last = await orElse(plugin.listMachines(...args), last),
      };
    }),
  },
  {
    id: "plugin-create-only-says-so",
    breaks: "plugin.create.again",
    why: "The machine is to be made in the background, and is not",
    mutate: onPlugin(() => ({ createMachine: (request) => Promise.resolve(madeUp(request)) })),
  },
];

/** The mutants. */
export const PLUGIN_UNTRUE_MUTANTS: readonly PluginMutant[] = [
  ...DONE,
  {
    id: "plugin-losses-are-not-found",
    breaks: "plugin.error.unsure",
    why: "Whoever does not answer has no such machine, says the plugin of every call",
    mutate: onErrors((error) => {
      if (!isDriverError(error) || !UNSURE.includes(error.code)) return error;
      const init = { ...error.toJSON(), code: "not-found" as const };
      return new PluginError({ ...init, response: responseOf(error) });
    }),
  },
  {
    id: "plugin-provider-id-is-empty",
    breaks: "plugin.create.ids",
    why: "The id is told by the status alone, once the provider has one",
    mutate: onPlugin((plugin) => ({
      createMachine: async (...args) => withId(await plugin.createMachine(...args), () => ""),
    })),
  },
  {
    id: "plugin-ids-are-those-of-the-class",
    breaks: "plugin.create.ids",
    why: "The id says where the machine is, and not which it is",
    mutate: onPlugin((plugin) => renamed(plugin, () => "kubevirt://default")),
  },
  {
    id: "plugin-ids-are-new-each-time",
    breaks: "plugin.create.again",
    why: "The id has the time of the answer in it",
    mutate: remembering((plugin, times) => ({
      createMachine: async (...args) => {
        const time = `${times.size}`;
        times.add(time);
        return withId(await plugin.createMachine(...args), (id) => `${id}+${time}`);
      },
    })),
  },
  {
    id: "plugin-ids-are-names",
    breaks: "plugin.delete.incarnation",
    why: "The KubeVirt plugin's id is the name alone: an earlier machine has that of a later one",
    mutate: onPlugin((plugin) => renamed(plugin, (id) => id.replace(/\/[^/]*$/, ""))),
  },
  {
    id: "plugin-status-has-other-ids",
    breaks: "plugin.status.ids",
    why: "The status writes the id as the provider has it, with a slash at its end",
    mutate: onPlugin((plugin) => ({
      getMachineStatus: async (...args) =>
        withId(await plugin.getMachineStatus(...args), (id) => `${id}/`),
    })),
  },
  {
    id: "plugin-status-answers-what-it-is-asked",
    breaks: "plugin.status.repeatable",
    why: "The id of the request is answered, also if there is none in it",
    mutate: onPlugin((plugin) => ({
      getMachineStatus: async (request, options) =>
        withId(
          await plugin.getMachineStatus(request, options),
          () => request.machine.spec?.providerID ?? "",
        ),
    })),
  },
  {
    id: "plugin-shutdown-answers-nothing",
    breaks: "plugin.shutdown.off",
    why: "There is nothing to say of a machine that is off",
    mutate: onSpi((spi) => ({
      shutDownMachine: async (...args) => {
        await spi.shutDownMachine(...args);
        return "";
      },
    })),
  },
  {
    id: "plugin-errors-are-about-the-providers-name",
    breaks: "plugin.error.shape",
    why: "The error names the virtual machine, which the controller has never heard of",
    mutate: onErrors((error) => {
      if (!isDriverError(error) || !error.subject.startsWith("machine:")) return error;
      const name = error.subject.slice("machine:".length);
      return new DriverError({ ...error.toJSON(), subject: `machine:owner.${name}` });
    }),
  },
];
