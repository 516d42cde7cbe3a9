/**
 * The suite's ways behind the plugin's back, by the same backend.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { EventBreak, PluginHost, PluginTrouble } from "../contract/mod.ts";
import type { Knobs, KubeBackend, KubeObject } from "./backend.ts";
import { namespaceOf } from "./host_namespace.ts";
import { samplesOf } from "./plugin_samples.ts";
import { ROOT_DISK } from "./provider_spec.ts";
import { diskOf, MACHINE_LABEL, OWNER_LABEL } from "./virtual_machine_names.ts";

/** What another client writes. */
const TOUCHED = "vmtck.dev/touched";
const FINAL: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);

const NO_TWINS = "a Kubernetes cluster has no two objects of one name";

/** The controls of a real cluster. */
export function pluginHost(backend: KubeBackend): PluginHost {
  const space = namespaceOf(backend);
  return {
    samples: samplesOf(backend),
    inapplicable: {
      duplicate: NO_TWINS,
      trouble: "a real cluster is not put out of order",
      page: "a real cluster has pages of a size of its own",
      breakEvents: "a real cluster is not put out of order",
    },
    inventory: () => space.inventory(),
    diskName: (name) => diskOf(name, ROOT_DISK),
    plantMachine: (name) => space.create("virtualmachines", planted(name)),
    uprootMachine: (name) => space.uproot("virtualmachines", name),
    plantDisk: (name) => space.create("datavolumes", plantedDisk(name)),
    uprootDisk: async (name) => {
      await space.uproot("datavolumes", name);
      await space.gone("persistentvolumeclaims", name);
    },
    fingerprint: async (name) => portraitOf(await space.find("virtualmachines", name, {})),
    running: (name) => space.running(name),
    vanish: async (name) => {
      await space.remove("virtualmachines", name, "Orphan");
      await space.gone("virtualmachines", name);
    },
    disown: async (name) => {
      const labels = { [OWNER_LABEL]: null, [MACHINE_LABEL]: null };
      await space.merge("virtualmachines", name, { metadata: { labels } });
    },
    condemn: (name) => space.remove("virtualmachines", name),
    powered: async (name) => {
      const instance = await space.find("virtualmachineinstances", name);
      const isOver = !instance || FINAL.has(instance.status?.phase ?? "");
      return !isOver || (await space.machine(name)).spec.runStrategy !== "Halted";
    },
    holdDeletion: (name, held) => space.hold("virtualmachines", name, held),
    holdDisk: (name, held) => space.hold("persistentvolumeclaims", name, held),
    touch: async (name) => {
      const metadata = { annotations: { [TOUCHED]: "yes" } };
      await space.merge("virtualmachines", name, { metadata });
    },
    touched: async (name) => (await space.machine(name)).metadata.annotations?.[TOUCHED] === "yes",
  };
}

/** What is set for each trouble. */
const TROUBLES: { readonly [T in PluginTrouble]: Partial<Knobs> } = {
  "permission-denied": { forbidden: ["virtualmachines"] },
  "quota": { quota: { virtualmachines: 0 } },
  "throttled": { throttled: 1_000_000 },
  "unavailable": { webhookDown: true },
  "not-installed": { notInstalled: true },
};
const SOUND: Partial<Knobs> = {
  forbidden: [],
  quota: {},
  throttled: 0,
  webhookDown: false,
  notInstalled: false,
};

/** More than there ever is. */
const ENDLESS_PAGE = 1_000_000;

/** The controls of a simulated cluster, which can be put out of order. */
export function simulatedPluginHost(backend: KubeBackend): PluginHost {
  return {
    ...pluginHost(backend),
    inapplicable: { duplicate: NO_TWINS },
    async trouble(what): Promise<void> {
      await backend.call("lab.set", { ...SOUND, ...(what && TROUBLES[what]) });
    },
    async page(size = ENDLESS_PAGE): Promise<void> {
      await backend.call("lab.set", { pageSize: size });
    },
    breakEvents: (how) => breakEvents(backend, how),
  };
}

/** Breaks off all watches of a simulated cluster. */
export async function breakEvents(backend: KubeBackend, how: EventBreak): Promise<void> {
  await backend.call(how === "cut" ? "lab.cutWatches" : "lab.compact", {});
}

/** A machine without disks that is off, and of nobody's. */
function planted(name: string): KubeObject {
  const domain = { resources: { requests: { memory: "64Mi" } }, devices: {} };
  return {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachine",
    metadata: { name },
    spec: { runStrategy: "Halted", template: { spec: { domain } } },
  };
}

function plantedDisk(name: string): KubeObject {
  const pvc = {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "64Mi" } },
  };
  return {
    apiVersion: "cdi.kubevirt.io/v1beta1",
    kind: "DataVolume",
    metadata: { name },
    spec: { source: { blank: {} }, pvc },
  };
}

/** What nobody but a client changes. */
function portraitOf(machine: KubeObject | undefined): string {
  if (!machine) return "absent";
  const { metadata, spec } = machine;
  const { uid, labels, deletionTimestamp } = metadata;
  const portrait = { uid, labels, spec, leaves: deletionTimestamp !== undefined };
  return createHash("sha256").update(JSON.stringify(portrait)).digest("hex");
}
