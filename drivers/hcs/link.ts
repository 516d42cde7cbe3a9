/**
 * What the attachments of a utility VM need of it.
 *
 * Host and guest are asked in requests of their own, although the service takes both in one: it does
 * not say what became of the host's part when the guest fails.
 *
 * @module
 */

import type { GuestSystem } from "../contract/mod.ts";
import type { JsonObject, ModifyRequest, SystemProperties, SystemRef } from "./backend.ts";
import { CODES, isRefused, isUnsure } from "./errors.ts";
import type { Life } from "./life.ts";
import type { Session } from "./session.ts";
import type { Options, Step } from "./steps.ts";

/** A guest takes long to find a new device. */
const MODIFY_MS = 240_000;

/** What is asked for on the host. */
export interface HostChange {
  /** The device's or share's path below `VirtualMachine/Devices/`. */
  readonly path: string;
  /** What it is, for people. */
  readonly what: string;
  /** The settings to add it with. */
  readonly add: JsonObject;
  /** The settings to remove it with; none if absent. */
  readonly remove?: JsonObject;
}

/** What is asked for in the guest. */
export interface GuestChange {
  /** The guest's word for it. */
  readonly type: string;
  /** What it is, for people. */
  readonly what: string;
  /** The settings to add it with. */
  readonly add: JsonObject;
  /** The settings to remove it with. */
  readonly remove: JsonObject;
}

/** The connection of attachments to their VM. */
export class Link {
  /** The guest. */
  readonly os: GuestSystem;
  /** The VM's life. */
  readonly life: Life;
  /** The paths in the guest that something is mounted at, or is going to be. */
  readonly mounts: Set<string> = new Set();
  readonly #session: Session;
  readonly #ref: SystemRef;
  /** How often the VM was let in to each file; 0 if nobody can tell whether it was. */
  readonly #grants: Map<string, number>;

  /** Connects a VM that was let in to some files when it was made. */
  constructor(
    session: Session,
    ref: SystemRef,
    { os, life, granted }: {
      readonly os: GuestSystem;
      readonly life: Life;
      readonly granted: readonly string[];
    },
  ) {
    this.#session = session;
    this.#ref = ref;
    this.os = os;
    this.life = life;
    this.#grants = new Map(granted.map((path) => [path, 1]));
  }

  /** The VM's identity. */
  get id(): string {
    return this.#ref.id;
  }

  /** What lies below. */
  get session(): Session {
    return this.#session;
  }

  /** Asks for a change. @throws {BackendError | Trouble} also when the VM ends first */
  async modify(request: ModifyRequest, { signal }: Options): Promise<void> {
    const call = this.#session
      .call("system.modify", { ...this.#ref, request }, { signal, timeoutMs: MODIFY_MS });
    await this.life.whileAlive(call);
  }

  /** Reads properties. @throws {BackendError | Trouble} */
  async properties(query: JsonObject, { signal }: Options): Promise<SystemProperties> {
    const call = this.#session.call("system.properties", { ...this.#ref, query }, { signal });
    return await this.life.whileAlive(call);
  }

  /**
   * Runs work alone among all that attaches and detaches on this VM, in the order of asking: calls that
   * are under way at the same time reach the service in no order that anybody could tell.
   */
  inTurn<T>(work: () => Promise<T>, options: Options): Promise<T> {
    return this.#session.locks.run(`attachments of ${this.#ref.handle}`, work, options);
  }

  /** Lets the VM use a file. */
  accessTo(path: string): Step {
    const params = { id: this.id, path };
    return {
      what: `access:${this.id} ${path}`,
      forth: async (options) => {
        const before = this.#grants.get(path) ?? 0;
        try {
          await this.#session.call("access.grant", params, options);
        } catch (error) {
          if (isUnsure(error)) this.#grants.set(path, before);
          throw error;
        }
        this.#grants.set(path, before + 1);
      },
      back: async (isSure, options) => {
        const others = (this.#grants.get(path) ?? 0) - (isSure ? 1 : 0);
        if (others <= 0) await this.#session.call("access.revoke", params, options);
        if (others > 0) this.#grants.set(path, others);
        else this.#grants.delete(path);
      },
    };
  }

  /** Lets the VM use nothing any more that it was let in to; what fails keeps none of the rest. */
  async revokeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const path of this.#grants.keys()) {
      await this.#session.call("access.revoke", { id: this.id, path })
        .then(() => this.#grants.delete(path), (error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Adds something on the host. */
  onHost({ path, what, add, remove }: HostChange): Step {
    const ResourcePath = `VirtualMachine/Devices/${path}`;
    return {
      what,
      forth: (options) => this.modify({ ResourcePath, RequestType: "Add", Settings: add }, options),
      back: async (_, options) => {
        // Devices go with their VM.
        if (this.life.end) return;
        const request = { ResourcePath, RequestType: "Remove" };
        const settings = remove === undefined ? {} : { Settings: remove };
        try {
          await this.modify({ ...request, ...settings }, options);
        } catch (error) {
          if (!this.life.end && !isRefused(error, CODES.elementNotFound)) throw error;
        }
      },
    };
  }

  /** Asks the guest for something. */
  inGuest({ type, what, add, remove }: GuestChange): Step {
    const ask = (RequestType: string, Settings: JsonObject, options: Options): Promise<void> =>
      this.modify({ GuestRequest: { ResourceType: type, RequestType, Settings } }, options);
    return {
      what,
      isDoubtful: true,
      forth: (options) => ask("Add", add, options),
      back: async (isSure, options) => {
        if (this.life.end) return;
        try {
          await ask("Remove", remove, options);
        } catch (error) {
          // A guest that was perhaps never asked may say so.
          const isGone = this.life.end !== undefined || !isSure && isRefusal(error);
          if (!isGone) throw error;
        }
      },
    };
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "kind" in error && error.kind === "refused";
}
