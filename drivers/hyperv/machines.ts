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
} from "../contract/mod.ts";
import type { ImageFile, ImageStore } from "../images/mod.ts";
import type { GroundRecord, VmRecord } from "./backend.ts";
import { type About, attempt, driverError, isRefused, mayBeMissing, refuse } from "./errors.ts";
import type { HostSession, Options } from "./host_session.ts";
import { HypervMachine } from "./machine.ts";
import { assertRef, assertSpec, NAME_RULE } from "./specs.ts";
import { isOff } from "./state.ts";
import { Storage } from "./storage.ts";
import { type MachineTag, readTag, writeTag } from "./tag.ts";
import { type Undo, undoing } from "../backend/undo.ts";
import { type Identity, powerOf } from "./seen.ts";

const DEFAULT_MEMORY_MIB = 512;
const MIB = 1024 * 1024;
/** Removing waits for files that the worker process has not let go of yet. */
const REMOVE_MS = 60_000;

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
        const Name = this.#session.nameOf(spec);
        const [existing] = await this.#session.glance({ Name }, { signal });
        if (existing) throw refuse(about, "already-exists", "there is a machine of that name");
        const image = await this.#images.localFile(spec.image, { signal });
        const ground = await this.#ground(about);
        return await undoing(
          (undo) => this.#create(spec, { image, ground }, undo, about),
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
    const { folder } = await this.#session.call("Get-VmtckGround", {}, options);
    const start = `${folder}\\${this.#session.nameOf(ref)}.`.toLowerCase();
    return (await this.#drivesOf(vm, options)).some((path) => path.startsWith(start));
  }

  /** The paths of a machine's disks, in lower case. */
  async #drivesOf({ id: Id }: VmRecord, options: Options): Promise<string[]> {
    const { details } = await this.#session.call("Get-VmtckDetails", { Id }, options);
    return details.hardDrives.map(({ path }) => path.toLowerCase());
  }

  async #create(
    spec: MachineSpec,
    { image, ground }: { image: ImageFile; ground: GroundRecord },
    undo: Undo,
    about: About,
  ): Promise<Machine> {
    const { signal } = about;
    const { owner, settings: { generation, switchId } } = this.#session;
    const { cluster, name, image: version, memoryMiB = DEFAULT_MEMORY_MIB, cpus = 1 } = spec;
    const Name = this.#session.nameOf(spec);
    const VHDPath = await this.#storage.create(Name, image, { ground, undo, signal });
    const tag: MachineTag = { owner, cluster, name, image: version };
    const bytes = Math.ceil(memoryMiB / 2) * 2 * MIB;

    let made: string | undefined;
    undo.add(`machine:${Name}`, () => this.#takeBack(spec, { made, VHDPath }));
    const { vm, namesakes } = await this.#session.call("New-VM", {
      Name,
      Generation: generation,
      Path: ground.folder,
      VHDPath,
      SwitchId: switchId,
      MemoryStartupBytes: bytes,
      Notes: writeTag({ ...tag, creating: true }),
    }, { signal });
    const Id = made = vm.id;
    if (namesakes > 0) {
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
   * Removes what a create has registered. If the reply with its identifier was lost, it is known by its
   * disk: that was not there before, and nobody else makes the very same.
   */
  async #takeBack(
    ref: MachineRef,
    { made, VHDPath }: { made?: string; VHDPath: string },
  ): Promise<void> {
    if (made !== undefined) return await this.#unregister(made, {});
    for (const vm of await this.#named(ref, {})) {
      const isMade = powerOf(vm) === "creating" &&
        (await this.#drivesOf(vm, {})).includes(VHDPath.toLowerCase());
      if (isMade) await this.#unregister(vm.id, {});
    }
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

  /** What machines are made on. @throws {DriverError} `failed-precondition` without their switch */
  async #ground(about: About): Promise<GroundRecord> {
    const { settings: { switchId: SwitchId } } = this.#session;
    const { signal } = about;
    const ground = await this.#session.call("Get-VmtckGround", { SwitchId }, { signal });
    if (ground.hasSwitch) return ground;
    await this.#session.assertHealthy({ signal });
    const why = `the host has no switch with the identifier ${SwitchId}; name another as "switch"`;
    throw refuse(about, "failed-precondition", why, "switch-missing");
  }
}

function aboutRef(operation: string, ref: MachineRef, signal?: AbortSignal): About {
  return { operation, subject: machineSubject(ref), signal };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
