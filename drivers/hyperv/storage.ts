/**
 * Disks of machines, and what they are made from, in one folder of the host.
 *
 * A disk is called by its machine and by its image's checksum, so that the names alone say which base
 * is still in use: nothing has to be opened for that.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { Undo } from "../backend/undo.ts";
import type { ImageFile } from "../images/mod.ts";
import type { GroundRecord, HypervMethods } from "./backend.ts";
import { isBusy, isRefused } from "./errors.ts";
import type { HostSession, Options } from "./host_session.ts";

/** A copy takes as long as it takes. */
const COPY_MS = 30 * 60_000;
/** It is made at once, but perhaps by a PowerShell that has to be started for it. */
const MAKE_MS = 120_000;
/** How often, and how long after each other, a file that is in use is tried to be removed. */
const MOST_TRIES = 6;
const RETRY_MS = 250;
/** How often a base is copied that others remove before a disk refers to it. */
const MOST_COPIES = 3;
const SHA256 = "[0-9a-f]{64}";

/** A disk of a machine: `owner.cluster.name.<checksum>.vhdx`. */
export function diskName(machine: string, sha256: string): string {
  return `${machine}.${sha256}.vhdx`;
}

/** An image's copy on the host: its owner's alone. Never a machine's disk: that has one part more. */
export function baseName(owner: string, sha256: string): string {
  return `${owner}.base.${sha256}.vhdx`;
}

/** What can belong to a machine: its disk, and what checkpoints of other people have put on top. */
function isDiskOf(machine: string, file: string): boolean {
  const pattern = new RegExp(`^\\.${SHA256}(?:_[0-9a-fA-F-]+)?\\.a?vhdx$`);
  return file.startsWith(machine) && pattern.test(file.slice(machine.length));
}

/** The checksum of an image that some file is the copy of. */
function baseOf(owner: string, file: string): string | undefined {
  const sha256 = file.slice(`${owner}.base.`.length, -".vhdx".length);
  return file === baseName(owner, sha256) && new RegExp(`^${SHA256}$`).test(sha256)
    ? sha256
    : undefined;
}

type Doomed = HypervMethods["Remove-VmtckItems"]["params"]["Items"];

/** The disks of one owner. */
export class Storage {
  readonly #session: HostSession;

  /** Asks nobody yet. */
  constructor(session: HostSession) {
    this.#session = session;
  }

  /** Makes the disk of a machine that has none yet, and answers where it is. */
  async create(
    machine: string,
    image: ImageFile,
    { ground: { folder, items }, undo, ...options }: Options & {
      readonly ground: GroundRecord;
      readonly undo: Undo;
    },
  ): Promise<string> {
    const { owner, settings } = this.#session;
    const has = (file: string): boolean => items.some(({ name }) => name === file);
    const disk = diskName(machine, image.sha256);
    const path = `${folder}\\${disk}`;
    if (has(disk)) await this.#clear(path, options);
    undo.add(`disk:${disk}`, () => this.remove(machine, {}));
    if (settings.copy === "full") await this.#copy(image.path, path, options);
    else {
      const base = baseName(owner, image.sha256);
      const parent = { path: `${folder}\\${base}`, from: image.path, isThere: has(base) };
      await this.#derive(path, parent, options);
    }
    return path;
  }

  /**
   * Removes all files of a machine whose registration is gone, and each base that nothing refers to any
   * more; answers whether the machine had any.
   */
  async remove(machine: string, options: Options): Promise<boolean> {
    const { owner } = this.#session;
    const { folder, items } = await this.#session.call("Get-VmtckGround", {}, options);
    const pathOf = (name: string): string => `${folder}\\${name}`;
    const own = items
      .filter(({ name, folder }) => folder ? name === machine : isDiskOf(machine, name))
      .map(({ name }) => ({ Path: pathOf(name) }));
    const bases = items.flatMap(({ name }) => {
      const sha256 = baseOf(owner, name);
      return sha256 ? [{ Path: pathOf(name), Unless: `${owner}.*${sha256}*` }] : [];
    });
    const kept = await this.#remove([...own, ...bases], options);
    return own.some(({ Path }) => !kept.includes(Path));
  }

  /** Makes a disk on top of an image's copy, which is made first if need be. */
  async #derive(
    Path: string,
    parent: { readonly path: string; readonly from: string; readonly isThere: boolean },
    options: Options,
  ): Promise<void> {
    const made = { Path, ParentPath: parent.path, Differencing: true } as const;
    const limits = { ...options, timeoutMs: MAKE_MS };
    let isThere = parent.isThere;
    for (let copies = 1;; copies++) {
      if (!isThere) await this.#ensureCopy(parent.from, parent.path, options);
      try {
        return void await this.#alone(() => this.#session.call("New-VHD", made, limits), options);
      } catch (error) {
        // Who removed the last disk that referred to it has removed it, too.
        if (copies === MOST_COPIES || !isRefused(error, "VmtckNoParent")) throw error;
        isThere = false;
      }
    }
  }

  /** A copy is put in its place when it is whole, so one that is there is whole. */
  async #ensureCopy(from: string, to: string, options: Options): Promise<void> {
    const copy = async (): Promise<void> => {
      try {
        await this.#copy(from, to, options);
      } catch (error) {
        // Somebody else was faster with the same bytes.
        if (!isRefused(error, "VmtckExists")) throw error;
      }
    };
    await this.#session.locks.run(`copy:${to}`, copy, options);
  }

  async #copy(From: string, To: string, options: Options): Promise<void> {
    await this.#session.call("Copy-VmtckDisk", { From, To }, { ...options, timeoutMs: COPY_MS });
  }

  /** Removes a disk that no machine has: it is left over from before. */
  async #clear(path: string, options: Options): Promise<void> {
    // To whom Hyper-V shows no machines, each disk looks as if it were left over.
    await this.#session.assertHealthy(options);
    const kept = await this.#remove([{ Path: path }], options);
    if (kept.length === 0) return;
    const why =
      `The disk "${path}" belongs to a machine of another name: rename or remove that one`;
    throw new BackendError("refused", "InvalidState", why);
  }

  /** Answers what stays. Hyper-V may keep a file for a moment after the machine is gone. */
  async #remove(Items: Doomed, options: Options): Promise<readonly string[]> {
    if (Items.length === 0) return [];
    const remove = () => this.#session.call("Remove-VmtckItems", { Items }, options);
    for (let tries = 1;; tries++) {
      try {
        return (await this.#alone(remove, options)).kept;
      } catch (error) {
        if (tries === MOST_TRIES || !isBusy(error)) throw error;
        await this.#session.clock.sleep(RETRY_MS, options);
      }
    }
  }

  /** No base may go while a disk is made on top of it. */
  #alone<T>(work: () => Promise<T>, options: Options): Promise<T> {
    return this.#session.locks.run(`disks:${this.#session.owner}`, work, options);
  }
}
