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
  instead,
  notFound,
  onErrors,
  onPlugin,
  onSpi,
  type PluginMutant,
  recode,
  refusal,
} from "./plugin_mutant.ts";

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

/** The request with something in the place of user data that is missing. */
function filledIn(request: MachineRequest): MachineRequest {
  const { data = {} } = request.secret ?? {};
  return { ...request, secret: { data: { ...data, userData: base64("#cloud-config\n") } } };
}

/** The mutants. */
export const PLUGIN_ERROR_MUTANTS: readonly PluginMutant[] = [
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
    mutate: (world) => {
      let open = false;
      return onPlugin((plugin) => ({
        createMachine: async (request, options) => {
          if (open) throw refusal("unavailable", request);
          try {
            return await plugin.createMachine(request, options);
          } catch (error) {
            open = isDriverError(error) && error.code === "unavailable";
            throw error;
          }
        },
      }))(world);
    },
  },
  {
    id: "plugin-unsure-is-not-found",
    breaks: "plugin.error.unsure",
    why: "Whatever goes wrong with a get means that there is nothing",
    mutate: onPlugin((plugin) => ({
      getMachineStatus: (request, options) => {
        const call = () => plugin.getMachineStatus(request, options);
        const missing = () => {
          throw refusal("not-found", request);
        };
        return instead(call, "unavailable", missing);
      },
    })),
  },
  {
    id: "plugin-bad-credentials-are-internal",
    breaks: "plugin.error.unauthenticated",
    why: "The KubeVirt plugin tells 401 as internal, and tries for ever",
    mutate: recode("unauthenticated", "internal"),
  },
  {
    id: "plugin-missing-rights-are-internal",
    breaks: "plugin.error.permission",
    why: "The KubeVirt plugin tells 403 as internal",
    mutate: recode("permission-denied", "internal"),
  },
  {
    id: "plugin-quota-is-internal",
    breaks: "plugin.error.quota",
    why: "Without resource-exhausted the autoscaler never tries another pool",
    mutate: recode("resource-exhausted", "internal"),
  },
  {
    id: "plugin-throttling-is-exhaustion",
    breaks: "plugin.error.throttled",
    why: "Too many requests sound like too few resources, and the pool is given up",
    mutate: recode("unavailable", "resource-exhausted", "throttled"),
  },
  {
    id: "plugin-webhooks-fail-for-good",
    breaks: "plugin.error.unavailable",
    why: "500 is internal, and a webhook that restarts fails the machine",
    mutate: recode("unavailable", "internal", "webhook"),
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
    id: "plugin-no-answer-is-internal",
    breaks: "plugin.error.deadline",
    why: "What was not answered in time is told as a fault of the plugin's own",
    mutate: recode("deadline-exceeded", "internal"),
  },
  {
    id: "plugin-aborts-are-internal",
    breaks: "plugin.error.canceled",
    why: "The reason of the abort is an error like any other",
    mutate: recode("canceled", "internal"),
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
    mutate: onPlugin((plugin) => ({
      createMachine: (request, options) =>
        instead(
          () => plugin.createMachine(request, options),
          "invalid-argument",
          (error) => {
            if (!error.message.includes("userData")) throw error;
            return plugin.createMachine(filledIn(request), options);
          },
        ),
    })),
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
    mutate: onPlugin((plugin) => ({
      getMachineStatus: (request, options) =>
        instead(
          () => plugin.getMachineStatus(request, options),
          "invalid-argument",
          (error) => {
            const bytes = Uint8Array.fromBase64(request.secret?.data?.kubeconfig ?? "");
            const message = `${error.message}: [${bytes.join(" ")}]`;
            throw new DriverError({ ...error.toJSON(), message });
          },
        ),
    })),
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
