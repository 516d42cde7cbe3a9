/**
 * The machines of one owner.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import { type Undo, undoing } from "../backend/undo.ts";
import {
  assertName,
  type CallOptions,
  decide,
  type Machine,
  type MachineRef,
  type Machines,
  type MachineSpec,
  machineSubject,
  type NameRule,
} from "../contract/mod.ts";
import type { ImageFile, ImageStore } from "../images/mod.ts";
import type { MachineOutline } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { attempt, isUnsure, meaningOf } from "./errors.ts";
import { KubevirtMachine } from "./machine.ts";
import { isPartOf, newMachine, OWNER_LABEL, refOf, rootDiskOf } from "./machine_objects.ts";
import { Removal } from "./machine_removal.ts";
import { CREATION_ANNOTATION, seenState } from "./machine_state.ts";
import { fillDisk } from "./machine_disk.ts";
import { isRefusal } from "./status.ts";

/**
 * Three labels and the dots between them are the name of a virtual machine, which becomes the value
 * of a label, too: that has at most 63 characters.
 */
export const NAME_RULE: NameRule = {
  maxLength: 20,
  description: "lower-case letters, digits and hyphens; first and last a letter or digit",
};

const MEMORY_MIB = { min: 32, max: 12 * 1024 * 1024 };
const CPUS = { min: 1, max: 256 };

/** Checks a machine's names. @throws {DriverError} */
export function assertRef(ref: MachineRef, about: About): void {
  assertName(ref.cluster, { ...about, rule: NAME_RULE });
  assertName(ref.name, { ...about, rule: NAME_RULE });
}

/** See {@linkcode Machines}. */
export class KubevirtMachines implements Machines {
  readonly #session: DriverSession;
  readonly #images: ImageStore;
  readonly #removal: Removal;

  /** Asks nobody yet. */
  constructor(session: DriverSession, images: ImageStore) {
    this.#session = session;
    this.#images = images;
    this.#removal = new Removal(session);
  }

