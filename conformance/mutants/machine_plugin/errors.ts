/**
 * Mutants that tell errors wrongly, and keep or show what they should not.
 *
 * @module
 */

import {
  DriverError,
  isDriverError,
  type MachineRequest,
  type PluginSecret,
} from "../../../drivers/contract/mod.ts";
import { BackendError } from "../../../drivers/backend/backend.ts";
import {
  fields,
  notFound,
  onErrors,
  onPlugin,
  onRefusal,
  onSpi,
  type PluginMutant,
  recodings,
  refusal,
  remembering,
} from "./plugin_mutant.ts";

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

/** The request with something in the place of user data that is missing. */
function filledIn(request: MachineRequest): MachineRequest {
  const { data = {} } = request.secret ?? {};
  return { ...request, secret: { data: { ...data, userData: base64("#cloud-config\n") } } };
}

/** What is told with a code that the controller understands otherwise. */
const RECODED = recodings([
  [
    "plugin-bad-credentials-are-internal",
    "plugin.error.unauthenticated",
    "The KubeVirt plugin tells 401 as internal, and tries for ever",
    "unauthenticated",
    "internal",
  ],
  [
    "plugin-missing-rights-are-internal",
    "plugin.error.permission",
    "The KubeVirt plugin tells 403 as internal",
    "permission-denied",
    "internal",
  ],
  [
    "plugin-quota-is-internal",
    "plugin.error.quota",
    "Without resource-exhausted the autoscaler never tries another pool",
    "resource-exhausted",
    "internal",
  ],
  [
    "plugin-throttling-is-exhaustion",
    "plugin.error.throttled",
    "Too many requests sound like too few resources, and the pool is given up",
    "unavailable",
    "resource-exhausted",
    "throttled",
  ],
  [
    "plugin-webhooks-fail-for-good",
    "plugin.error.unavailable",
    "500 is internal, and a webhook that restarts fails the machine",
    "unavailable",
    "internal",
    "webhook",
  ],
  [
    "plugin-no-answer-is-internal",
    "plugin.error.deadline",
    "What was not answered in time is told as a fault of the plugin's own",
    "deadline-exceeded",
    "internal",
  ],
  [
    "plugin-aborts-are-internal",
    "plugin.error.canceled",
    "The reason of the abort is an error like any other",
    "canceled",
    "internal",
  ],
]);

