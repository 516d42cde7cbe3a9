/**
 * The machines of one owner.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  decide,
  DriverError,
  type DriverErrorInit,
  type Machine,
  type MachineRef,
  type Machines,
  type MachineSpec,
  machineSubject,
} from "../contract/mod.ts";
import type { ImageFile, ImageStore } from "../images/mod.ts";
import type { DomainRef } from "./backend.ts";
import { domainXml } from "./domain_xml.ts";
import { findDomain, isTagOf, look, ownDomains, tagOf } from "./domains.ts";
import { type About, attempt, driverError, isRefused, unlessRefused } from "./errors.ts";
import { LibvirtMachine } from "./machine.ts";
import { machineElement, type MachineTag, NAMESPACE, PREFIX } from "./metadata.ts";
import { findNetwork } from "./own_networks.ts";
import { Flags, MetadataType } from "./rpc/constants.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import { Storage } from "./storage.ts";
import { type Undo, undoing } from "../backend/undo.ts";

const { NO_DOMAIN, OPERATION_FAILED, OPERATION_INVALID } = ErrorNumber;

const DEFAULT_MEMORY_MIB = 512;
/** Less is no machine; more is more than any host has. */
const MEMORY_MIB = { min: 16, max: 16 * 1024 * 1024 };
const CPUS = { min: 1, max: 255 };
const DESTROY_MS = 30_000;

/** See {@linkcode Machines}. */
export class LibvirtMachines implements Machines {
  readonly #session: Session;
  readonly #images: ImageStore;
  readonly #storage: Storage;
  /** Domains of creations that failed and could not be undone, by name. */
  readonly #unfinished = new Map<string, DomainRef>();

  /** Nothing is opened yet. */
  constructor(session: Session, images: ImageStore) {
    this.#session = session;
    this.#images = images;
    this.#storage = new Storage(session);
  }

  async create(spec: MachineSpec, { signal }: CallOptions = {}): Promise<Machine> {
    const about = aboutRef("machines.create", spec, signal);
    assertSpec(spec, about);
    const name = this.#session.nameOf(spec.cluster, spec.name);
    return await attempt(
      about,
      () =>
        this.#session.locks.run(`machine:${name}`, async () => {
          await this.#finishUndo(name, { signal });
          if (await findDomain(this.#session, name, { signal })) throw exists(about, spec);
          const image = await this.#images.localFile(spec.image, { signal });
          await this.#assertNetwork(spec, about);
          const make = (undo: Undo): Promise<Machine> => this.#create(spec, image, undo, about);
          return await undoing(make, (error) => driverError(error, about));
        }, { signal }),
    );
  }

