/**
 * Removing machines with all that belongs to them.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { waitFor } from "../backend/wait_for.ts";
import { decide, type MachineRef } from "../contract/mod.ts";
import type { KubeObject, VirtualMachine } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { isPartOf, labelsOf } from "./machine_objects.ts";
import { cutPower } from "./machine_power.ts";
import { POLL_MS } from "./machine_seen.ts";
import { CREATION_ANNOTATION, seenState } from "./machine_state.ts";
import { isMissing, KINDS, type Kinds } from "./objects_client.ts";
import { isRefusal } from "./status.ts";

/** How often a removal is tried again when somebody else changed the machine. */
const MOST_TRIES = 4;

/** Removes what is one owner's. */
export class Removal {
  readonly #session: DriverSession;

  /** Asks nobody yet. */
  constructor(session: DriverSession) {
    this.#session = session;
  }

  /** Removes a machine, and waits until it is gone with its instance and its disk. */
  async machine(
    vm: VirtualMachine,
    ref: MachineRef,
    force: boolean,
    options: Options,
  ): Promise<void> {
    let now: VirtualMachine | undefined = vm;
    for (let tries = 1; now; tries++) {
      const { state } = seenState(now);
      const isLeaving = now.metadata.deletionTimestamp !== undefined;
      // A deletion that is on its way is finished by whoever comes next.
      if (!isLeaving || !force && now.status?.created) {
        decide(state, force ? "forceDelete" : "delete", ref);
      }
      if (force && now.status?.created) await cutPower(this.#session, now, options);
      try {
        if (!isLeaving) await this.#delete("virtualmachines", now, !force, options);
        break;
      } catch (error) {
        if (!isRefusal(error, 409) || tries === MOST_TRIES) throw error;
        const seen: string | undefined = now.metadata.resourceVersion;
        now = await this.#again(now, options);
        // Nobody has changed it: something else is in the way.
        if (now?.metadata.resourceVersion === seen) throw error;
      }
    }
    if (now) await this.#gone("virtualmachines", now, options);
  }

  /** Removes disks of a machine that is not there; answers whether there were any. */
  async disks(ref: MachineRef, options: Options): Promise<boolean> {
    const objects = await this.#session.objects(options);
    const labels = Object.entries(labelsOf(this.#session.owner, ref));
    const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(",");
    const { items } = await objects.list("datavolumes", { labelSelector }, options);
    for (const volume of items) {
      if (volume.metadata.deletionTimestamp === undefined) {
        await this.#delete("datavolumes", volume, false, options);
      }
      await this.#gone("datavolumes", volume, options);
    }
    return items.length > 0;
  }

  /** Removes what a create of this very making has left. */
  async takeBack(ref: MachineRef, creation: string, uid: string | undefined): Promise<void> {
    const vm = await this.#session.find(this.#session.nameOf(ref), {});
    const isMade = vm !== undefined && isPartOf(vm, this.#session.owner, ref) &&
      (vm.metadata.uid === uid || vm.metadata.annotations?.[CREATION_ANNOTATION] === creation);
    if (!isMade) return;
    await this.machine(vm, ref, true, {});
    await this.disks(ref, {});
  }

  /** The same machine as it is now; undefined if it is gone. */
  async #again(vm: VirtualMachine, options: Options): Promise<VirtualMachine | undefined> {
    const now = await this.#session.find(vm.metadata.name ?? "", options);
    return now?.metadata.uid === vm.metadata.uid ? now : undefined;
  }

  async #delete(
    kind: keyof Kinds,
    { metadata: { name = "", uid = "", resourceVersion } }: KubeObject,
    asSeen: boolean,
    options: Options,
  ): Promise<void> {
    const objects = await this.#session.objects(options);
    const preconditions = { uid, ...(asSeen && resourceVersion && { resourceVersion }) };
    try {
      const how = { propagationPolicy: "Foreground", preconditions } as const;
      await objects.delete(kind, name, how, options);
    } catch (error) {
      if (!isMissing(error, KINDS[kind].resource, name)) throw error;
    }
  }

  async #gone(
    kind: keyof Kinds,
    { metadata: { name = "", uid } }: KubeObject,
    { signal }: Options,
  ): Promise<void> {
    const { clock, settings: { patienceMs } } = this.#session;
    let held: readonly string[] = [];
    const gone = await waitFor({
      clock,
      timeoutMs: patienceMs,
      signal,
      pollMs: POLL_MS,
      look: async ({ signal }): Promise<true | undefined> => {
        const found = await (await this.#session.objects({ signal })).find(kind, name, { signal });
        held = found?.metadata.finalizers ?? [];
        return found?.metadata.uid === uid ? undefined : true;
      },
    });
    if (gone) return;
    const why =
      `${JSON.stringify(name)} is still there after ${patienceMs / 1000} seconds, held by ` +
      (held.join(", ") || "nothing that it tells");
    throw new Trouble("deadline-exceeded", why, "held");
  }
}
