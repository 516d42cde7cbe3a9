/**
 * The machines of one owner.
 *
 * @module
 */

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
import type { VmRecord } from "./backend.ts";
import { type About, attempt, driverError, isRefused, mayBeMissing, refuse } from "./errors.ts";
import type { HostSession, Options } from "./host_session.ts";
import { HypervMachine } from "./machine.ts";
import { isOff } from "./state.ts";
import { Storage } from "./storage.ts";
import { type MachineTag, readTag, writeTag } from "./tag.ts";
import { type Undo, undoing } from "../backend/undo.ts";
import { type Identity, powerOf } from "./seen.ts";

/**
 * Three labels and the dots between them are a machine's name in Hyper-V, which has at most 100
 * characters, and part of paths, which have at most 260.
 */
export const NAME_RULE: NameRule = {
  maxLength: 30,
  description: "lower-case letters, digits and hyphens; first and last a letter or digit",
};

const DEFAULT_MEMORY_MIB = 512;
/** Hyper-V's own limits; it takes memory in steps of 2 MiB. */
const MEMORY_MIB = { min: 32, max: 12 * 1024 * 1024 };
const CPUS = { min: 1, max: 240 };
const MIB = 1024 * 1024;
/** Removing waits for files that the worker process has not let go of yet. */
const REMOVE_MS = 60_000;

/** Checks a machine's names. @throws {DriverError} */
export function assertRef(ref: MachineRef, about: About): void {
  assertName(ref.cluster, { ...about, rule: NAME_RULE });
  assertName(ref.name, { ...about, rule: NAME_RULE });
}

/** See {@linkcode Machines}. */
export class HypervMachines implements Machines {
  readonly #session: HostSession;
  readonly #images: ImageStore;
  readonly #storage: Storage;

  /** Asks nobody yet. */
  constructor(session: HostSession, images: ImageStore) {
    this.#session = session;
    this.#images = images;
    this.#storage = new Storage(session);
  }

