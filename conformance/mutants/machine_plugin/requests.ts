/**
 * Mutants that change what they are given, show what they should not, and answer otherwise by name.
 *
 * @module
 */

import {
  DriverError,
  isDriverError,
  type MachineRequest,
  type PluginSecret,
} from "../../../drivers/contract/mod.ts";
import { fields, onPlugin, onRefusal, onSpi, type PluginMutant } from "./plugin_mutant.ts";

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

/** The request with something in the place of user data that is missing. */
function filledIn(request: MachineRequest): MachineRequest {
  const { data = {} } = request.secret ?? {};
  return { ...request, secret: { data: { ...data, userData: base64("#cloud-config\n") } } };
}

/** The mutants. */
export const PLUGIN_REQUEST_MUTANTS: readonly PluginMutant[] = [
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
    id: "plugin-tags-are-lent",
    breaks: "plugin.request.unchanged",
    why: "The label is in the tags of the class for as long as a list takes, and others read them",
    mutate: onPlugin((plugin) => ({
      listMachines: async (request, options) => {
        const { providerSpec } = request.machineClass;
        if (typeof providerSpec !== "object" || !providerSpec) {
          return await plugin.listMachines(request, options);
        }
        const lent = Symbol();
        Object.assign(providerSpec, { [lent]: true });
        const answer = await plugin.listMachines(request, options);
        Reflect.deleteProperty(providerSpec, lent);
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
    id: "plugin-values-are-quoted",
    breaks: "plugin.secret.hidden",
    why: "What is not in base64 is shown, so that the user sees the mistake",
    mutate: onRefusal("createMachine", ["invalid-argument"], ({ error, request }) => {
      const { data = {} } = request.secret ?? {};
      const [key] = Object.keys(data).filter((it) => error.message.includes(`"${it}"`));
      const message = `${error.message}: ${JSON.stringify(data[key ?? ""])}`;
      throw new DriverError({ ...error.toJSON(), message });
    }),
  },
  {
    id: "plugin-state-has-the-user-data",
    breaks: "plugin.secret.hidden",
    why: "The state is what a retry needs, and a retry needs the user data",
    mutate: onPlugin((plugin) => ({
      createMachine: async (request, options) => ({
        ...await plugin.createMachine(request, options),
        lastKnownState: JSON.stringify(fields({ ...request.secret?.data })),
      }),
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
      createMachine: async (...args) =>
        (await spi.createMachine(...args)).replace("kubevirt://", ""),
      getMachineStatus: async (...args) =>
        (await spi.getMachineStatus(...args)).replace("kubevirt://", ""),
    })),
  },
  {
    id: "plugin-session-forgets-what-it-deleted",
    breaks: "plugin.spi",
    why: "What was found is not answered, as if nothing had been",
    mutate: onSpi((spi) => ({
      deleteMachine: async (...args) => {
        await spi.deleteMachine(...args);
        return "";
      },
    })),
  },
  {
    id: "plugin-volumes-are-sorted",
    breaks: "plugin.volumes",
    why: "A set of ids is answered, in whatever order it has",
    mutate: onPlugin(({ getVolumeIDs }) => ({
      getVolumeIDs: async (request, options) => ({
        volumeIDs: [...(await getVolumeIDs?.(request, options))?.volumeIDs ?? []].sort(),
      }),
    })),
  },
  {
    id: "plugin-volumes-are-in-small-letters",
    breaks: "plugin.volumes",
    why: "An id is bent into what the provider's own ids look like, and is another one",
    mutate: onPlugin(({ getVolumeIDs }) => ({
      getVolumeIDs: async (request, options) => ({
        volumeIDs: (await getVolumeIDs?.(request, options))?.volumeIDs
          .map((id) => id.toLowerCase()) ?? [],
      }),
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
