/**
 * Making machines of tasks.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { Trouble } from "../../backend/driver_errors.ts";
import type { Undo } from "../../backend/undo.ts";
import type { CallOptions } from "../../contract/mod.ts";
import type { MachineNote, TaskPlan } from "../../tasks/mod.ts";
import type { DomainRef } from "../backend.ts";
import { findDomain } from "../domains.ts";
import { isRefused } from "../errors.ts";
import { Flags } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";
import type { DiskPlan, Storage } from "../storage.ts";
import { taskDomainXml, type TaskInterface } from "./domain_xml.ts";
import type { LibvirtTaskNet } from "./network.ts";
import { seedImage } from "./nocloud.ts";
import { domainName, domainOf, moreOf, seedName, tagFor } from "./notes.ts";
import type { Removal } from "./removal.ts";

const MEGABYTE = 1e6;
const SECTOR = 512;
/** A host that is short of memory or disk takes long to start a machine. */
const START_MS = 120_000;

/** What a machine is made from. */
interface Recipe {
  readonly plan: TaskPlan;
  readonly note: MachineNote;
  readonly disk: DiskPlan;
  readonly kvm: boolean;
  readonly userData: string | undefined;
}

/** Makes machines. */
export class Making {
  readonly #session: Session;
  readonly #storage: Storage;
  readonly #net: LibvirtTaskNet;
  readonly #removal: Removal;

  /** Nothing is opened yet. */
  constructor(session: Session, storage: Storage, net: LibvirtTaskNet, removal: Removal) {
    this.#session = session;
    this.#storage = storage;
    this.#net = net;
    this.#removal = removal;
  }

  /** Makes a machine and switches it on; how each step is undone is added before it is done. */
  async launch(plan: TaskPlan, undo: Undo, options: CallOptions): Promise<MachineNote> {
    const recipe = await this.#prepare(plan, options);
    const { note, disk } = recipe;
    const domain = domainOf(note);
    await this.#removal.finish(plan.spec.id, options);
    const isOnOwn = moreOf(note).interfaces.some(({ network }) => network === this.#net.own.name);
    if (isOnOwn) undo.add(`network:${this.#net.own.name}`, () => this.#net.own.release({}));
    // Defining comes first: libvirt lets only one have the name, and all else goes by the name.
    undo.add(`machine:${note.name}`, () => this.#removal.undo(note));
    await this.#define(recipe, options);
    await this.#storage.create(disk, domain, undo, options);
    await this.#createSeed(recipe, undo, options);
    if (isOnOwn) await this.#net.own.ensure(options);
    // What runs would keep the image's copy in use.
    undo.add(`machine:${note.name}`, () => this.#removal.switchOff(domain, {}));
    const limits = { ...options, timeoutMs: START_MS };
    await this.#session.call("domainCreateWithFlags", { domain, flags: 0 }, limits);
    return note;
  }

  /** All that can be found wrong before anything is made. */
  async #prepare(plan: TaskPlan, options: CallOptions): Promise<Recipe> {
    const name = domainName(this.#session, plan.spec.id);
    const userData = await this.#userData(plan);
    const disk = await this.#disk(plan, name);
    const kvm = await this.#session.usesKvm(options);
    const more = { base: disk.base, interfaces: await this.#interfaces(plan, options) };
    return { plan, note: { name, id: crypto.randomUUID(), more }, disk, kvm, userData };
  }

  /** A text of the job, or a file that it may read. */
  async #userData({ config: { user_data: given }, images }: TaskPlan): Promise<string | undefined> {
    if (given === undefined || given.startsWith("#") || given.includes("\n")) return given;
    const path = await images.resolve(given);
    const { files, clock } = this.#session.context;
    const chunks = await clock.hold(Array.fromAsync(files.read(path)));
    return await new Blob(chunks).text();
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

  async #interfaces({ config }: TaskPlan, options: CallOptions): Promise<TaskInterface[]> {
    const interfaces: TaskInterface[] = [];
    for (const { bridge } of config.network_interface ?? []) {
      const { name = "" } = bridge ?? {};
      const network = name === this.#net.own.bridge
        ? this.#net.own
        : await this.#net.networkOf(name, options);
      interfaces.push({ bridge: name, network: network?.name ?? "", mac: freshMac() });
    }
    return interfaces;
  }

  async #digest(path: string): Promise<string> {
    const { files, clock } = this.#session.context;
    const hash = createHash("sha256");
    await clock.hold((async () => {
      for await (const chunk of files.read(path)) hash.update(chunk);
    })());
    return hash.digest("hex");
  }

  async #define({ plan, note, disk, kvm }: Recipe, options: CallOptions): Promise<void> {
    const { spec: { id, resources: { memoryMiB, cpuset } }, cpus, config: { os } } = plan;
    const { interfaces } = moreOf(note);
    const xml = taskDomainXml({
      ...domainOf(note),
      ...{ tag: tagFor(this.#session, id), kvm, memoryMiB, cpus, interfaces, disk },
      cpuset: cpuset.replaceAll(/\s/g, ""),
      arch: os?.arch,
      machine: os?.machine,
      pool: disk.pool,
      seed: seedName(note.name),
    });
    const flags = Flags.domainDefine.VALIDATE;
    try {
      await this.#session.call("domainDefineXmlFlags", { xml, flags }, options);
    } catch (error) {
      const isTaken = isRefused(error, ErrorNumber.OPERATION_FAILED) &&
        await findDomain(this.#session, note.name, options);
      if (!isTaken) throw error;
      throw new Trouble("already-exists", `There is a machine "${note.name}" already`);
    }
  }

  /** It may hold a password, so it lies on this machine no longer than it takes to carry it over. */
  async #createSeed(
    { plan, note, userData }: Recipe,
    undo: Undo,
    options: CallOptions,
  ): Promise<void> {
    const { context: { files, clock, cacheDir } } = this.#session;
    const { spec, config, machine } = plan;
    const domain: DomainRef = domainOf(note);
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
    const path = `${cacheDir}/${seedName(note.name)}`;
    try {
      await clock.hold((async () => {
        await using writer = await files.create(path);
        await writer.write(image);
        await writer.close();
      })());
      await this.#storage.createFrom(seedName(note.name), path, domain, undo, options);
    } finally {
      await clock.hold(files.remove(path));
    }
  }
}

/** In the range of QEMU's machines, by chance: what an older guest of that name got stays its own. */
function freshMac(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(3));
  return ["52", "54", "00", ...[...bytes].map((it) => it.toString(16).padStart(2, "0"))].join(":");
}
