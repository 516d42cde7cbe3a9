/**
 * The volumes of one storage pool.
 *
 * @module
 */

import type { PoolRef, VolumeRef } from "./backend.ts";
import { isRefused, unlessRefused } from "./errors.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import type { Session } from "./session.ts";
import { isFolder, poolXml } from "./volume_xml.ts";

const { NO_STORAGE_POOL, NO_STORAGE_VOL, OPERATION_FAILED, OPERATION_INVALID, SYSTEM_ERROR } =
  ErrorNumber;

type Options = { readonly signal?: AbortSignal };
type LocalFile = { readonly path: string };

/** Carrying an image, or waiting for a host that does, takes as long as it takes. */
const UPLOAD_MS = 30 * 60_000;
/** Making one may copy another. */
export const CREATE_MS = 10 * 60_000;

/** What can be done with volumes in the pool of the settings. */
export class Volumes {
  readonly #session: Session;

  /** Nothing is opened yet. */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Gives a volume another capacity, in bytes. */
  async resize(
    pool: PoolRef,
    name: string,
    capacity: number,
    options: Options,
  ): Promise<void> {
    const volume = { pool: pool.name, name };
    const limits = { ...options, timeoutMs: CREATE_MS };
    await this.#session.call("storageVolResize", { volume, capacity, flags: 0 }, limits);
  }

  /** Writes a local file into a volume. */
  async fill(
    pool: PoolRef,
    name: string,
    source: LocalFile,
    options: Options,
  ): Promise<void> {
    const volume = { pool: pool.name, name };
    const { path } = source;
    const limits = { ...options, timeoutMs: UPLOAD_MS };
    await this.#session.call("storageVolUpload", { volume, path }, limits);
    if (await this.holds(volume, source, options)) return;
    throw new Error(`The volume "${name}" has not the size of the image after the upload`);
  }

  /** An upload writes from the beginning to the end, so a file of full length is whole. */
  holds(
    volume: VolumeRef,
    { path }: LocalFile,
    options: Options,
  ): Promise<boolean> {
    return this.#session.call("storageVolHolds", { volume, path }, options);
  }

  /** Removes a volume; nothing happens if there is none. */
  async delete(pool: PoolRef, name: string, options: Options): Promise<void> {
    const volume = { pool: pool.name, name };
    await this.#session.call("storageVolDelete", { volume, flags: 0 }, options)
      .catch(unlessRefused(null, NO_STORAGE_VOL));
  }

  /** The volume of that name, if there is one. */
  async find(pool: PoolRef, name: string, options: Options): Promise<VolumeRef | undefined> {
    return await this.#session.call("storageVolLookupByName", { pool, name }, options)
      .catch(unlessRefused(undefined, NO_STORAGE_VOL));
  }

  /** The pool, active, if there is one. */
  async existingPool(options: Options): Promise<PoolRef | undefined> {
    const { pool: name } = this.#session.settings;
    const pool = await this.#session.call("storagePoolLookupByName", { name }, options)
      .catch(unlessRefused(undefined, NO_STORAGE_POOL));
    if (pool && !await this.#session.call("storagePoolIsActive", { pool }, options)) {
      await this.#start(pool, options);
    }
    return pool;
  }

  /** Starts a pool; builds it before where whoever made it was given up between the two. */
  async #start(pool: PoolRef, options: Options): Promise<void> {
    const start = async (): Promise<void> => {
      // Somebody else may start it at the same time.
      await this.#session.call("storagePoolCreate", { pool, flags: 0 }, options)
        .catch(unlessRefused(null, OPERATION_INVALID));
    };
    try {
      await start();
    } catch (error) {
      if (!isRefused(error, SYSTEM_ERROR)) throw error;
      const xml = await this.#session.call("storagePoolGetXmlDesc", { pool, flags: 0 }, options);
      // Building a pool of another kind may write to a disk that is not ours.
      if (!isFolder(xml, this.#session.settings.poolPath)) throw error;
      await this.#session.call("storagePoolBuild", { pool, flags: 0 }, options);
      await start();
    }
  }

  /** The pool, active. It is made if there is none, and never removed: it may hold the disks of others. */
  async pool(options: Options): Promise<PoolRef> {
    const existing = await this.existingPool(options);
    if (existing) return existing;
    const { pool: name, poolPath } = this.#session.settings;
    const xml = poolXml(name, poolPath);
    const pool = await this.#session.call("storagePoolDefineXml", { xml, flags: 0 }, options)
      .catch(unlessRefused(undefined, OPERATION_FAILED));
    if (pool) {
      await this.#session.call("storagePoolBuild", { pool, flags: 0 }, options);
      await this.#session.call("storagePoolSetAutostart", { pool, autostart: true }, options);
    }
    const made = await this.existingPool(options);
    if (made) return made;
    throw new Error(`The storage pool "${name}" vanished while it was being made`);
  }
}
