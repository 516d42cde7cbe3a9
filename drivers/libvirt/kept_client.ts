/**
 * The client of libvirt that a backend keeps: opened when it is needed, and anew when it was lost.
 *
 * @module
 */

import type { Clock } from "../contract/mod.ts";
import type { LibvirtEvent } from "./backend.ts";
import { LibvirtClient } from "./rpc/client.ts";
import { ConnectionLost, RpcError } from "./rpc/errors.ts";
import { fromWireEvent } from "./wire.ts";

/** What a kept client needs. */
export interface KeptClientOptions {
  /** The connection URI. */
  readonly uri: string;
  /** Time. */
  readonly clock: Clock;
  /** Takes what libvirt tells, and that a connection was lost. */
  readonly tell: (event: LibvirtEvent) => void;
}

const CONNECT_MS = 10_000;

/** One client at a time. A lost connection is opened anew by the next work. */
export class KeptClient implements AsyncDisposable {
  readonly #options: KeptClientOptions;
  readonly #pumps = new Set<Promise<void>>();
  #client?: Promise<LibvirtClient>;
  #current?: LibvirtClient;

  /** Nothing is opened yet. */
  constructor(options: KeptClientOptions) {
    this.#options = options;
  }

  /** Works with an open client; once more with a new one if the connection was gone before anything was sent. */
  async use<T>(work: (client: LibvirtClient) => Promise<T>): Promise<T> {
    const client = await this.#open();
    try {
      return await work(client);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      this.#drop(client);
      if (error.sent) throw error;
      return await work(await this.#open());
    }
  }

  /** Gives a client up whose connection is lost; the next call opens another. */
  #drop(client: LibvirtClient): void {
    if (this.#current !== client) return;
    this.#current = this.#client = undefined;
    this.#options.tell({ type: "lost" });
    this.#pump(() => client.close());
  }

  #open(): Promise<LibvirtClient> {
    return this.#client ??= this.#connect();
  }

  async #connect(): Promise<LibvirtClient> {
    const abort = new AbortController();
    const done = new AbortController();
    const late = this.#options.clock.sleep(CONNECT_MS, { signal: done.signal }).then(
      () => abort.abort(new RpcError("unreachable", `"${this.#options.uri}" does not answer`)),
      () => {},
    );
    try {
      const client = await LibvirtClient.connect(this.#options.uri, {
        events: ["domainLifecycle"],
        signal: abort.signal,
      });
      this.#current = client;
      this.#follow(client);
      return client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    } finally {
      done.abort();
      await late;
    }
  }

  /** Hands the client's events on, until it ends. */
  #follow(client: LibvirtClient): void {
    const events = client.events();
    this.#pump(async () => {
      try {
        for await (const event of events) {
          const translated = fromWireEvent(event);
          if (translated) this.#options.tell(translated);
        }
      } catch {
        this.#drop(client);
      }
    });
  }

  #pump(work: () => Promise<void>): void {
    const pump = work().catch(() => {}).finally(() => this.#pumps.delete(pump));
    this.#pumps.add(pump);
  }

  /** Closes the connections; the next work would open others. */
  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#client;
    this.#current = this.#client = undefined;
    await client?.then((it) => it.close(), () => {});
    await Promise.all(this.#pumps);
  }
}
