/**
 * The suite's ways behind the plugin's back, by the same backend.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Json } from "../backend/backend.ts";
import type { EventBreak, PluginHost, PluginTrouble } from "../contract/mod.ts";
import type { Collection, Knobs, KubeBackend, KubeObject, MachineOutline } from "./backend.ts";
import { KINDS, type Kinds } from "./objects_client.ts";
import { samplesOf } from "./plugin_samples.ts";
import { ROOT_DISK } from "./provider_spec.ts";
import { isRefusal } from "./status.ts";
import { diskOf, MACHINE_LABEL } from "./virtual_machine_names.ts";

/** What an inventory calls the objects of each kind. */
const WORDS: { readonly [K in keyof Kinds]: string } = {
  virtualmachines: "machine",
  virtualmachineinstances: "instance",
  datavolumes: "disk",
  persistentvolumeclaims: "claim",
  secrets: "secret",
};
const KIND_NAMES = [
  "virtualmachines",
  "virtualmachineinstances",
  "datavolumes",
  "persistentvolumeclaims",
  "secrets",
] as const;

/** How often a change is tried again when somebody else was faster. */
const MOST_TRIES = 5;

/** Holds an object back while it is deleted. */
const HELD = "vmtck.dev/held";
/** What another client writes. */
const TOUCHED = "vmtck.dev/touched";
const FINAL: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);

const NO_TWINS = "a Kubernetes cluster has no two objects of one name";

/** The controls of a real cluster. */
export function pluginHost(backend: KubeBackend): PluginHost {
  const space = new Namespace(backend);
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
    condemn: (name) => space.remove("virtualmachines", name),
    powered: async (name) => {
      const instance = await space.find("virtualmachineinstances", name);
      const isOver = !instance || FINAL.has(phaseOf(instance));
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

/** The objects of the connection's own namespace. */
class Namespace {
  readonly #backend: KubeBackend;
  #name?: string;

  constructor(backend: KubeBackend) {
    this.#backend = backend;
  }

  async #at(kind: keyof Kinds): Promise<typeof KINDS[keyof Kinds] & { namespace: string }> {
    this.#name ??= (await this.#backend.call("access", {})).namespace;
    return { ...KINDS[kind], namespace: this.#name };
  }

  async inventory(): Promise<string[]> {
    const entries: string[] = [];
    for (const kind of KIND_NAMES) {
      const at = await this.#at(kind);
      let next: string | undefined;
      do {
        const params = { ...at, view: "outline", limit: 500, continue: next } as const;
        const page = await this.#backend.call("list", params);
        entries.push(...page.items.map(({ metadata }) => `${WORDS[kind]}:${metadata.name}`));
        next = page.metadata.continue;
      } while (next);
    }
    return entries.sort();
  }

  async find(
    kind: keyof Kinds,
    name: string,
    view: Pick<Collection, "view"> = { view: "outline" },
  ): Promise<KubeObject | undefined> {
    try {
      return await this.#backend.call("get", { ...await this.#at(kind), name, ...view });
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }

  async machine(name: string): Promise<MachineOutline> {
    const at = await this.#at("virtualmachines");
    return await this.#backend.call("get", { ...at, name, view: "outline" }) as MachineOutline;
  }

  async create(kind: keyof Kinds, body: KubeObject): Promise<void> {
    await this.#backend.call("create", { ...await this.#at(kind), body });
  }

  async merge(kind: keyof Kinds, name: string, body: Json): Promise<void> {
    const at = await this.#at(kind);
    await this.#backend.call("patch", { ...at, name, type: "merge", body });
  }

  async remove(
    kind: keyof Kinds,
    name: string,
    propagationPolicy: "Background" | "Orphan" = "Background",
  ): Promise<void> {
    const at = await this.#at(kind);
    await this.#backend.call("delete", { ...at, name, options: { propagationPolicy } });
  }

  /** Removes what is no plugin's; a machine of one is left alone. */
  async uproot(kind: keyof Kinds, name: string): Promise<void> {
    const found = await this.find(kind, name);
    if (found && found.metadata.labels?.[MACHINE_LABEL] === undefined) {
      await this.remove(kind, name);
      await this.gone(kind, name);
    }
  }

  /** Waits until the cluster has let go of it. */
  async gone(kind: keyof Kinds, name: string): Promise<void> {
    await this.#until(kind, name, (object) => object === undefined);
  }

  /** Waits until the instance of a machine runs. */
  async running(name: string): Promise<void> {
    const runs = (it: KubeObject | undefined): boolean =>
      it !== undefined && phaseOf(it) === "Running";
    await this.#until("virtualmachineinstances", name, runs);
  }

  /** Watches an object until it, or its absence, is as it has to be. */
  async #until(
    kind: keyof Kinds,
    name: string,
    isSo: (object: KubeObject | undefined) => boolean,
  ): Promise<void> {
    const end = new AbortController();
    const events = this.#backend.events({ signal: end.signal });
    const of = {
      ...await this.#at(kind),
      view: "outline" as const,
      fieldSelector: `metadata.name=${name}`,
    };
    const { watch } = await this.#backend.call("watch.start", of);
    try {
      if (isSo(await this.find(kind, name))) return;
      for await (const event of events) {
        if (event.watch !== watch) continue;
        if (!("object" in event)) throw new Error(`The watch for ${JSON.stringify(name)} is over`);
        if (isSo(event.type === "DELETED" ? undefined : event.object)) return;
      }
    } finally {
      await this.#backend.call("watch.stop", { watch });
      end.abort();
    }
  }

  /** Adds or removes the finalizer, and leaves those of others. */
  async hold(kind: keyof Kinds, name: string, held: boolean): Promise<void> {
    for (let tries = 1;; tries++) {
      const found = await this.find(kind, name);
      if (!found) return;
      const others = (found.metadata.finalizers ?? []).filter((it) => it !== HELD);
      const { resourceVersion } = found.metadata;
      const finalizers = held ? [...others, HELD] : others;
      try {
        return await this.merge(kind, name, {
          metadata: { finalizers, resourceVersion },
        });
      } catch (error) {
        // A controller changed the object in the meantime: look again.
        if (!isRefusal(error, 409) || tries === MOST_TRIES) throw error;
      }
    }
  }
}

function phaseOf({ status }: KubeObject): string {
  const phase = typeof status === "object" && status !== null && "phase" in status
    ? status.phase
    : undefined;
  return typeof phase === "string" ? phase : "";
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