  async create(spec: MachineSpec, { signal }: CallOptions = {}): Promise<Machine> {
    const about = aboutRef("machines.create", spec, signal);
    return await attempt(about, async () => {
      assertSpec(spec, about);
      return await this.#locked(spec, { signal }, async () => {
        const [existing] = await this.#named(spec, { signal });
        if (existing) throw refuse(about, "already-exists", "there is a machine of that name");
        const image = await this.#images.localFile(spec.image, { signal });
        await this.#assertSwitch(about);
        return await undoing(
          (undo) => this.#create(spec, image, undo, about),
          (error) => driverError(error, about),
        );
      });
    });
  }

  async get(ref: MachineRef, { signal }: CallOptions = {}): Promise<Machine> {
    const about = aboutRef("machines.get", ref, signal);
    return await attempt(about, async () => {
      assertRef(ref, about);
      const vm = await this.#own(ref, about);
      decide(vm ? powerOf(vm) : "absent", "get", ref);
      return this.#handle(ref, vm?.id ?? "");
    });
  }

  async list({ signal, cluster }: CallOptions & { cluster?: string } = {}): Promise<Machine[]> {
    const about = { operation: "machines.list", subject: "driver:hyperv", signal } as const;
    return await attempt(about, async () => {
      if (cluster !== undefined) assertName(cluster, { ...about, rule: NAME_RULE });
      const all = await this.#session.find({}, { signal });
      return all
        .flatMap((vm) => {
          const tag = readTag(vm.notes);
          const isOurs = tag?.owner === this.#session.owner &&
            vm.name === this.#session.nameOf(tag);
          return tag && isOurs ? [{ tag, id: vm.id }] : [];
        })
        .filter(({ tag }) => cluster === undefined || tag.cluster === cluster)
        .sort((a, b) => compare(a.tag.cluster, b.tag.cluster) || compare(a.tag.name, b.tag.name))
        .map(({ tag, id }) => this.#handle(tag, id));
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
        const vm = await this.#own(ref, about);
        if (vm) await this.#remove(vm, ref, force, { signal });
        // A delete that failed half way has left the files; the next one finds them by their names.
        const hadFiles = await this.#storage.remove(this.#session.nameOf(ref), { signal });
        if (!vm && !hadFiles) decide("absent", "delete", ref);
      });
    });
  }

  #handle({ cluster, name }: MachineRef, id: string): Machine {
    const identity: Identity = { id, ref: { cluster, name } };
    return new HypervMachine(this.#session, identity);
  }

  #locked<T>(ref: MachineRef, options: Options, work: () => Promise<T>): Promise<T> {
    return this.#session.locks.run(`machine:${this.#session.nameOf(ref)}`, work, options);
  }

  #named(ref: MachineRef, options: Options): Promise<readonly VmRecord[]> {
    return this.#session.find({ Name: this.#session.nameOf(ref) }, options);
  }

  /** The one machine of that name, if it is ours. @throws {DriverError} */
  async #own(ref: MachineRef, about: About): Promise<VmRecord | undefined> {
    const { signal } = about;
    const found = await this.#named(ref, { signal });
    const name = JSON.stringify(this.#session.nameOf(ref));
    if (found.length > 1) {
      const why = `Hyper-V has ${found.length} machines named ${name}, so none is touched`;
      throw refuse(about, "failed-precondition", why, "ambiguous");
    }
    const [vm] = found;
    if (!vm || await this.#isOurs(vm, ref, { signal })) return vm;
    const why = `the machine ${name} was not made by this driver, so it is left alone`;
    throw refuse(about, "failed-precondition", why, "foreign");
  }

  async #isOurs(vm: VmRecord, ref: MachineRef, options: Options): Promise<boolean> {
    const tag = readTag(vm.notes);
    if (tag) {
      const { owner } = this.#session;
      return tag.owner === owner && tag.cluster === ref.cluster && tag.name === ref.name;
    }
    return vm.notes === "" && await this.#isHalfMade(vm, ref, options);
  }

  /**
   * Whether a machine was registered by a create that ended before it could say whose it is: it has
   * the very disk that only a create of this name makes.
   */
  async #isHalfMade(vm: VmRecord, ref: MachineRef, options: Options): Promise<boolean> {
    const start = `${await this.#session.folder(options)}\\${this.#session.nameOf(ref)}.`;
    return vm.hardDrives.some(({ path }) => path.toLowerCase().startsWith(start.toLowerCase()));
  }

  async #create(
    spec: MachineSpec,
    image: ImageFile,
    undo: Undo,
    about: About,
  ): Promise<Machine> {
    const { signal } = about;
    const { owner, settings: { generation, switchId } } = this.#session;
    const { cluster, name, image: version, memoryMiB = DEFAULT_MEMORY_MIB, cpus = 1 } = spec;
    const Name = this.#session.nameOf(spec);
    const VHDPath = await this.#storage.create(Name, image, undo, { signal });
    const tag: MachineTag = { owner, cluster, name, image: version };
    const bytes = Math.ceil(memoryMiB / 2) * 2 * MIB;

    let made: string | undefined;
    undo.add(`machine:${Name}`, () => this.#takeBack(spec, made));
    const { vm } = await this.#session.call("New-VM", {
      Name,
      Generation: generation,
      Path: await this.#session.folder({ signal }),
      VHDPath,
      SwitchId: switchId,
      MemoryStartupBytes: bytes,
    }, { signal });
    const Id = made = vm.id;
    const Notes = writeTag({ ...tag, creating: true });
    await this.#session.call("Set-VM", { Id, Notes }, { signal });
    if ((await this.#named(spec, { signal })).length > 1) {
      throw refuse(about, "aborted", "another process makes one of that name", "busy");
    }
    if (generation === 2) {
      await this.#session.call("Set-VMFirmware", { Id, EnableSecureBoot: "Off" }, { signal });
    }
    await this.#session.call("Set-VM", {
      Id,
      ProcessorCount: cpus,
      StaticMemory: true,
      MemoryStartupBytes: bytes,
      CheckpointType: "Disabled",
      AutomaticCheckpointsEnabled: false,
      // Whether it runs after a restart of the host is the caller's to decide.
      AutomaticStartAction: "Nothing",
      AutomaticStopAction: "Save",
      Notes: writeTag(tag),
    }, { signal });
    return this.#handle(spec, Id);
  }

  /**
   * Removes what a create has registered, and the folder that Hyper-V made for it. If the reply with
   * its identifier was lost, it is known by its disk.
   */
  async #takeBack(ref: MachineRef, made: string | undefined): Promise<void> {
    for (const vm of await this.#named(ref, {})) {
      const isMade = made === undefined
        ? vm.notes === "" && await this.#isHalfMade(vm, ref, {})
        : vm.id === made;
      if (isMade) await this.#unregister(vm.id, {});
    }
    await this.#storage.removeHome(this.#session.nameOf(ref), {});
  }

  async #remove(vm: VmRecord, ref: MachineRef, force: boolean, options: Options): Promise<void> {
    const { id: Id } = vm;
    decide(powerOf(vm), force ? "forceDelete" : "delete", ref);
    if (!isOff(vm.state)) {
      await this.#session.call("Stop-VM", { Id, TurnOff: true }, options);
    }
    try {
      await this.#unregister(Id, options);
    } catch (error) {
      if (!isRefused(error, "InvalidState", "InvalidOperation")) throw error;
      // Another process started it at this very moment: what may be done depends on that.
      const [now] = await this.#session.find({ Id }, options);
      if (now) decide(powerOf(now), force ? "forceDelete" : "delete", ref);
      throw error;
    }
  }

  async #unregister(Id: string, options: Options): Promise<void> {
    try {
      await this.#session.call("Remove-VM", { Id }, { ...options, timeoutMs: REMOVE_MS });
    } catch (error) {
      // Somebody else was faster.
      const isGone = mayBeMissing(error) &&
        (await this.#session.find({ Id }, options)).length === 0;
      if (!isGone) throw error;
    }
  }

  async #assertSwitch(about: About): Promise<void> {
    const { settings: { switchId: Id } } = this.#session;
    try {
      const { switches } = await this.#session.call("Get-VMSwitch", { Id }, about);
      if (switches.length > 0) return;
    } catch (error) {
      if (!mayBeMissing(error)) throw error;
    }
    const why = `the host has no switch with the identifier ${Id}; name another as "switch"`;
    throw refuse(about, "failed-precondition", why, "switch-missing");
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
    throw refuse(about, "invalid-argument", why);
  };
  check("memoryMiB", spec.memoryMiB, MEMORY_MIB);
  check("cpus", spec.cpus, CPUS);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
