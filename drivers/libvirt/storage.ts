/**
 * Disks of machines, and what they are made from, in one storage pool.
 *
 * An image is carried into the pool once, as a base that thin disks refer to. A base lives as long as
 * a disk refers to it: the cache of images is the user's, so nothing on the host has to be purged.
 *
 * @module
 */

import { DriverError } from "../contract/mod.ts";
import type { ImageFile } from "../images/mod.ts";
import type { DomainRef, DomainUses, PoolRef, VolumeRef } from "./backend.ts";
import { usesOfOthers } from "./domains.ts";
import { isRefused, unlessRefused } from "./errors.ts";
import { type ImageFormat, PROBE_BYTES, probeImage } from "./qcow2.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import type { Undo } from "../backend/undo.ts";
import { backingPath, emptyVolumeXml, overlayXml } from "./volume_xml.ts";
import { CREATE_MS, Volumes } from "./volumes.ts";
import { type JsonML, textOf } from "./jsonml.ts";

const { NO_STORAGE_VOL, STORAGE_VOL_EXIST } = ErrorNumber;

/** The disk that a machine will have. */
export interface DiskPlan {
  /** The pool's name. */
  readonly pool: string;
  /** The volume's name. */
  readonly volume: string;
  /** What the volume will be. */
  readonly format: "qcow2" | "raw";
  /** The name of the volume that it will refer to; empty if it is a copy. */
  readonly base: string;
  /** What it is made from. */
  readonly source: ImageFile & ImageFormat;
  /** The size that the guest sees, in bytes; the source's by default. */
  readonly capacity?: number;
}

/** A disk that is not as the settings say. */
export interface DiskWish {
  /** Whether it refers to the image's copy in the pool, or is a copy. */
  readonly copy: "thin" | "full";
  /** Its size in bytes; the image's by default. */
  readonly capacity?: number;
}

type Source = DiskPlan["source"];
type Options = { readonly signal?: AbortSignal };

/** No such file. */
const ENOENT = 2;

/** The volumes of one owner. */
export class Storage {
  readonly #session: Session;
  readonly #volumes: Volumes;

  /** Nothing is opened yet. */
  constructor(session: Session) {
    this.#session = session;
    this.#volumes = new Volumes(session);
  }

  /** The disk that a machine will have. */
  async plan(machine: string, image: ImageFile, wish?: DiskWish): Promise<DiskPlan> {
    const source = await this.#probe(image);
    const { settings: { pool, ...settings }, owner } = this.#session;
    const { copy, capacity }: DiskWish = wish ?? settings;
    const plan = { pool, volume: diskName(machine), source, capacity };
    if (copy === "full") return { ...plan, format: source.format, base: "" };
    return { ...plan, format: "qcow2", base: baseName(owner, image.sha256) };
  }

