/**
 * The backend over an API server: each call is one request, and each watch a stream.
 *
 * @module
 */

import { type BackendCallOptions, BackendError, type Json } from "../backend/backend.ts";
import { EventHub } from "../backend/event_hub.ts";
import { isObject, parsed, refused, refusedBy, resultOf, textOf } from "./answers.ts";
import type {
  Access,
  Collection,
  KubeBackend,
  KubeMethods,
  KubeObject,
  WatchEvent,
} from "./backend.ts";
import { census } from "./census.ts";
import { outlineOf, outlinesOf } from "./outline.ts";
import type { HttpRequest, HttpResponse, Transport } from "./http.ts";
import { type PlainMethod, REQUESTS, watchRequest } from "./requests.ts";

/** A way to a cluster, and the namespace to work in. */
export type OwnAccess = Access & { readonly namespace: string };

/** What {@linkcode httpBackend} needs. */
export interface HttpBackendOptions {
  /** The way to a server. */
  readonly transport: Transport;
  /** Where this connection's own server is, and as whom; asked for each call that names none itself. */
  readonly access: () => Promise<OwnAccess>;
  /** Lets go of that way. */
  readonly close?: () => void;
}

/** Makes the backend; nothing is sent before the first call. */
export function httpBackend({ transport, access, close }: HttpBackendOptions): KubeBackend {
  const watches = new Watches(transport);
  const accessOf = async ({ access: given }: { access?: Access }): Promise<Access> =>
    given ?? await access();
  async function call(
    method: keyof KubeMethods,
    params: never,
    { signal }: BackendCallOptions = {},
  ): Promise<Json> {
    if (method === "access") return await access();
    if (method === "census") {
      return await census(backend, (await access()).namespace, params, { signal });
    }
    if (method === "watch.start") {
      return await watches.start(params, await accessOf(params), signal);
    }
    if (method === "watch.stop") return watches.stop(params);
    if (!isPlain(method)) throw notSimulated(method);
    const toRequest: (params: never) => HttpRequest = REQUESTS[method];
    const request = toRequest(params);
    const used = await accessOf(params);
    const response = await transport(request, { access: used, signal });
    const result = inView(params, method, await resultOf(response, { ...request, access: used }));
    if (method === "invoke") return null;
    if (method === "inspect" || isObject(result)) return result;
    throw new BackendError("garbled", "", "The answer of the API server is no object");
  }
  const backend: KubeBackend = {
    call: async <K extends keyof KubeMethods & string>(
      method: K,
      params: KubeMethods[K]["params"],
      options?: BackendCallOptions,
    ) => await call(method, params as never, options) as KubeMethods[K]["result"],
    events: (options) => watches.hub.subscribe(options),
    [Symbol.asyncDispose](): Promise<void> {
      watches.end();
      close?.();
      return Promise.resolve();
    },
  };
  return backend;
}

function inView({ view }: Pick<Collection, "view">, method: PlainMethod, result: Json): Json {
  if (view === undefined) return result;
  return method === "list" ? outlinesOf(result) : outlineOf(result);
}

function isPlain(method: keyof KubeMethods): method is PlainMethod {
  return Object.hasOwn(REQUESTS, method);
}

function notSimulated(method: string): BackendError {
  const message = `Cannot call ${JSON.stringify(method)}: this cluster is not simulated`;
  return new BackendError("refused", "vmtck:not-simulated", message);
}

/** The watches of one backend. */
class Watches {
  readonly hub = new EventHub<WatchEvent>();
  readonly #transport: Transport;
  readonly #running = new Map<string, AbortController>();
  #count = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async start(
    params: KubeMethods["watch.start"]["params"],
    access: Access,
    signal: AbortSignal | undefined,
  ): Promise<{ watch: string }> {
    const controller = new AbortController();
    const abandon = (): void => controller.abort(signal?.reason);
    signal?.addEventListener("abort", abandon, { once: true });
    try {
      const options = { access, signal: controller.signal };
      const request = watchRequest(params);
      const response = await this.#transport(request, options);
      if (response.status !== 200) {
        throw refused(response, await textOf(response), { ...request, access });
      }
      signal?.throwIfAborted();
      const watch = `watch-${++this.#count}`;
      this.#running.set(watch, controller);
      this.#pump(watch, response, { ...params, access });
      return { watch };
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }

  stop({ watch }: KubeMethods["watch.stop"]["params"]): null {
    this.#running.get(watch)?.abort();
    this.#running.delete(watch);
    return null;
  }

  end(): void {
    for (const watch of [...this.#running.keys()]) this.stop({ watch });
    this.hub.end();
  }

  /** Hands on what comes, until it is over. */
  async #pump(
    watch: string,
    response: HttpResponse,
    { view, access }: Pick<Collection, "view"> & { readonly access: Access },
  ): Promise<void> {
    let broken = false;
    try {
      for await (const line of lines(response.body)) {
        if (!this.#running.has(watch)) return;
        const event = eventIn(watch, line, access);
        if (!event) {
          broken = true;
          break;
        }
        this.hub.emit(view && "object" in event ? inOutline(event) : event);
        if (event.type !== "ERROR") continue;
        this.stop({ watch });
        return;
      }
    } catch {
      broken = true;
    }
    if (!this.#running.has(watch)) return;
    this.stop({ watch });
    this.hub.emit({ watch, type: "CLOSED", broken });
  }
}

function inOutline<E extends { readonly object: KubeObject }>(event: E): E {
  return { ...event, object: outlineOf(event.object) };
}

/** The lines of a text that comes in pieces. What follows the last line feed is an error, unless it is empty. */
async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of pieces) {
    const found = (rest + piece).split("\n");
    rest = found.pop() ?? "";
    yield* found;
  }
  if (rest !== "") throw new BackendError("garbled", "", "The last line of a watch is not whole");
}

const CHANGES: ReadonlySet<string> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

function isChange(type: Json | undefined): type is "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" {
  return typeof type === "string" && CHANGES.has(type);
}

function isKubeObject(value: Json | undefined): value is KubeObject {
  return isObject(value) && isObject(value.metadata);
}

/** What a line of a watch says, or undefined if it makes no sense. */
function eventIn(watch: string, line: string, access: Access): WatchEvent | undefined {
  const value = parsed(line);
  if (!isObject(value)) return undefined;
  const { type, object } = value;
  if (type === "ERROR") return { watch, type, ...refusedBy(object, access) };
  return isChange(type) && isKubeObject(object) ? { watch, type, object } : undefined;
}
