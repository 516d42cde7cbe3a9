/**
 * The objects of one namespace, with their types: whole lists, and calls that are made again where
 * that is safe.
 *
 * @module
 */

import { type BackendCallOptions, BackendError } from "../backend/backend.ts";
import type { Clock } from "../contract/mod.ts";
import { isObject } from "./answers.ts";
import type {
  Access,
  ChangeOptions,
  Collection,
  DataVolume,
  DeleteOptions,
  KubeBackend,
  KubeList,
  KubeMethods,
  KubeObject,
  MachineOutline,
  PatchType,
  Secret,
  Selection,
  VirtualMachine,
  VirtualMachineInstance,
  VolumeOutline,
} from "./backend.ts";
import { ATTEMPTS, pauseAfter } from "./repetition.ts";
import { SEAM } from "./seam.ts";
import { spread } from "./spread.ts";
import { isRefusal, refusalOf } from "./status.ts";

/** The kinds that the adapter deals with. */
export type Kinds = {
  readonly virtualmachines: VirtualMachine;
  readonly virtualmachineinstances: VirtualMachineInstance;
  readonly datavolumes: DataVolume;
  readonly persistentvolumeclaims: KubeObject;
  readonly secrets: Secret;
};

/** What is answered of each kind: an outline. */
export type Outlines = {
  readonly virtualmachines: MachineOutline;
  readonly virtualmachineinstances: VirtualMachineInstance;
  readonly datavolumes: VolumeOutline;
  readonly persistentvolumeclaims: KubeObject;
  readonly secrets: KubeObject;
};

/** Where each kind is. */
export const KINDS: { readonly [K in keyof Kinds]: Omit<Collection, "namespace"> } = {
  virtualmachines: { group: "kubevirt.io", version: "v1", resource: "virtualmachines" },
  virtualmachineinstances: {
    group: "kubevirt.io",
    version: "v1",
    resource: "virtualmachineinstances",
  },
  datavolumes: { group: "cdi.kubevirt.io", version: "v1beta1", resource: "datavolumes" },
  persistentvolumeclaims: { group: "", version: "v1", resource: "persistentvolumeclaims" },
  secrets: { group: "", version: "v1", resource: "secrets" },
};

/** The group of KubeVirt's own verbs. */
const VERBS = { group: "subresources.kubevirt.io", version: "v1" } as const;

const PAGE = 250;

/** What {@linkcode KubeObjects} needs. */
export interface KubeObjectsOptions {
  /** The server. */
  readonly backend: KubeBackend;
  /** What pauses are slept on. */
  readonly clock: Clock;
  /** The only namespace that is looked at. */
  readonly namespace: string;
  /** As whom; the connection's own way by default. */
  readonly access?: Access;
}

/** The objects of one namespace, in outline unless a method says otherwise. */
export class KubeObjects {
  /** The only namespace that is looked at. */
  readonly namespace: string;
  readonly #backend: KubeBackend;
  readonly #clock: Clock;
  readonly #access: { readonly access?: Access };
  readonly #places: { -readonly [K in keyof Kinds]?: Collection } = {};

  /** Looks at a namespace; calls nothing yet. */
  constructor({ backend, clock, namespace, access }: KubeObjectsOptions) {
    this.#backend = backend;
    this.#clock = clock;
    this.#access = access ? { access } : {};
    this.namespace = namespace;
  }

  /** Where a kind is, for calls that are made without this. */
  at(kind: keyof Kinds): Collection {
    const { namespace } = this;
    return this.#places[kind] ??= { ...this.#access, ...KINDS[kind], namespace, view: "outline" };
  }

  /** As {@linkcode KubeObjects.find}, with all that is in it. @throws {BackendError} */
  findWhole<K extends keyof Kinds>(
    kind: K,
    name: string,
    options?: BackendCallOptions,
  ): Promise<Kinds[K] | undefined> {
    const { view: _, ...at } = this.at(kind);
    return this.#find<Kinds[K]>(kind, { ...at, name }, options);
  }

  /**
   * Reads one, or answers undefined if the server says that there is no object of that name. A missing
   * namespace or collection is no such answer.
   *
   * @throws {BackendError}
   */
  find<K extends keyof Kinds>(
    kind: K,
    name: string,
    options?: BackendCallOptions,
  ): Promise<Outlines[K] | undefined> {
    return this.#find<Outlines[K]>(kind, { ...this.at(kind), name }, options);
  }

  /**
   * Reads all pages of a list, or fails as a whole. It begins anew if its history is gone meanwhile.
   *
   * @throws {BackendError}
   */
  async list<K extends keyof Kinds>(
    kind: K,
    selection: Selection,
    options?: BackendCallOptions,
  ): Promise<{ items: readonly Outlines[K][]; resourceVersion: string }> {
    const items: Outlines[K][] = [];
    let next: string | undefined;
    let restarts = 0;
    while (true) {
      const params = { ...this.at(kind), ...selection, limit: PAGE, continue: next };
      try {
        const page = await this.#call("list", params, options);
        assertPage(kind, page, next);
        for (const item of page.items) items.push(typed(kind, item));
        next = page.metadata.continue;
        if (!next) return { items, resourceVersion: page.metadata.resourceVersion ?? "" };
      } catch (error) {
        if (!isRefusal(error, 410) || next === undefined || ++restarts >= ATTEMPTS) throw error;
        items.length = 0;
        next = undefined;
      }
    }
  }

