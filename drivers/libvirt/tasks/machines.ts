/**
 * The machines of tasks on libvirt.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Trouble } from "../../backend/driver_errors.ts";
import type { Undo } from "../../backend/undo.ts";
import type {
  CallOptions,
  TaskCapabilities,
  TaskFacet,
  TaskFingerprint,
  TaskId,
  TaskPluginConfig,
  TaskResourceUsage,
} from "../../contract/mod.ts";
import { HEALTHY } from "../../contract/mod.ts";
import {
  machineName,
  type MachineNote,
  type Sight,
  type TaskMachines,
  type TaskPlan,
} from "../../tasks/mod.ts";
import type { DomainRef, LibvirtEvent } from "../backend.ts";
import { findDomain } from "../domains.ts";
import { isRefused, meaningOf, unlessRefused } from "../errors.ts";
import { DomainState, Flags } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";
import { type DiskPlan, Storage } from "../storage.ts";
import { interfacesOf, taskDomainXml, type TaskInterface } from "./domain_xml.ts";
import { Endings } from "./endings.ts";
import { releaseLeases } from "./leases.ts";
import { isOurs } from "./metadata.ts";
import { LibvirtTaskNet } from "./network.ts";
import { seedImage } from "./nocloud.ts";
import { checkTask, CONFIG_SCHEMA, TASK_SCHEMA } from "./schemas.ts";
import { Usage } from "./usage.ts";

const { NO_DOMAIN, OPERATION_FAILED, OPERATION_INVALID } = ErrorNumber;

/** What jobs name in `driver = "…"`. */
export const PLUGIN = { name: "virt", version: "0.1.0" } as const;
const ATTRIBUTE = `driver.${PLUGIN.name}`;

const FACETS: readonly TaskFacet[] = [
  "images",
  "thin-copy",
  "graceful-stop",
  "address",
  "ports",
  "cloud-init",
  "stats",
  "events",
];

const CAPABILITIES: TaskCapabilities = {
  sendSignals: false,
  exec: false,
  fsIsolation: "image",
  netIsolationModes: ["host"],
  mustInitiateNetwork: false,
  mountConfigs: "none",
  disableLogCollection: true,
  dynamicWorkloadUsers: false,
};

/** No guest does with less, and QEMU starts none of it. */
const LEAST_MEMORY_MIB = 16;
const MEGABYTE = 1e6;
const SECTOR = 512;
const START_MS = 120_000;
/** libvirt asks QEMU to leave, waits, kills it and waits again: ten seconds if QEMU hangs. */
const DESTROY_MS = 30_000;

/** What a note has besides name and identity. */
type More = {
  /** The copy of the image that the disk refers to; empty if there is none. */
  readonly base: string;
  /** The interfaces. */
  readonly interfaces: readonly TaskInterface[];
};

/** See {@linkcode TaskMachines}. */
export class LibvirtTaskMachines implements TaskMachines {
  readonly plugin = PLUGIN;
  readonly facets = FACETS;
  readonly capabilities = CAPABILITIES;
  readonly configSchema = CONFIG_SCHEMA;
  readonly taskConfigSchema = TASK_SCHEMA;
  readonly leastMemoryMiB = LEAST_MEMORY_MIB;
  readonly meaningOf = meaningOf;
  readonly net: LibvirtTaskNet;
  readonly #session: Session;
  readonly #storage: Storage;
  readonly #usage: Usage;
  readonly #endings: Endings;

  /** Nothing is opened yet. */
  constructor(session: Session) {
    this.#session = session;
    this.#storage = new Storage(session);
    this.#usage = new Usage(session);
    this.#endings = new Endings(session);
    this.net = new LibvirtTaskNet(session, ATTRIBUTE);
  }