  async create(spec: MachineSpec, { signal }: CallOptions = {}): Promise<Machine> {
    const about = aboutRef("machines.create", spec, signal);
    return await attempt(about, async () => {
      assertSpec(spec, about);
      return await this.#locked(spec, { signal }, async () => {
        await this.#assertFree(spec, { signal });
        const image = await this.#images.localFile(spec.image, { signal });
        return await undoing(
          (undo) => this.#create(spec, image, undo, { signal }),
          (error) => driverError(error, about, meaningOf),
        );
      });
    });
  }

  async get(ref: MachineRef, { signal }: CallOptions = {}): Promise<Machine> {
    const about = aboutRef("machines.get", ref, signal);
    return await attempt(about, async () => {
      assertRef(ref, about);
      const vm = await this.#own(ref, { signal });
      decide(vm ? seenState(vm).state : "absent", "get", ref);
      return this.#handle(ref, vm);
    });
  }

  async list({ signal, cluster }: CallOptions & { cluster?: string } = {}): Promise<Machine[]> {
    const about = { operation: "machines.list", subject: "driver:kubevirt", signal } as const;
    return await attempt(about, async () => {
      if (cluster !== undefined) assertName(cluster, { ...about, rule: NAME_RULE });
      const { owner } = this.#session;
      const objects = await this.#session.objects({ signal });
      const labelSelector = `${OWNER_LABEL}=${owner}`;
      const { items } = await objects.list("virtualmachines", { labelSelector }, { signal });
      return items.flatMap((vm) => {
        const ref = refOf(vm, owner);
        const isOurs = ref !== undefined && vm.metadata.name === this.#session.nameOf(ref);
        if (!isOurs || cluster !== undefined && ref.cluster !== cluster) return [];
        return [this.#handle(ref, vm)];
      });
    });
  }

  async delete(
    ref: MachineRef,
    { signal, force = false }: CallOptions & { force?: boolean } = {},
  ): Promise<void> {
    const about = aboutRef("machines.delete", ref, signal);
    await attempt(about, async () => {
      assertRef(ref, about);
      await this.#locked(ref, { signal }, async () => {
        const vm = await this.#own(ref, { signal });
        if (vm && await this.#removal.machine(vm, ref, force, { signal })) return;
        // A delete that failed half way may have left the disk.
        const disk = await this.#removal.disk(ref, { signal });
        if (!vm && disk !== "removed") decide("absent", "delete", ref);
      });
    });
  }

  #handle({ cluster, name }: MachineRef, vm: MachineOutline | undefined): Machine {
    const uid = vm?.metadata.uid ?? "";
    return new KubevirtMachine(this.#session, { uid, ref: { cluster, name } });
  }

  #locked<T>(ref: MachineRef, options: Options, work: () => Promise<T>): Promise<T> {
    return this.#session.locks.run(`machine:${this.#session.nameOf(ref)}`, work, options);
  }

  /** The machine of that name, if it is ours. @throws {Trouble} `failed-precondition` */
  async #own(ref: MachineRef, options: Options): Promise<MachineOutline | undefined> {
    const name = this.#session.nameOf(ref);
    const vm = await this.#session.find(name, options);
    if (!vm || isPartOf(vm, this.#session.owner, ref)) return vm;
    const why =
      `the virtual machine ${JSON.stringify(name)} was not made by this driver, so it is ` +
      "left alone";
    throw new Trouble("failed-precondition", why, "foreign");
  }

  /** KubeVirt takes a volume for a machine's own that has the right name, whoever made it. */
  async #assertFree(ref: MachineRef, options: Options): Promise<void> {
    const name = this.#session.nameOf(ref);
    if (await this.#session.find(name, options)) {
      throw new Trouble("already-exists", "there is a virtual machine of that name");
    }
    const objects = await this.#session.objects(options);
    const disk = rootDiskOf(name);
    const isTaken = await this.#removal.disk(ref, options) === "foreign" ||
      await objects.find("persistentvolumeclaims", disk, options) !== undefined;
    if (!isTaken) return;
    const why = `there is a volume ${JSON.stringify(disk)} that is none of this machine's`;
    throw new Trouble("already-exists", why);
  }

  async #create(
    spec: MachineSpec,
    image: ImageFile,
    undo: Undo,
    options: Options,
  ): Promise<Machine> {
    const { owner, settings } = this.#session;
    const vm = this.#session.nameOf(spec);
    const creation = crypto.randomUUID();
    const objects = await this.#session.objects(options);
    const known: { uid?: string } = {};
    undo.add(`machine:${vm}`, () => this.#removal.takeBack(spec, creation, known.uid));
    const body = newMachine({ owner, vm, spec, settings, creation });
    const made = await objects.create("virtualmachines", body, undefined, options);
    known.uid = made.metadata.uid;
    await fillDisk(this.#session, rootDiskOf(vm), image, options);
    await this.#finish(vm, made, creation, options);
    return this.#handle(spec, made);
  }

  /** From now on the machine is one like any other. */
  async #finish(
    name: string,
    { metadata: { uid } }: MachineOutline,
    creation: string,
    options: Options,
  ): Promise<void> {
    const path = `/metadata/annotations/${CREATION_ANNOTATION.replaceAll("/", "~1")}`;
    const body = [{ op: "test", path, value: creation }, { op: "remove", path }];
    const objects = await this.#session.objects(options);
    try {
      await objects.patch("virtualmachines", name, { type: "json", body }, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      const vm = isUnsure(error) ? await this.#session.find(name, options) : undefined;
      const isDone = vm?.metadata.uid === uid &&
        vm?.metadata.annotations?.[CREATION_ANNOTATION] === undefined;
      if (isDone) return;
      if (!isRefusal(error, 422)) throw error;
      throw new Trouble("aborted", "somebody else changed or removed it meanwhile", "busy");
    }
  }
}

function aboutRef(operation: string, ref: MachineRef, signal?: AbortSignal): About {
  return { operation, subject: machineSubject(ref), signal };
}

function assertSpec(spec: MachineSpec, about: About): void {
  assertRef(spec, about);
  const check = (what: string, value: number | undefined, { min, max }: typeof CPUS): void => {
    if (value === undefined || Number.isInteger(value) && value >= min && value <= max) return;
    const why = `"${what}" is a whole number from ${min} to ${max}: ${value}`;
    throw new Trouble("invalid-argument", why);
  };
  check("memoryMiB", spec.memoryMiB, MEMORY_MIB);
  check("cpus", spec.cpus, CPUS);
}