  async get(ref: MachineRef, { signal }: CallOptions = {}): Promise<Machine> {
    const about = aboutRef("machines.get", ref, signal);
    assertRef(ref, about);
    return await attempt(about, async () => {
      const { domain } = await this.#own(ref, about) ?? missing(about, ref);
      return new LibvirtMachine(this.#session, domain, ref);
    });
  }

  async list({ signal, cluster }: CallOptions & { cluster?: string } = {}): Promise<Machine[]> {
    const about = { operation: "machines.list", subject: `driver:libvirt`, signal } as const;
    if (cluster !== undefined) assertName(cluster, about);
    const found = await attempt(about, () => ownDomains(this.#session, { signal }));
    return found
      .filter(({ tag }) => cluster === undefined || tag.cluster === cluster)
      .sort((a, b) => compare(a.tag.cluster, b.tag.cluster) || compare(a.tag.name, b.tag.name))
      .map(({ domain, tag: { cluster, name } }) =>
        new LibvirtMachine(this.#session, domain, { cluster, name })
      );
  }

  async delete(
    ref: MachineRef,
    { signal, force = false }: CallOptions & { force?: boolean } = {},
  ): Promise<void> {
    const about = aboutRef("machines.delete", ref, signal);
    assertRef(ref, about);
    const name = this.#session.nameOf(ref.cluster, ref.name);
    await attempt(about, () =>
      this.#session.locks.run(`machine:${name}`, async () => {
        const own = await this.#own(ref, about);
        if (own) await this.#undefine(own.domain, ref, force, { signal });
        // A delete that failed half way has left the disk; the next one finds it by its name.
        const removed = await this.#storage.remove(name, own?.tag.base, { signal });
        if (!own && !removed) missing(about, ref);
      }, { signal }));
  }

  /** The domain of a name, with its tag; refuses one that is not ours. */
  async #own(
    ref: MachineRef,
    about: About,
  ): Promise<{ domain: DomainRef; tag: MachineTag } | undefined> {
    const { signal } = about;
    const name = this.#session.nameOf(ref.cluster, ref.name);
    const domain = await findDomain(this.#session, name, { signal });
    if (!domain) return undefined;
    const tag = await tagOf(this.#session, domain, { signal });
    if (tag && isTagOf(tag, this.#session.owner, ref)) return { domain, tag };
    // It may have gone between the two calls.
    if (!await findDomain(this.#session, name, { signal })) return undefined;
    throw new DriverError({
      ...bare(about),
      code: "failed-precondition",
      reason: "foreign",
      message: `The domain "${name}" was not made by this driver, so it is left alone`,
    });
  }

  async #create(
    spec: MachineSpec,
    image: ImageFile,
    undo: Undo,
    about: About,
  ): Promise<Machine> {
    const { signal } = about;
    const { cluster, name, memoryMiB = DEFAULT_MEMORY_MIB, cpus = 1 } = spec;
    const { owner } = this.#session;
    const kvm = await this.#session.usesKvm({ signal });
    const disk = await this.#storage.plan(this.#session.nameOf(cluster, name), image);
    const made = { owner, cluster, name, image: spec.image, base: disk.base, creating: false };
    const domain = { name: this.#session.nameOf(cluster, name), uuid: crypto.randomUUID() };
    const network = this.#session.nameOf(cluster);
    const tag = { ...made, creating: true };
    const xml = domainXml({ ...domain, tag, kvm, memoryMiB, cpus, disk, network });

    // Defining comes first: libvirt lets only one have the name, and the disk goes by the name.
    undo.add(`machine:${domain.name}`, () => this.#undoDefine(domain));
    await this.#define(xml, domain, spec, about);
    await this.#storage.create(disk, domain, undo, { signal });
    await this.#session.call("domainSetMetadata", {
      domain,
      type: MetadataType.ELEMENT,
      metadata: machineElement(made),
      key: PREFIX,
      uri: NAMESPACE,
      flags: 0,
    }, { signal });
    this.#session.made.add(domain.uuid);
    return new LibvirtMachine(this.#session, domain, { cluster, name });
  }

  async #define(
    xml: ReturnType<typeof domainXml>,
    { name }: DomainRef,
    spec: MachineSpec,
    about: About,
  ): Promise<void> {
    const { signal } = about;
    const flags = Flags.domainDefine.VALIDATE;
    try {
      await this.#session.call("domainDefineXmlFlags", { xml, flags }, { signal });
    } catch (error) {
      const isTaken = isRefused(error, OPERATION_FAILED) &&
        await findDomain(this.#session, name, { signal });
      throw isTaken ? exists(about, spec) : error;
    }
  }

  async #undoDefine(domain: DomainRef): Promise<void> {
    this.#unfinished.set(domain.name, domain);
    await this.#undefineFlags(domain, {});
    this.#unfinished.delete(domain.name);
  }

  /** Finishes what could not be undone when a creation failed, as with no connection. */
  async #finishUndo(name: string, options: CallOptions): Promise<void> {
    const domain = this.#unfinished.get(name);
    if (!domain) return;
    await this.#undefineFlags(domain, options);
    this.#unfinished.delete(name);
    await this.#storage.remove(name, undefined, options);
  }

  async #undefine(
    domain: DomainRef,
    ref: MachineRef,
    force: boolean,
    options: CallOptions,
  ): Promise<void> {
    const { state } = await look(this.#session, domain, options);
    decide(state, force ? "forceDelete" : "delete", ref);
    const isOff = state === "stopped" || state === "saved" || state === "creating";
    if (!isOff) await this.#destroy(domain, options);
    await this.#undefineFlags(domain, options);
    const left = await findDomain(this.#session, domain.name, options);
    if (left?.uuid !== domain.uuid) return;
    // Another process started it at this very moment, and libvirt undefines what runs. Its start came first.
    if (force) return await this.#destroy(domain, options);
    const xml = await this.#session.call("domainGetXmlDesc", { domain, flags: XML_FLAGS }, options);
    await this.#session.call("domainDefineXmlFlags", { xml, flags: 0 }, options);
    decide((await look(this.#session, domain, options)).state, "delete", ref);
  }

  async #destroy(domain: DomainRef, options: CallOptions): Promise<void> {
    const limits = { ...options, timeoutMs: DESTROY_MS };
    await this.#session.call("domainDestroyFlags", { domain, flags: 0 }, limits)
      // It ended by itself meanwhile, or is gone.
      .catch(unlessRefused(null, OPERATION_INVALID, NO_DOMAIN));
  }

  /** With all that libvirt would not remove by itself: saved memory, snapshots, firmware variables. */
  async #undefineFlags(domain: DomainRef, options: CallOptions): Promise<void> {
    const { MANAGED_SAVE, SNAPSHOTS_METADATA, NVRAM, CHECKPOINTS_METADATA } = Flags.domainUndefine;
    const flags = MANAGED_SAVE | SNAPSHOTS_METADATA | NVRAM | CHECKPOINTS_METADATA;
    await this.#session.call("domainUndefineFlags", { domain, flags }, options)
      .catch(unlessRefused(null, NO_DOMAIN));
    this.#session.consoles.forget(domain);
    this.#session.made.delete(domain.uuid);
  }

  async #assertNetwork({ cluster }: MachineSpec, about: About): Promise<void> {
    if (await findNetwork(this.#session, cluster, about)) return;
    throw new DriverError({
      ...bare(about),
      code: "failed-precondition",
      reason: "network-missing",
      message: `Cannot create a machine in cluster "${cluster}": create its network first`,
    });
  }
}

const XML_FLAGS = Flags.domainXml.INACTIVE | Flags.domainXml.SECURE;

function aboutRef(operation: string, ref: MachineRef, signal?: AbortSignal): About {
  return { operation, subject: machineSubject(ref), signal };
}

/** What an error carries of it. */
function bare({ operation, subject }: About): Pick<DriverErrorInit, "operation" | "subject"> {
  return { operation, subject };
}

function assertRef(ref: MachineRef, about: About): void {
  assertName(ref.cluster, about);
  assertName(ref.name, about);
}

function assertSpec(spec: MachineSpec, about: About): void {
  assertRef(spec, about);
  const check = (what: string, value: number | undefined, { min, max }: typeof CPUS): void => {
    if (value === undefined || Number.isInteger(value) && value >= min && value <= max) return;
    throw new DriverError({
      ...bare(about),
      code: "invalid-argument",
      message: `Cannot use ${value} as "${what}": it is a whole number from ${min} to ${max}`,
    });
  };
  check("memoryMiB", spec.memoryMiB, MEMORY_MIB);
  check("cpus", spec.cpus, CPUS);
}

function exists(about: About, { cluster, name }: MachineRef): DriverError {
  return new DriverError({
    ...bare(about),
    code: "already-exists",
    message: `Cannot create machine "${cluster}/${name}": there is one of that name`,
  });
}

function missing(about: About, { cluster, name }: MachineRef): never {
  throw new DriverError({
    ...bare(about),
    code: "not-found",
    message: `There is no machine "${cluster}/${name}"`,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
