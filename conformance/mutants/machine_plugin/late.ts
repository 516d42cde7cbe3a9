/**
 * Mutants that notice a mistake late, or one that is none.
 *
 * @module
 */

import { DriverError, isDriverError } from "../../../drivers/contract/mod.ts";
import {
  fields,
  instead,
  isAbout,
  onErrors,
  onPlugin,
  onRefusal,
  type PluginMutant,
  refusal,
} from "./plugin_mutant.ts";

/** Names that are longer do not fit, for a plugin that hangs long suffixes on them. */
const MOST_LETTERS = 20;

/** The mutants. */
export const PLUGIN_LATE_MUTANTS: readonly PluginMutant[] = [
  {
    id: "plugin-disks-come-before-the-spec",
    breaks: "plugin.create.invalid",
    why: "The first mistake is noticed when the first part was made",
    mutate: onPlugin((plugin, { host }) => ({
      createMachine: (request, options) =>
        instead(
          () => plugin.createMachine(request, options),
          "invalid-argument",
          async (error) => {
            await host?.plantDisk?.(`${request.machine.name}.left`);
            throw error;
          },
          "provider-spec",
        ),
    })),
  },
  {
    id: "plugin-tags-are-not-checked",
    breaks: "plugin.create.invalid",
    why: "The KubeVirt plugin's own sample has tags that end with a comma: the server refuses them",
    mutate: onRefusal("createMachine", ["invalid-argument", "provider-spec"], ({ error }) => {
      if (!error.message.includes("tags.")) throw error;
      throw new DriverError({ ...error.toJSON(), code: "internal" });
    }),
  },
  {
    id: "plugin-messages-are-format-strings",
    breaks: "plugin.create.invalid",
    why: "The KubeVirt plugin formats a text that was formatted: what has a per cent sign is lost",
    mutate: onErrors((error) =>
      isDriverError(error)
        ? new DriverError({
          ...error.toJSON(),
          message: error.message.replace(/%[a-z]/g, (verb) => `%!${verb[1]}(MISSING)`),
        })
        : error
    ),
  },
  {
    id: "plugin-names-are-shorter",
    breaks: "plugin.create.name",
    why: "The name fits, and that of a disk does not: a name that the rule accepts is refused",
    mutate: onPlugin((plugin) => ({
      createMachine: async (request, options) => {
        if (request.machine.name.length > MOST_LETTERS) throw refusal("invalid-argument", request);
        return await plugin.createMachine(request, options);
      },
    })),
  },
  {
    id: "plugin-namesakes-are-made-anew",
    breaks: "plugin.create.differs",
    why: "What is there was made from another spec, so it is removed and made as it should be",
    mutate: onRefusal(
      "createMachine",
      ["already-exists", "different"],
      async ({ plugin, request, error }) => {
        await plugin.deleteMachine(request);
        await plugin.createMachine(request);
        throw error;
      },
    ),
  },
  {
    id: "plugin-only-whole-machines-are-initialized",
    breaks: "plugin.initialize.finishes",
    why: "What is uninitialized is told so, by the call that is there to change it",
    mutate: onPlugin((plugin) => ({
      initializeMachine: (request, options) => plugin.getMachineStatus(request, options),
    })),
  },
  {
    id: "plugin-programs-of-a-kubeconfig-are-run",
    breaks: "plugin.secret.local",
    why: "The KubeVirt plugin obeys a kubeconfig: who may write the secret runs what he likes",
    mutate: onErrors((error) =>
      isDriverError(error) && error.message.includes('"exec"')
        ? new DriverError({ ...error.toJSON(), code: "unauthenticated" })
        : error
    ),
  },
  {
    id: "plugin-files-of-a-kubeconfig-are-read",
    breaks: "plugin.secret.local",
    why:
      "A file that a kubeconfig names is read where the plugin runs, and shown if it makes no sense",
    mutate: onErrors((error) =>
      isDriverError(error) && error.message.includes("names a file")
        ? new DriverError({ ...error.toJSON(), message: "The certificate makes no sense" })
        : error
    ),
  },
  {
    id: "plugin-volume-specs-are-shown",
    breaks: "plugin.secret.hidden",
    why: "The KubeVirt plugin logs the specs of volumes as they are, with all that is in them",
    mutate: onPlugin(({ getVolumeIDs }) => ({
      getVolumeIDs: async (request, options) => {
        const strange = request.pvSpecs.find(({ csi }) => typeof csi !== "object");
        if (!strange) return await getVolumeIDs?.(request, options) ?? { volumeIDs: [] };
        throw new DriverError({
          code: "invalid-argument",
          operation: "getVolumeIDs",
          subject: "plugin:kubevirt",
          message: `There is no driver in ${JSON.stringify(strange)}`,
        });
      },
    })),
  },
  {
    id: "plugin-secrets-are-named-by-their-content",
    breaks: "plugin.secret.hidden",
    why: "What is looked for has its content as its name, so that the same is not made twice",
    below: (call) => async (method, params) => {
      if (isAbout(method, params, ["create"], "secrets")) {
        const { body, options: _, ...at } = fields(params);
        const [text] = Object.values(fields(fields(body).data));
        await call("get", { ...at, name: String(text) }).catch(() => {});
      }
      return await call(method, params);
    },
  },
];
