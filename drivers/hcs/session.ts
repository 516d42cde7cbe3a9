/**
 * What all utility VMs of one instance share: the backend, its events and what is known of the host.
 *
 * @module
 */

import type { BackendCallOptions } from "../backend/backend.ts";
import { KeyedLock } from "../backend/keyed_lock.ts";
import type { DriverContext } from "../backend/module.ts";
import type { Clock } from "../contract/mod.ts";
import type { HcsBackend, HcsEvent, HcsMethods } from "./backend.ts";
import type { SchemaVersion } from "./documents.ts";
import { trouble } from "./errors.ts";
import type { HostFacts } from "./options.ts";
import { newestSchema } from "./state.ts";

/** What the adapter gets. */
export type HcsContext = DriverContext<HcsMethods, HcsEvent>;

/** Takes the events of all systems; undefined means that some may have been missed. */
export type Listener = (event: HcsEvent | undefined) => void;

/** A host, as far as creating has to know it. */
export interface KnownHost extends HostFacts {
  /** The newest schema version that it has. */
  readonly schema: SchemaVersion;
}

/** Before a broken stream of events is asked for again. */
const RELISTEN_MS = 1000;

/** One instance's session. */
export class Session {
  /** Whose VMs. */
  readonly owner: string;
  /** Time. */
  readonly clock: Clock;
  /** What must not overlap, by name. */
  readonly locks: KeyedLock = new KeyedLock();
  readonly #backend: HcsBackend;
  readonly #listeners = new Set<Listener>();
  #stop: AbortController | undefined;
  #host: KnownHost | undefined;

  /** Asks nobody yet. */
  constructor({ owner, clock, backend }: Pick<HcsContext, "owner" | "clock" | "backend">) {
    this.owner = owner;
    this.clock = clock;
    this.#backend = backend;
  }

  /** Calls the backend. @throws {BackendError} */
  call<K extends keyof HcsMethods & string>(
    method: K,
    params: HcsMethods[K]["params"],
    options?: BackendCallOptions,
  ): Promise<HcsMethods[K]["result"]> {
    return this.#backend.call(method, params, options);
  }

  /** Hands events on from now on; answers how to end that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (!this.#stop) {
      const stop = this.#stop = new AbortController();
      this.#pump(this.#backend.events({ signal: stop.signal }), stop.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.abort();
      this.#stop = undefined;
    };
  }

  async #pump(events: AsyncIterable<HcsEvent>, signal: AbortSignal): Promise<void> {
    let stream = events;
    while (!signal.aborted) {
      try {
        for await (const event of stream) this.#emit(event);
      } catch {
        // A stream that breaks ends; whoever listens looks for himself.
      }
      if (signal.aborted) return;
      stream = this.#backend.events({ signal });
      this.#emit(undefined);
      await this.clock.sleep(RELISTEN_MS, { signal }).catch(() => {});
    }
  }

  #emit(event: HcsEvent | undefined): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /**
   * What is known of the host; asked for once.
   *
   * @throws {Trouble} `unimplemented` with reason `host-too-old`
   */
  async host(options: BackendCallOptions): Promise<KnownHost> {
    if (this.#host) return this.#host;
    const query = { PropertyTypes: ["Basic"] };
    const schema = newestSchema(await this.call("service.properties", { query }, options));
    if (!schema) {
      throw trouble("host-too-old", "The host has no schema version from 2.1 on, such as 1809 has");
    }
    const { programFiles, processors, memoryMiB } = await this.call("host.info", {}, options);
    return this.#host ??= { schema, programFiles, processors, memoryMiB };
  }
}
