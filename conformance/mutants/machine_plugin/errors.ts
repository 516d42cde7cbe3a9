/**
 * Mutants that tell errors wrongly.
 *
 * @module
 */

import { DriverError, isDriverError } from "../../../drivers/contract/mod.ts";
import { BackendError } from "../../../drivers/backend/backend.ts";
import {
  notFound,
  onErrors,
  onPlugin,
  onRefusal,
  type PluginMutant,
  recodings,
  refusal,
  remembering,
} from "./plugin_mutant.ts";

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
    "plugin-outages-are-internal",
    "plugin.error.passing",
    "The KubeVirt plugin tells a server that is not ready as internal: minutes are lost each time",
    "unavailable",
    "internal",
  ],
  [
    "plugin-conflicts-are-internal",
    "plugin.error.passing",
    "Another writer was faster, and the machine waits for ten minutes",
    "aborted",
    "internal",
    "conflict",
  ],
  [
    "plugin-bad-credentials-are-its-own-fault",
    "plugin.secret.missing",
    "The KubeVirt plugin tells a kubeconfig that it cannot read as internal",
    "invalid-argument",
    "internal",
    "kubeconfig",
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
    id: "plugin-waits-are-deaf",
    breaks: "plugin.error.canceled",
    why: "The signal is not handed on to what waits for the end of a deletion",
    mutate: onPlugin((plugin) => ({
      deleteMachine: (request) => plugin.deleteMachine(request),
    })),
  },
  {
    id: "plugin-messages-are-numbered",
    breaks: "plugin.error.stable",
    why: "Each message begins with the id of its request, so that each status is news",
    mutate: (world) => {
      let count = 0;
      return onErrors((error) =>
        isDriverError(error)
          ? new DriverError({ ...error.toJSON(), message: `${++count}: ${error.message}` })
          : error
      )(world);
    },
  },
  {
    id: "plugin-states-are-obeyed",
    breaks: "plugin.error.state",
    why: "Whatever a state names is asked for, and what cannot be asked for ends the deletion",
    mutate: onPlugin((plugin) => ({
      deleteMachine: async (request, options) => {
        const answer = await plugin.deleteMachine(request, options);
        if (request.machine.status?.lastKnownState?.includes("/x")) {
          throw refusal("invalid-argument", request);
        }
        return answer;
      },
    })),
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
];