  /**
   * Makes that disk for a domain. A volume of its name that no other domain uses is left over from
   * before, and replaced.
   */
  async create(
    { volume, base, source, capacity = source.capacity }: DiskPlan,
    domain: DomainRef,
    undo: Undo,
    options: Options,
  ): Promise<void> {
    const pool = await this.#volumes.pool(options);
    if (base === "") {
      undo.add(`disk:${volume}`, () => this.#volumes.delete(pool, volume, {}));
      await this.#createFresh(pool, emptyVolumeXml(volume), domain, options);
      await this.#volumes.fill(pool, volume, source, options);
      if (capacity > source.capacity) await this.#volumes.resize(pool, volume, capacity, options);
      return;
    }
    undo.add(`disk:${base}`, async () => {
      await this.#release(pool, base, await usesOfOthers(this.#session, undefined, {}), {});
    });
    await this.#session.locks.run(`disk:${base}`, async () => {
      await this.#ensureBase(pool, base, source, options);
      const params = { volume: { pool: pool.name, name: base } };
      const path = await this.#session.call("storageVolGetPath", params, options);
      undo.add(`disk:${volume}`, () => this.#volumes.delete(pool, volume, {}));
      await this.#createFresh(
        pool,
        overlayXml(volume, { ...source, path, capacity }),
        domain,
        options,
      );
    }, options);
  }

  /**
   * Removes the disk of a machine whose domain is gone, and its base if nothing uses that any more;
   * answers whether there was a disk. What another domain uses stays.
   *
   * @param base the base's name; found by the disk itself if absent
   */
  async remove(machine: string, base: string | undefined, options: Options): Promise<boolean> {
    const pool = await this.#volumes.existingPool(options);
    if (!pool) return false;
    const name = diskName(machine);
    const volume = await this.#volumes.find(pool, name, options);
    base ??= volume && await this.#baseOf(volume, options);
    const others = await usesOfOthers(this.#session, undefined, options);
    if (volume && !await this.#isUsed(volume, others, options)) {
      await this.#volumes.delete(pool, name, options);
    }
    if (base) await this.#release(pool, base, others, options);
    return volume !== undefined;
  }

  /** Makes a volume for a domain with the content of a local file, as {@linkcode create} does. */
  async createFrom(
    name: string,
    path: string,
    domain: DomainRef,
    undo: Undo,
    options: Options,
  ): Promise<void> {
    const pool = await this.#volumes.pool(options);
    undo.add(`disk:${name}`, () => this.#volumes.delete(pool, name, {}));
    await this.#createFresh(pool, emptyVolumeXml(name), domain, options);
    await this.#volumes.fill(pool, name, { path }, options);
  }

  /** Removes a volume, if there is one; answers whether there was. */
  async removeVolume(name: string, options: Options): Promise<boolean> {
    const pool = await this.#volumes.existingPool(options);
    if (!pool || !await this.#volumes.find(pool, name, options)) return false;
    await this.#volumes.delete(pool, name, options);
    return true;
  }

  async #baseOf(volume: VolumeRef, options: Options): Promise<string | undefined> {
    const xml = await this.#session.call("storageVolGetXmlDesc", { volume, flags: 0 }, options)
      .catch((error: unknown) => {
        if (isGone(error)) return undefined;
        throw error;
      });
    const path = xml && backingPath(xml);
    return path?.slice(path.lastIndexOf("/") + 1);
  }

  /** Removes a base that no disk refers to. */
  async #release(
    pool: PoolRef,
    base: string,
    others: readonly DomainUses[],
    options: Options,
  ): Promise<void> {
    const { owner, locks } = this.#session;
    if (!base.startsWith(`${owner}.`) || !base.endsWith(BASE_END)) return;
    await locks.run(`disk:${base}`, async () => {
      const volume = await this.#volumes.find(pool, base, options);
      if (!volume || await this.#isBase(pool, volume, options)) return;
      if (!await this.#isUsed(volume, others, options)) {
        await this.#volumes.delete(pool, base, options);
      }
    }, options);
  }

  /** Whether a disk of this owner refers to it. */
  async #isBase(pool: PoolRef, base: VolumeRef, options: Options): Promise<boolean> {
    const { owner } = this.#session;
    const volumes = await this.#session
      .call("storagePoolListAllVolumes", { pool, flags: 0 }, options);
    const disks = volumes.filter(({ name }) => name.startsWith(`${owner}.`) && name.endsWith(END));
    const bases = await Promise.all(disks.map((disk) => this.#baseOf(disk, options)));
    return bases.includes(base.name);
  }

  /** Whether one of these domains has it as a disk, or below one. */
  async #isUsed(
    { pool, name }: VolumeRef,
    domains: readonly DomainUses[],
    options: Options,
  ): Promise<boolean> {
    const disks = domains.flatMap((it) => it.disks);
    if (disks.some((it) => it.pool === pool && it.volume === name)) return true;
    if (!disks.some((it) => it.path)) return false;
    const params = { volume: { pool, name } };
    const path = await this.#session.call("storageVolGetPath", params, options);
    return disks.some((it) => it.path === path);
  }

  async #ensureBase(pool: PoolRef, base: string, source: Source, options: Options): Promise<void> {
    const volume = await this.#volumes.find(pool, base, options);
    if (volume && await this.#volumes.holds(volume, source, options)) return;
    if (!volume) {
      await this.#session.call("storageVolCreateXml", {
        pool,
        xml: emptyVolumeXml(base),
        flags: 0,
      }, options).catch(unlessRefused(undefined, STORAGE_VOL_EXIST));
    }
    // One that is not complete was given up, or is being filled with the same bytes by somebody else.
    await this.#volumes.fill(pool, base, source, options);
  }

  async #createFresh(
    pool: PoolRef,
    xml: JsonML,
    domain: DomainRef,
    options: Options,
  ): Promise<void> {
    const limits = { ...options, timeoutMs: CREATE_MS };
    const create = (): Promise<unknown> =>
      this.#session.call("storageVolCreateXml", { pool, xml, flags: 0 }, limits);
    try {
      await create();
    } catch (error) {
      const name = textOf(xml, "name");
      const volume = { pool: pool.name, name };
      if (!isRefused(error, STORAGE_VOL_EXIST)) throw error;
      const others = await usesOfOthers(this.#session, domain, options);
      if (await this.#isUsed(volume, others, options)) throw error;
      await this.#volumes.delete(pool, name, options);
      await create();
    }
  }

  async #probe(image: ImageFile): Promise<Source> {
    const { files, clock } = this.#session.context;
    const { size = 0 } = await clock.hold(files.stat(image.path)) ?? {};
    const head = await clock.hold(firstBytes(files.read(image.path)));
    try {
      return { ...image, ...probeImage(head, size) };
    } catch (error) {
      throw new DriverError({
        code: "failed-precondition",
        operation: "machines.create",
        subject: `image:${image.sha256.slice(0, 16)}`,
        reason: "image-unusable",
        message: `Cannot use the image: ${(error as Error).message}`,
        cause: error,
      });
    }
  }
}

// No label has a dot, and the last part tells them apart: no two of these names are ever the same.
const END = ".disk";
const BASE_END = ".base";

/** The name of a machine's disk in the pool. */
export function diskName(machine: string): string {
  return `${machine}${END}`;
}

/** The name of an image's copy in the pool: its owner's alone, and its content's. */
export function baseName(owner: string, sha256: string): string {
  return `${owner}.${sha256.toLowerCase()}${BASE_END}`;
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const head: number[] = [];
  for await (const chunk of chunks) {
    head.push(...chunk.subarray(0, PROBE_BYTES - head.length));
    if (head.length >= PROBE_BYTES) break;
  }
  return Uint8Array.from(head);
}

/** Whether a volume, or its file, is not there any more. */
function isGone(error: unknown): boolean {
  const { SYSTEM_ERROR } = ErrorNumber;
  const isMissing = isRefused(error, SYSTEM_ERROR) && error.code === `${SYSTEM_ERROR}:${ENOENT}`;
  return isMissing || isRefused(error, NO_STORAGE_VOL);
}
