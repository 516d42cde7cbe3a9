/**
 * What guests print on their serial consoles.
 *
 * @module
 */

import type { DomainRef, LibvirtBackend } from "./backend.ts";
import { unlessRefused } from "./errors.ts";

const KEPT_CHARACTERS = 64 * 1024;

/** The consoles of the machines that this instance started. */
export class Consoles {
  readonly #backend: LibvirtBackend;
  readonly #signal: AbortSignal;
  readonly #texts = new Map<string, string>();
  #pump?: Promise<void>;

  /** Makes it; nothing is opened yet. The signal ends it. */
  constructor(backend: LibvirtBackend, signal: AbortSignal) {
    this.#backend = backend;
    this.#signal = signal;
  }

  /** Settles when nothing runs in the background any more. */
  get ended(): Promise<void> {
    return this.#pump ?? Promise.resolve();
  }

  /** Forgets what a domain printed, and listens to what it prints from now on. */
  async open(domain: DomainRef, options: { signal?: AbortSignal }): Promise<void> {
    this.#texts.set(domain.uuid, "");
    await this.reopen(domain, options);
  }

  /** Listens on, if that has ended; a console that somebody else has open stays theirs. */
  async reopen(domain: DomainRef, options: { signal?: AbortSignal }): Promise<void> {
    this.#pump ??= this.#listen(this.#backend.events({ signal: this.#signal }));
    await this.#backend.call("domainOpenConsole", { domain }, options).catch(unlessRefused(null));
  }

  /** What a domain printed; undefined if nobody listened. */
  text(domain: DomainRef): string | undefined {
    return this.#texts.get(domain.uuid);
  }

  /** Forgets a domain. */
  forget(domain: DomainRef): void {
    this.#texts.delete(domain.uuid);
  }

  async #listen(events: ReturnType<LibvirtBackend["events"]>): Promise<void> {
    for await (const event of events) {
      if (event.type !== "console") continue;
      const before = this.#texts.get(event.domain.uuid);
      if (before === undefined) continue;
      this.#texts.set(event.domain.uuid, (before + event.data).slice(-KEPT_CHARACTERS));
    }
    this.#pump = undefined;
  }
}
