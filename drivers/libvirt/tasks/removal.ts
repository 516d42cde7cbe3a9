/**
 * Removing machines of tasks, with all that belongs to them.
 *
 * @module
 */

import { Trouble } from "../../backend/driver_errors.ts";
import type { CallOptions, TaskId } from "../../contract/mod.ts";
import type { MachineNote } from "../../tasks/mod.ts";
import type { DomainRef } from "../backend.ts";
import { findDomain } from "../domains.ts";
import { isRefused, unlessRefused } from "../errors.ts";
import { Flags } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import type { Session } from "../session.ts";
import type { Storage } from "../storage.ts";
import { interfacesOf, type TaskInterface } from "./domain_xml.ts";
import { releaseLeases } from "./leases.ts";
import { isOurs } from "./metadata.ts";
import type { LibvirtTaskNet } from "./network.ts";
import { domainName, domainOf, moreOf, seedName, tagFor } from "./notes.ts";

const { NO_DOMAIN, OPERATION_INVALID } = ErrorNumber;

/** libvirt asks QEMU to leave, waits, kills it and waits again: ten seconds if QEMU hangs. */
const DESTROY_MS = 30_000;

/** Removes machines. What is gone already is no error, so that each removal can be repeated. */
export class Removal {
  readonly #session: Session;
  readonly #storage: Storage;
  readonly #net: LibvirtTaskNet;
  /** What is left of starts that failed and could not be undone, by name. */
  readonly #unfinished = new Map<string, MachineNote>();

  /** Nothing is opened yet. */
  constructor(session: Session, storage: Storage, net: LibvirtTaskNet) {
    this.#session = session;
    this.#storage = storage;
    this.#net = net;
  }

  /**
   * Removes everything of a task; answers whether there was anything.
   *
   * @throws {Trouble} `failed-precondition` with reason `foreign` for a domain that is not ours
   */
  async remove(
    id: TaskId,
    note: MachineNote | undefined,
    options: CallOptions,
  ): Promise<boolean> {
    const name = domainName(this.#session, id);
    const { base, interfaces } = moreOf(note);
    const domain = await findDomain(this.#session, name, options);
    if (domain && note && note.id !== domain.uuid) {
      // Another process has started the task anew: of the old machine only addresses can be left.
      await this.#releaseAll(interfaces, options);
      return false;
    }
    if (domain && !await isOurs(this.#session, domain, tagFor(this.#session, id), options)) {
      const why = `The domain "${name}" was not made by this driver, so it is left alone`;
      throw new Trouble("failed-precondition", why, "foreign");
    }
    if (domain) await this.#removeDomain(domain, interfaces, options);
    else await this.#releaseAll(interfaces, options);
    // Of a task that nobody noted, nobody knows whether it was on it.
    const { own } = this.#net;
    const isOnOwn = !note || interfaces.some(({ network }) => network === own.name);
    if (isOnOwn) await own.release(options);
    const had = [
      await this.#net.removeForwards(name, options),
      await this.#storage.remove(name, base || undefined, options),
      await this.#storage.removeVolume(seedName(name), options),
    ];
    this.#unfinished.delete(name);
    return domain !== undefined || had.includes(true);
  }

  /** Removes the machine of a start that failed; what cannot be removed now, the next start removes. */
  async undo(note: MachineNote): Promise<void> {
    this.#unfinished.set(note.name, note);
    await this.#removeDomain(domainOf(note), moreOf(note).interfaces, {});
    this.#unfinished.delete(note.name);
  }

  /** Finishes what could not be undone when a start failed, as with no connection. */
  async finish(id: TaskId, options: CallOptions): Promise<void> {
    const note = this.#unfinished.get(domainName(this.#session, id));
    if (note) await this.remove(id, note, options);
  }

  /** Switches a machine off; answers whether it was on. */
  async switchOff(domain: DomainRef, options: CallOptions): Promise<boolean> {
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

  /** Ends and removes a domain, and gives back what its guest got: that only once the guest is off. */
  async #removeDomain(
    domain: DomainRef,
    interfaces: readonly TaskInterface[],
    options: CallOptions,
  ): Promise<void> {
    const { INACTIVE } = Flags.domainXml;
    const xml = await this.#session
      .call("domainGetXmlDesc", { domain, flags: INACTIVE }, options)
      .catch(unlessRefused(undefined, NO_DOMAIN));
    if (xml) await this.switchOff(domain, options);
    await this.#releaseAll(xml ? interfacesOf(xml) : interfaces, options);
    if (!xml) return;
    const { MANAGED_SAVE, SNAPSHOTS_METADATA, NVRAM, CHECKPOINTS_METADATA } = Flags.domainUndefine;
    const flags = MANAGED_SAVE | SNAPSHOTS_METADATA | NVRAM | CHECKPOINTS_METADATA;
    await this.#session.call("domainUndefineFlags", { domain, flags }, options)
      .catch(unlessRefused(null, NO_DOMAIN));
  }

  async #releaseAll(interfaces: readonly TaskInterface[], options: CallOptions): Promise<void> {
    for (const it of interfaces) await releaseLeases(this.#session, it, options);
  }
}