/** The mutants. */
export const PLUGIN_ERROR_MUTANTS: readonly PluginMutant[] = [
  ...RECODED,
  {
    id: "plugin-plain-errors",
    breaks: "plugin.error.shape",
    why: "An error of a library passes through as it is",
    mutate: onErrors((error) => isDriverError(error) ? new Error(error.message) : error),
  },
  {
    id: "plugin-failed-once-failed-for-ever",
    breaks: "plugin.error.retry",
    why: "A breaker opens at the first failure, and nothing closes it",
    mutate: remembering((plugin, failed) => ({
      createMachine: async (request, options) => {
        if (failed.size > 0) throw refusal("unavailable", request);
        try {
          return await plugin.createMachine(request, options);
        } catch (error) {
          if (isDriverError(error) && error.code === "unavailable") failed.add(error.subject);
          throw error;
        }
      },
    })),
  },
  {
    id: "plugin-unsure-is-not-found",
    breaks: "plugin.error.unsure",
    why: "Whatever goes wrong with a get means that there is nothing",
    mutate: onRefusal("getMachineStatus", ["unavailable"], ({ request }) => {
      throw refusal("not-found", request);
    }),
  },
  {
    id: "plugin-every-404-is-the-machine",
    breaks: "plugin.error.not-installed",
    why: "The status code alone decides: a missing resource definition is a missing machine",
    below: (call) => async (method, params) => {
      try {
        return await call(method, params);
      } catch (error) {
        const isMissing = error instanceof BackendError && error.code.startsWith("404");
        if (isMissing && method === "get") throw notFound(params);
        throw error;
      }
    },
  },
  {
    id: "plugin-states-are-trusted",
    breaks: "plugin.error.state",
    why: "The state that it wrote itself is parsed without care",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) => {
        const { lastKnownState } = request.machine.status ?? {};
        if (lastKnownState !== undefined) JSON.parse(lastKnownState);
        return await plugin.deleteMachine(request, options);
      },
    })),
  },
  {
    id: "plugin-tags-are-shared",
    breaks: "plugin.request.unchanged",
    why: "The KubeVirt plugin writes its own label into the tags of the class",
    mutate: onPlugin((plugin) => ({
      createMachine: async (request, options) => {
        const answer = await plugin.createMachine(request, options);
        const { providerSpec } = request.machineClass;
        if (typeof providerSpec === "object" && providerSpec && "tags" in providerSpec) {
          Object.assign(providerSpec.tags ?? {}, { "kubevirt.io/vm": request.machine.name });
        }
        return answer;
      },
    })),
  },
  {
    id: "plugin-user-data-is-made-up",
    breaks: "plugin.secret.missing",
    why: "A machine without user data starts, and never becomes a node",
    mutate: onRefusal("createMachine", ["invalid-argument"], ({ error, request, plugin }) => {
      if (!error.message.includes("userData")) throw error;
      return plugin.createMachine(filledIn(request));
    }),
  },
  {
    id: "plugin-first-credentials-stay",
    breaks: "plugin.secret.used",
    why: "The client is made once, with whatever credentials came first",
    mutate: (world) => {
      let first: PluginSecret | undefined;
      const same = <T extends { readonly secret?: PluginSecret }>(request: T): T => ({
        ...request,
        secret: first ??= request.secret,
      });
      return onPlugin((plugin) => ({
        createMachine: (request, options) => plugin.createMachine(same(request), options),
        getMachineStatus: (request, options) => plugin.getMachineStatus(same(request), options),
        listMachines: (request, options) => plugin.listMachines(same(request), options),
      }))(world);
    },
  },
  {
    id: "plugin-kubeconfig-is-dumped",
    breaks: "plugin.secret.hidden",
    why: "The KubeVirt plugin's error has the kubeconfig in it, as a dump of its bytes",
    mutate: onRefusal("getMachineStatus", ["invalid-argument"], ({ error, request }) => {
      const bytes = Uint8Array.fromBase64(request.secret?.data?.kubeconfig ?? "");
      const message = `${error.message}: [${bytes.join(" ")}]`;
      throw new DriverError({ ...error.toJSON(), message });
    }),
  },
  {
    id: "plugin-secrets-go-with-the-cause",
    breaks: "plugin.secret.hidden",
    why: "The refused request is kept with the error, for those who look for its cause",
    mutate: onPlugin((plugin) => ({
      createMachine: async (request, options) => {
        try {
          return await plugin.createMachine(request, options);
        } catch (error) {
          if (!isDriverError(error)) throw error;
          const cause = new Error(`POST failed: ${JSON.stringify(fields({ ...request.secret }))}`);
          throw new DriverError({ ...error.toJSON(), cause });
        }
      },
    })),
  },
  {
    id: "plugin-two-kinds-of-ids",
    breaks: "plugin.spi",
    why: "The session answers the provider's own id, and the plugin one with a scheme",
    mutate: onSpi((spi) => ({
      getMachineStatus: async (...args) =>
        (await spi.getMachineStatus(...args)).replace("kubevirt://", ""),
    })),
  },
  {
    id: "plugin-no-volumes-is-an-error",
    breaks: "plugin.volumes.empty",
    why: "An empty list is taken for one that is missing",
    mutate: onPlugin(({ getVolumeIDs }) => ({
      getVolumeIDs: async (request, options) => {
        const answer = await getVolumeIDs?.(request, options) ?? { volumeIDs: [] };
        if (answer.volumeIDs.length > 0) return answer;
        throw new DriverError({
          code: "invalid-argument",
          operation: "getVolumeIDs",
          subject: "plugin:kubevirt",
          message: "There are no volumes",
        });
      },
    })),
  },
];
