/**
 * Conforming machine plugins that use the freedoms that the contract leaves. The suite must not fail
 * any.
 *
 * @module
 */

import {
  type ErrorCode,
  isDriverError,
  type MachinePlugin,
} from "../../../drivers/contract/mod.ts";
import type { Freedom } from "../freedoms.ts";
import {
  type MutatePlugin,
  onErrors,
  onPlugin,
  onRefusal,
  recode,
  refusal,
  remembering,
} from "./plugin_mutant.ts";

/** A freedom of machine plugins. */
type PluginFreedom = Freedom<"machine-plugin">;

const contract = "machine-plugin";
/** How much longer each call takes. */
const SLOW_MS = 200;
/** Whose messages have to say something: a field, a key, a reason. */
const TOLD: readonly ErrorCode[] = ["invalid-argument", "resource-exhausted"];

const bare: MutatePlugin = onPlugin(() => ({
  initializeMachine: undefined,
  getVolumeIDs: undefined,
  spi: undefined,
}));

/** The same plugin, whose calls take longer. */
function slowed(plugin: MachinePlugin, wait: () => Promise<void>): Partial<MachinePlugin> {
  const slow = <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
  async (
    ...args: A
  ): Promise<T> => {
    await wait();
    return await call(...args);
  };
  return {
    createMachine: slow((...args) => plugin.createMachine(...args)),
    deleteMachine: slow((...args) => plugin.deleteMachine(...args)),
    getMachineStatus: slow((...args) => plugin.getMachineStatus(...args)),
    listMachines: slow((...args) => plugin.listMachines(...args)),
  };
}

/** Plugins that the suite must pass. */
export const PLUGIN_FREEDOMS: readonly PluginFreedom[] = [
  {
    id: "plugin-slow",
    contract,
    uses: "a call may take as long as it likes",
    mutate: onPlugin((plugin, { clock }) => slowed(plugin, () => clock.sleep(SLOW_MS))),
  },
  {
    id: "plugin-other-messages",
    contract,
    uses: "the text of an error is for people, where it has to name nothing",
    mutate: onErrors((error) => {
      if (isDriverError(error) && !TOLD.includes(error.code)) error.message = "Algo ha fallado";
      return error;
    }),
  },
  {
    id: "plugin-without-facets",
    contract,
    uses: "every facet is optional",
    claims: (claims) => ({
      ...claims,
      ...(claims[contract] && { [contract]: { ...claims[contract], subject: {} } }),
    }),
    mutate: bare,
  },
  {
    id: "plugin-says-more",
    contract,
    uses: "states and addresses may be told, and lists have no order",
    mutate: onPlugin((plugin) => ({
      createMachine: async (...args) => ({
        ...await plugin.createMachine(...args),
        lastKnownState: "Created",
        addresses: [{ type: "InternalIP", address: "192.0.2.1" }],
      }),
      deleteMachine: async (...args) => {
        await plugin.deleteMachine(...args);
        return { lastKnownState: "Deleted" };
      },
      listMachines: async (...args) => {
        const { machineList } = await plugin.listMachines(...args);
        return { machineList: Object.fromEntries(Object.entries(machineList).reverse()) };
      },
    })),
  },
  {
    id: "plugin-dying-is-gone",
    contract,
    uses: "a machine that is being deleted may count as gone",
    mutate: onRefusal("getMachineStatus", ["aborted", "deleting"], ({ request }) => {
      throw refusal("not-found", request);
    }),
  },
  {
    id: "plugin-one-create-at-a-time",
    contract,
    uses: "of the same request at once all but one may be aborted",
    mutate: remembering((plugin, busy) => ({
      createMachine: async (request, options) => {
        const { name } = request.machine;
        if (busy.has(name)) throw refusal("aborted", request);
        busy.add(name);
        try {
          return await plugin.createMachine(request, options);
        } finally {
          busy.delete(name);
        }
      },
    })),
  },
  {
    id: "plugin-held-deletions-are-aborted",
    contract,
    uses: "a deletion that is held up may be aborted",
    mutate: recode("deadline-exceeded", "aborted"),
  },
];