  /** Makes one. @throws {BackendError} */
  async create<K extends keyof Kinds>(
    kind: K,
    body: Kinds[K],
    change?: ChangeOptions,
    options?: BackendCallOptions,
  ): Promise<Outlines[K]> {
    const params = { ...this.at(kind), body, ...(change && { options: change }) };
    return typed(kind, await this.#call("create", params, options), body.metadata.name);
  }

  /** Puts one in the place of the present one. @throws {BackendError} */
  async replace<K extends keyof Kinds>(
    kind: K,
    name: string,
    body: Kinds[K],
    options?: BackendCallOptions,
  ): Promise<Outlines[K]> {
    const params = { ...this.at(kind), name, body };
    return typed(kind, await this.#call("replace", params, options), name);
  }

  /** Changes one in place. @throws {BackendError} */
  async patch<K extends keyof Kinds>(
    kind: K,
    name: string,
    patch: { readonly type: PatchType; readonly body: KubeMethods["patch"]["params"]["body"] },
    options?: BackendCallOptions,
  ): Promise<Outlines[K]> {
    const params = { ...this.at(kind), name, ...patch };
    return typed(kind, await this.#call("patch", params, options), name);
  }

  /** Deletes one; it may still be on its way when this returns. @throws {BackendError} */
  async delete(
    kind: keyof Kinds,
    name: string,
    how?: DeleteOptions,
    options?: BackendCallOptions,
  ): Promise<KubeObject> {
    const params = { ...this.at(kind), name, ...(how && { options: how }) };
    const answer = await this.#call("delete", params, options);
    assertDeleted(kind, answer, name);
    return answer;
  }

  /** One of KubeVirt's verbs. @throws {BackendError} */
  async invoke(
    kind: "virtualmachines" | "virtualmachineinstances",
    name: string,
    verb: string,
    body?: KubeMethods["invoke"]["params"]["body"],
    options?: BackendCallOptions,
  ): Promise<void> {
    const target = { ...this.#access, ...VERBS, resource: kind, namespace: this.namespace, name };
    await this.#call(
      "invoke",
      { ...target, subresource: verb, ...(body !== undefined && { body }) },
      options,
    );
  }

  /** The object, or undefined if the server says that there is none of that name. */
  async #find<T extends KubeObject>(
    kind: keyof Kinds,
    target: KubeMethods["get"]["params"],
    options: BackendCallOptions | undefined,
  ): Promise<T | undefined> {
    try {
      const object = await this.#call("get", target, options);
      assertNamed(kind, object, target.name);
      return object as T;
    } catch (error) {
      if (isMissing(error, target.resource, target.name)) return undefined;
      throw error;
    }
  }

  /** Calls, and again if the server was too busy to do anything, or for a read if it is not ready. */
  async #call<K extends keyof KubeMethods & string>(
    method: K,
    params: KubeMethods[K]["params"],
    options: BackendCallOptions = {},
  ): Promise<KubeMethods[K]["result"]> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#backend.call(method, params, options);
      } catch (error) {
        const pause = attempt < ATTEMPTS ? pauseAfter(method, error, attempt) : undefined;
        if (pause === undefined) throw error;
        await this.#clock.sleep(spread(pause, [SEAM.lane(method, params), attempt]), options);
      }
    }
  }
}

/** Whether the server says that this object is not there; a missing collection or namespace is something else. */
export function isMissing(error: unknown, resource: string, name: string): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === 404 && refusal.reason === "NotFound" &&
    refusal.kind === resource && refusal.name === name;
}

/** The object as its kind; `garbled` if it is something else. */
function typed<K extends keyof Kinds>(kind: K, object: KubeObject, name?: string): Outlines[K] {
  assertNamed(kind, object, name);
  return object as Outlines[K];
}

/** An answer about another object would be taken for one about this. */
function assertNamed(kind: keyof Kinds, object: KubeObject, name?: string): void {
  const { metadata } = object ?? {};
  const isNamed = typeof metadata?.name === "string" && (metadata.name === name || !name);
  if (!isNamed || !metadata?.uid) throw garbled(`no object of ${kind} that was asked for`);
}

/** The answer to a deletion is the object, which is on its way, or a `Status` that it is gone. */
function assertDeleted(kind: keyof Kinds, answer: KubeObject, name: string): void {
  if (answer?.kind !== "Status") return assertNamed(kind, answer, name);
  const { details } = answer;
  const told = isObject(details) ? details.name : undefined;
  if (told !== undefined && told !== name) throw garbled(`the end of another of ${kind}`);
}

/** What is no list would be taken for an empty one, and a page that leads to itself has no end. */
export function assertPage(kind: string, page: KubeList, asked: string | undefined): void {
  if (!Array.isArray(page.items) || !page.metadata) throw garbled(`no list of ${kind}`);
  const { continue: next } = page.metadata;
  if (next && next === asked) throw garbled(`the same page of ${kind} again`);
}

function garbled(what: string): BackendError {
  return new BackendError("garbled", "", `The API server answered ${what}`);
}
