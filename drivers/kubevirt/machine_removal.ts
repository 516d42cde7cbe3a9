/**
 * Removing machines with all that belongs to them.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import { decide, type MachineRef } from "../contract/mod.ts";
import type { KubeObject, MachineOutline } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { isPartOf, rootDiskOf } from "./machine_objects.ts";
import { cutPower } from "./machine_power.ts";
import { CREATION_ANNOTATION, seenState } from "./machine_state.ts";
import { isMissing, KINDS, type Kinds } from "./objects_client.ts";
import { patiently } from "./patience.ts";
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

  /**
   * Removes a machine, and waits until it is gone with its instance. Answers whether its disk is known to
   * be gone, too: a deletion in the foreground ends with what the machine owns.
   */
  async machine(
    vm: MachineOutline,
    ref: MachineRef,
    force: boolean,
    options: Options,
  ): Promise<boolean> {
    let now: MachineOutline | undefined = vm;
    let isAnswered = false;
    for (let tries = 1; now; tries++) {
      const { state } = seenState(now);
      const isLeaving = now.metadata.deletionTimestamp !== undefined;
      // A deletion that is on its way is finished by whoever comes next.
      if (!isLeaving || !force && now.status?.created) {
        decide(state, force ? "forceDelete" : "delete", ref);
      }
      const isOn = now.status?.created === true && state !== "stopped";
      if (force && isOn) await cutPower(this.#session, now, options);
      try {
        if (isLeaving) break;
        if (!await this.#delete("virtualmachines", now, !force, options)) return false;
        isAnswered = true;
        break;
      } catch (error) {
        if (!isRefusal(error, 409) || tries === MOST_TRIES) throw error;
        const seen: string | undefined = now.metadata.resourceVersion;
        now = await this.#again(now, options);
        // Nobody has changed it: something else is in the way.
        if (now?.metadata.resourceVersion === seen) throw error;
      }
    }
    if (now) await this.#gone("virtualmachines", now, isAnswered, options);
    return isAnswered;
  }

  /** Removes the disk of a machine that is not there. One that is none of its parts is left alone. */
  async disk(ref: MachineRef, options: Options): Promise<"none" | "removed" | "foreign"> {
    const objects = await this.#session.objects(options);
    const volume = await objects.find(
      "datavolumes",
      rootDiskOf(this.#session.nameOf(ref)),
      options,
    );
    if (!volume) return "none";
    if (!isPartOf(volume, this.#session.owner, ref)) return "foreign";
    const isLeaving = volume.metadata.deletionTimestamp !== undefined;
    if (isLeaving || await this.#delete("datavolumes", volume, false, options)) {
      await this.#gone("datavolumes", volume, !isLeaving, options);
    }
    return "removed";
  }

  /** Removes what a create of this very making has left. */
  async takeBack(ref: MachineRef, creation: string, uid: string | undefined): Promise<void> {
    const vm = await this.#session.find(this.#session.nameOf(ref), {});
    const isMade = vm !== undefined && isPartOf(vm, this.#session.owner, ref) &&
      (vm.metadata.uid === uid || vm.metadata.annotations?.[CREATION_ANNOTATION] === creation);
    if (!isMade) return;
    if (!await this.machine(vm, ref, true, {})) await this.disk(ref, {});
  }

  /** The same machine as it is now; undefined if it is gone. */
  async #again(vm: MachineOutline, options: Options): Promise<MachineOutline | undefined> {
    const now = await this.#session.find(vm.metadata.name ?? "", options);
    return now?.metadata.uid === vm.metadata.uid ? now : undefined;
  }

  /** Answers whether it is still on its way. */
  async #delete(
    kind: keyof Kinds,
    { metadata: { name = "", uid = "", resourceVersion } }: KubeObject,
    asSeen: boolean,
    options: Options,
  ): Promise<boolean> {
    const objects = await this.#session.objects(options);
    const preconditions = { uid, ...(asSeen && resourceVersion && { resourceVersion }) };
    try {
      const how = { propagationPolicy: "Foreground", preconditions } as const;
      const answer = await objects.delete(kind, name, how, options);
      return answer.kind !== "Status";
    } catch (error) {
      if (!isMissing(error, KINDS[kind].resource, name)) throw error;
      return false;
    }
  }

  async #gone(
    kind: keyof Kinds,
    { metadata: { name = "", uid } }: KubeObject,
    isAnswered: boolean,
    { signal }: Options,
  ): Promise<void> {
    const { clock, settings } = this.#session;
    const objects = await this.#session.objects({ signal });
    let held: readonly string[] = [];
    const gone = await patiently({
      ...{ clock, settings, signal, isAnswered },
      async look({ signal }): Promise<true | undefined> {
        const found = await objects.find(kind, name, { signal });
        held = found?.metadata.finalizers ?? [];
        return found?.metadata.uid === uid ? undefined : true;
      },
    });
    if (gone) return;
    const seconds = settings.patienceMs / 1000;
    const why = `${JSON.stringify(name)} is still there after ${seconds} seconds, held by ` +
      (held.join(", ") || "nothing that it tells");
    throw new Trouble("deadline-exceeded", why, "held");
  }
}