  checkConfig({ emulator, provider }: TaskPluginConfig): void {
    const { uri } = this.#session.settings;
    const given = emulator?.uri ?? provider?.libvirt?.uri;
    if (given === undefined || given === uri) return;
    const why = `the key "emulator.uri" is "${given}", but this driver was opened for "${uri}"`;
    throw new Trouble("invalid-argument", why);
  }

  check({ config }: TaskPlan): void {
    checkTask(config);
  }

  async health({ signal }: CallOptions): Promise<TaskFingerprint> {
    const facts = await this.#session.call("hostFacts", {}, { signal });
    const libvirt = `${ATTRIBUTE}.provider.libvirt`;
    return {
      health: "healthy",
      description: HEALTHY,
      attributes: {
        [ATTRIBUTE]: { value: true },
        [libvirt]: { value: true },
        [`${libvirt}.version`]: { value: facts.libvirt },
        [`${libvirt}.hypervisor`]: { value: facts.hypervisor },
        [`${ATTRIBUTE}.storage_pool`]: { value: this.#session.settings.pool },
      },
    };
  }

  async launch(plan: TaskPlan, undo: Undo, { signal }: CallOptions): Promise<MachineNote> {
    const name = this.#nameOf(plan.spec.id);
    const userData = await this.#userData(plan);
    const disk = await this.#disk(plan, name);
    const kvm = await this.#session.usesKvm({ signal });
    const domain: DomainRef = { name, uuid: crypto.randomUUID() };
    const interfaces = interfacesFor(plan);
    const more: More = { base: disk.base, interfaces };
    const note: MachineNote = { name, id: domain.uuid, more };
    return await this.#locked(name, { signal }, async () => {
      // Defining comes first: libvirt lets only one have the name, and all else goes by the name.
      undo.add(`machine:${name}`, () => this.#removeMachine(domain, more, {}));
      await this.#define({ plan, domain, disk, kvm, interfaces }, { signal });
      await this.#storage.create(disk, domain, undo, { signal });
      await this.#createSeed(plan, domain, userData, undo, { signal });
      const limits = { signal, timeoutMs: START_MS };
      await this.#session.call("domainCreateWithFlags", { domain, flags: 0 }, limits);
      return note;
    });
  }

  macs(note: MachineNote): Promise<string[]> {
    return Promise.resolve(moreOf(note).interfaces.map(({ mac }) => mac));
  }

  async look({ name, id }: MachineNote, { signal }: CallOptions): Promise<Sight> {
    return await this.#endings.look({ name, uuid: id }, { signal });
  }

  changes(signal: AbortSignal): AsyncIterable<LibvirtEvent> {
    return this.#endings.changes(signal);
  }

  async askToStop({ name, id }: MachineNote, { signal }: CallOptions): Promise<void> {
    const domain = { name, uuid: id };
    const { state } = await this.#session.call("domainGetState", { domain }, { signal });
    if (state === DomainState.PAUSED) {
      throw new Trouble("failed-precondition", "a paused guest hears nothing");
    }
    // The agent would be asked first otherwise, and one that hangs blocks the call for five seconds.
    const flags = Flags.domainShutdown.ACPI;
    await this.#session.call("domainShutdownFlags", { domain, flags }, { signal });
  }

  async switchOff({ name, id }: MachineNote, { signal }: CallOptions): Promise<boolean> {
    return await this.#destroy({ name, uuid: id }, { signal });
  }

  async remove(
    id: TaskId,
    note: MachineNote | undefined,
    { signal }: CallOptions,
  ): Promise<boolean> {
    const name = this.#nameOf(id);
    return await this.#locked(name, { signal }, async () => {
      const domain = await findDomain(this.#session, name, { signal });
      const isGone = domain === undefined || note !== undefined && note.id !== domain.uuid;
      if (!isGone && !await isOurs(this.#session, domain, this.#tagOf(id), { signal })) {
        const why = `The domain "${name}" was not made by this driver, so it is left alone`;
        throw new Trouble("failed-precondition", why, "foreign");
      }
      const { base, interfaces } = moreOf(note);
      const hasMachine = !isGone &&
        await this.#removeMachine(domain, { interfaces }, { signal });
      if (!hasMachine) await this.#releaseAll(interfaces, { signal });
      const hadRules = await this.net.removeForwards(name, { signal });
      const hadDisk = await this.#storage.remove(name, base || undefined, { signal });
      const hadSeed = await this.#storage.removeVolume(seedName(name), { signal });
      return hasMachine || hadRules || hadDisk || hadSeed;
    });
  }

