/**
 * What all parts of one driver instance share.
 *
 * @module
 */

import { KeyedLock } from "../backend/keyed_lock.ts";
import type { BackendCallOptions } from "../backend/backend.ts";
import type { DriverContext } from "../backend/module.ts";
import { type Clock, qualifiedName } from "../contract/mod.ts";
import type { LibvirtBackend, LibvirtEvent, LibvirtMethods } from "./backend.ts";
import { Consoles } from "./console.ts";
import { readSettings, type Settings } from "./settings.ts";

/**
 * The locks of all instances that share a clock, which are those of one process on one host. They keep
 * what takes several calls together; against other processes only libvirt's own checks help.
 */
const locksOf = new WeakMap<Clock, KeyedLock>();

/** One instance's backend, settings and memory. */
export class Session implements AsyncDisposable {
  /** The user's settings. */
  readonly settings: Settings;
  /** Work that must not overlap. */
  readonly locks: KeyedLock;
  /** What guests printed. */
  readonly consoles: Consoles;
  /** The UUIDs of domains whose making is over; that never changes, so it is asked for once. */
  readonly made = new Set<string>();
  readonly #end = new AbortController();
  #usesKvm?: Promise<boolean>;

  /** Checks the settings. @throws {DriverError} `invalid-argument` */
  constructor(readonly context: DriverContext<LibvirtMethods, LibvirtEvent>) {
    this.settings = readSettings(context.settings);
    const { clock } = context;
    this.locks = locksOf.get(clock) ?? new KeyedLock();
    locksOf.set(clock, this.locks);
    this.consoles = new Consoles(context.backend, this.#end.signal);
  }

  /** Whose machines. */
  get owner(): string {
    return this.context.owner;
  }

  /** Time. */
  get clock(): Clock {
    return this.context.clock;
  }

  /** What lies below. */
  get backend(): LibvirtBackend {
    return this.context.backend;
  }

  /** Calls below. */
  call<K extends keyof LibvirtMethods>(
    method: K,
    params: LibvirtMethods[K]["params"],
    options?: BackendCallOptions,
  ): Promise<LibvirtMethods[K]["result"]> {
    return this.context.backend.call(method, params, options);
  }

  /** The hypervisor's name for something of this owner. */
  nameOf(...labels: readonly string[]): string {
    return qualifiedName(this.owner, ...labels);
  }

  /** Whether new machines run on KVM. */
  async usesKvm(options: { signal?: AbortSignal }): Promise<boolean> {
    const { acceleration } = this.settings;
    if (acceleration !== "auto") return acceleration === "kvm";
    this.#usesKvm ??= this.call("probeAcceleration", {}, options)
      .then((it) => it.acceleration === "kvm");
    try {
      return await this.#usesKvm;
    } catch (error) {
      this.#usesKvm = undefined;
      throw error;
    }
  }

  /** Ends what runs in the background. The backend is not this session's to close. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.consoles.ended;
  }
}
