/**
 * What the suite does behind an adapter's back: in one namespace, by the same backend.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import type { Collection, KubeBackend, KubeObject, MachineOutline } from "./backend.ts";
import { KINDS, type Kinds, type Outlines } from "./objects_client.ts";
import { isRefusal } from "./status.ts";
import { MACHINE_LABEL } from "./virtual_machine_names.ts";

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

/** What is answered is looked at in outline, if at all. */
const OUTLINE: Pick<Collection, "view"> = { view: "outline" };

/** Holds a machine back while it is deleted. */
const HELD = "vmtck.dev/held";

/** One for all controls of a connection. */
const known = new WeakMap<KubeBackend, Namespace>();

/** The connection's own namespace. */
export function namespaceOf(backend: KubeBackend): Namespace {
  const namespace = known.get(backend) ?? new Namespace(backend);
  known.set(backend, namespace);
  return namespace;
}

/** The objects of the connection's own namespace. */
export class Namespace {
  readonly #backend: KubeBackend;
  #name?: string;

  /** Asks nobody yet. */
  constructor(backend: KubeBackend) {
    this.#backend = backend;
  }

  /** Its name. */
  async name(): Promise<string> {
    return this.#name ??= (await this.#backend.call("access", {})).namespace;
  }

  /** Where a kind is. */
  async at(kind: keyof Kinds): Promise<typeof KINDS[keyof Kinds] & { namespace: string }> {
    return { ...KINDS[kind], namespace: await this.name() };
  }

  /** What there is, as `disk:NAME`. */
  async inventory(): Promise<string[]> {
    const kinds = KIND_NAMES.map((kind) => KINDS[kind]);
    const names = await this.#backend.call("census", { kinds });
    return KIND_NAMES.flatMap((kind) =>
      (names[KINDS[kind].resource] ?? []).map((name) => `${WORDS[kind]}:${name}`)
    ).sort();
  }

  /** Reads one, in outline unless asked otherwise; undefined if it is not there. */
  async find<K extends keyof Outlines>(
    kind: K,
    name: string,
    view: Pick<Collection, "view"> = OUTLINE,
  ): Promise<Outlines[K] | undefined> {
    try {
      const at = { ...await this.at(kind), name, ...view };
      return await this.#backend.call("get", at) as Outlines[K];
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }

  /** A machine that has to be there. */
  async machine(name: string): Promise<MachineOutline> {
    const found = await this.find("virtualmachines", name);
    if (found) return found;
    throw new Error(`There is no virtual machine ${JSON.stringify(name)}`);
  }

  /** Makes one. */
  async create(kind: keyof Kinds, body: KubeObject): Promise<void> {
    await this.#backend.call("create", { ...await this.at(kind), ...OUTLINE, body });
  }

  /** Changes one, whatever it is like now. */
  async merge(kind: keyof Kinds, name: string, body: Json): Promise<void> {
    const at = await this.at(kind);
    await this.#backend.call("patch", { ...at, ...OUTLINE, name, type: "merge", body });
  }

  /** Asks for a deletion. */
  async remove(
    kind: keyof Kinds,
    name: string,
    propagationPolicy: "Background" | "Orphan" = "Background",
  ): Promise<void> {
    const at = await this.at(kind);
    const options = { propagationPolicy };
    await this.#backend.call("delete", { ...at, ...OUTLINE, name, options });
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
    await this.until(kind, name, (object) => object === undefined);
  }

  /** Waits until the instance of a machine runs. */
  async running(name: string): Promise<void> {
    await this.until("virtualmachineinstances", name, (it) => it?.status?.phase === "Running");
  }

  /** Lists an object, and watches from there, until it or its absence is as it has to be. */
  async until<K extends keyof Outlines>(
    kind: K,
    name: string,
    isSo: (object: Outlines[K] | undefined) => boolean,
  ): Promise<void> {
    const fieldSelector = `metadata.name=${name}`;
    const of = { ...await this.at(kind), ...OUTLINE, fieldSelector };
    const { items: [found], metadata } = await this.#backend.call("list", of);
    if (isSo(found as Outlines[K] | undefined)) return;
    const end = new AbortController();
    const events = this.#backend.events({ signal: end.signal });
    const { resourceVersion } = metadata;
    let watch: string | undefined;
    try {
      ({ watch } = await this.#backend.call("watch.start", { ...of, resourceVersion }));
      for await (const event of events) {
        if (event.watch !== watch) continue;
        if (!("object" in event)) throw new Error(`The watch for ${JSON.stringify(name)} is over`);
        const object = event.type === "DELETED" ? undefined : event.object;
        if (isSo(object as Outlines[K] | undefined)) return;
      }
    } finally {
      if (watch !== undefined) await this.#backend.call("watch.stop", { watch });
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