  usage(
    { name, id }: MachineNote,
    before: TaskResourceUsage | undefined,
    { signal }: CallOptions,
  ): Promise<Omit<TaskResourceUsage, "timestamp">> {
    return this.#usage.measure({ name, uuid: id }, before, { signal });
  }

  #nameOf(id: TaskId): string {
    return this.#session.nameOf(machineName(id));
  }

  #tagOf(id: TaskId): { owner: string; machine: string } {
    return { owner: this.#session.owner, machine: machineName(id) };
  }

  #locked<T>(name: string, options: CallOptions, work: () => Promise<T>): Promise<T> {
    return this.#session.locks.run(`task:${name}`, work, options);
  }

  /** A text of the job, or a file that it may read. */
  async #userData({ config: { user_data: given }, images }: TaskPlan): Promise<string | undefined> {
    if (given === undefined || given.startsWith("#") || given.includes("\n")) return given;
    const path = await images.resolve(given);
    const { files, clock } = this.#session.context;
    const chunks = await clock.hold(Array.fromAsync(files.read(path)));
    return new TextDecoder().decode(await new Blob(chunks).arrayBuffer());
  }

  /** @throws {Trouble} `invalid-argument` if the image does not fit into the disk */
  async #disk({ config, image = "" }: TaskPlan, name: string): Promise<DiskPlan> {
    const { use_thin_copy: isThin = false, primary_disk_size: megabytes } = config;
    const capacity = megabytes && Math.ceil(megabytes * MEGABYTE / SECTOR) * SECTOR;
    const file = { path: image, sha256: await this.#digest(image) };
    const wish = { copy: isThin ? "thin" : "full", capacity } as const;
    const disk = await this.#storage.plan(name, file, wish);
    if (capacity === undefined || capacity >= disk.source.capacity) return disk;
    const why = `the key "primary_disk_size" is ${megabytes} MB, but the image is a disk of ` +
      `${disk.source.capacity} bytes`;
    throw new Trouble("invalid-argument", why);
  }

  async #digest(path: string): Promise<string> {
    const { files, clock } = this.#session.context;
    const hash = createHash("sha256");
    await clock.hold((async () => {
      for await (const chunk of files.read(path)) hash.update(chunk);
    })());
    return hash.digest("hex");
  }

  async #define(
    { plan, domain, disk, kvm, interfaces }: {
      plan: TaskPlan;
      domain: DomainRef;
      disk: DiskPlan;
      kvm: boolean;
      interfaces: readonly TaskInterface[];
    },
    options: CallOptions,
  ): Promise<void> {
    const { spec: { id, resources: { memoryMiB, cpuset } }, cpus, config: { os } } = plan;
    const { pool } = disk;
    const xml = taskDomainXml({
      ...domain,
      ...{ tag: this.#tagOf(id), kvm, memoryMiB, cpus, interfaces, pool, disk },
      cpuset: cpuset.replaceAll(/\s/g, ""),
      arch: os?.arch,
      machine: os?.machine,
      seed: seedName(domain.name),
    });
    const flags = Flags.domainDefine.VALIDATE;
    try {
      await this.#session.call("domainDefineXmlFlags", { xml, flags }, options);
    } catch (error) {
      const isTaken = isRefused(error, OPERATION_FAILED) &&
        await findDomain(this.#session, domain.name, options);
      if (!isTaken) throw error;
      throw new Trouble("already-exists", `There is a machine "${domain.name}" already`);
    }
  }

  /** It may hold a password, so it lies on this machine no longer than it takes to carry it over. */
  async #createSeed(
    { spec, config, machine }: TaskPlan,
    domain: DomainRef,
    userData: string | undefined,
    undo: Undo,
    options: CallOptions,
  ): Promise<void> {
    const { context: { files, clock, cacheDir } } = this.#session;
    const image = seedImage({
      instanceId: domain.uuid,
      hostname: config.hostname ?? machine,
      userData,
      timezone: config.timezone,
      commands: config.cmds,
      password: config.default_user_password,
      authorizedKey: config.default_user_authorized_ssh_key,
      env: spec.env,
    });
    const path = `${cacheDir}/${seedName(domain.name)}`;
    try {
      await clock.hold((async () => {
        await using writer = await files.create(path);
        await writer.write(image);
        await writer.close();
      })());
      await this.#storage.createFrom(seedName(domain.name), path, domain, undo, options);
    } finally {
      await clock.hold(files.remove(path));
    }
  }

  /** Answers whether it was on. */
  async #destroy(domain: DomainRef, options: CallOptions): Promise<boolean> {
    const limits = { ...options, timeoutMs: DESTROY_MS };
    try {
      await this.#session.call("domainDestroyFlags", { domain, flags: 0 }, limits);
      return true;
    } catch (error) {
      // It ended by itself meanwhile, or is gone.
      if (isRefused(error, OPERATION_INVALID, NO_DOMAIN)) return false;
      throw error;
    }
  }

  /** Ends and removes a machine, and what its guest got; answers whether there was one. */
  async #removeMachine(
    domain: DomainRef,
    { interfaces }: Pick<More, "interfaces">,
    options: CallOptions,
  ): Promise<boolean> {
    const { INACTIVE } = Flags.domainXml;
    const xml = await this.#session
      .call("domainGetXmlDesc", { domain, flags: INACTIVE }, options)
      .catch(unlessRefused(undefined, NO_DOMAIN));
    if (xml) await this.#destroy(domain, options);
    await this.#releaseAll(xml ? interfacesOf(xml) : interfaces, options);
    if (!xml) return false;
    const { MANAGED_SAVE, SNAPSHOTS_METADATA, NVRAM, CHECKPOINTS_METADATA } = Flags.domainUndefine;
    const flags = MANAGED_SAVE | SNAPSHOTS_METADATA | NVRAM | CHECKPOINTS_METADATA;
    await this.#session.call("domainUndefineFlags", { domain, flags }, options)
      .catch(unlessRefused(null, NO_DOMAIN));
    this.#usage.forget(domain);
    this.#endings.forget(domain);
    return true;
  }

  async #releaseAll(interfaces: readonly TaskInterface[], options: CallOptions): Promise<void> {
    for (const it of interfaces) await releaseLeases(this.#session, it, options);
  }
}

/** The name of the volume that a machine is configured from. */
export function seedName(machine: string): string {
  return `${machine}.seed`;
}

function interfacesFor({ config }: TaskPlan): TaskInterface[] {
  return (config.network_interface ?? []).flatMap(({ bridge }) =>
    bridge ? [{ bridge: bridge.name, mac: freshMac() }] : []
  );
}

/** In the range of QEMU's machines, by chance: what an older guest of that name got stays its own. */
function freshMac(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(3));
  return ["52", "54", "00", ...[...bytes].map((it) => it.toString(16).padStart(2, "0"))].join(":");
}

/** What a note says besides; it went through a handle, which anybody may have written. */
function moreOf(note: MachineNote | undefined): More {
  const { base, interfaces } = (note?.more ?? {}) as Partial<More>;
  return {
    base: typeof base === "string" ? base : "",
    interfaces: Array.isArray(interfaces)
      ? interfaces.filter((it) => typeof it?.bridge === "string" && typeof it.mac === "string")
      : [],
  };
}
