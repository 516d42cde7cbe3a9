/**
 * What all parts of one driver instance share, and how it asks the cluster.
 *
 * @module
 */

import type { BackendCallOptions } from "../backend/backend.ts";
import { KeyedLock } from "../backend/keyed_lock.ts";
import type { DriverContext } from "../backend/module.ts";
import { type Clock, type MachineRef, qualifiedName } from "../contract/mod.ts";
import type { KubeBackend, KubeMethods, MachineOutline, WatchEvent } from "./backend.ts";
import { KubeObjects } from "./objects_client.ts";
import { readSettings, type Settings } from "./settings.ts";

/** What the driver gets. */
export type DriverHome = DriverContext<KubeMethods, WatchEvent>;

/** Options of a call. */
export type Options = Pick<BackendCallOptions, "signal">;

/** The locks of all instances that share a clock, which are those of one process on one cluster. */
const locksOf = new WeakMap<Clock, KeyedLock>();

/** One instance's backend, settings and locks. */
export class DriverSession {
  /** The user's settings. */
  readonly settings: Settings;
  /** Work that must not overlap. */
  readonly locks: KeyedLock;
  #objects?: KubeObjects;

  /** Checks the settings. @throws {DriverError} `invalid-argument` */
  constructor(readonly context: DriverHome) {
    this.settings = readSettings(context.settings);
    const { clock } = context;
    this.locks = locksOf.get(clock) ?? new KeyedLock();
    locksOf.set(clock, this.locks);
  }

  /** Whose machines. */
  get owner(): string {
    return this.context.owner;
  }

  /** Time. */
  get clock(): Clock {
    return this.context.clock;
  }

  /** The cluster. */
  get backend(): KubeBackend {
    return this.context.backend;
  }

  /** The name of a machine in its namespace. */
  nameOf({ cluster, name }: MachineRef): string {
    return qualifiedName(this.owner, cluster, name);
  }

  /** The objects of the connection's own namespace. */
  async objects(options: Options): Promise<KubeObjects> {
    const { backend, clock } = this;
    if (!this.#objects) {
      const { namespace } = await backend.call("access", {}, options);
      this.#objects = new KubeObjects({ backend, clock, namespace });
    }
    return this.#objects;
  }

  /** A virtual machine, if there is one of that name. */
  async find(name: string, options: Options): Promise<MachineOutline | undefined> {
    return await (await this.objects(options)).find("virtualmachines", name, options);
  }
}
