/**
 * Disks of machines, and what they are made from, in one folder of the host.
 *
 * A disk is called by its machine and by its image's checksum, so that the names alone say which base
 * is still in use: nothing has to be opened for that.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { ImageFile } from "../images/mod.ts";
import { isBusy, isRefused } from "./errors.ts";
import type { HostSession, Options } from "./host_session.ts";
import type { Undo } from "../backend/undo.ts";

/** A copy takes as long as it takes. */
const COPY_MS = 30 * 60_000;
/** It is made at once, but perhaps by a PowerShell that has to be started for it. */
const MAKE_MS = 120_000;
/** How often, and how long after each other, a file that is in use is tried to be removed. */
const MOST_TRIES = 6;
const RETRY_MS = 250;
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
    undo: Undo,
    options: Options,
  ): Promise<string> {
    const { owner, settings, locks } = this.#session;
    const folder = await this.#session.folder(options);
    const disk = diskName(machine, image.sha256);
    const path = `${folder}\\${disk}`;
    if (settings.copy === "full") {
      await this.#clear(path, options);
      undo.add(`disk:${disk}`, () => this.#clear(path, {}));
      await this.#copy(image.path, path, options);
      return path;
    }
    const base = baseName(owner, image.sha256);
    undo.add(
      `disk:${base}`,
      () => locks.run(`disk:${base}`, () => this.#release(folder, base, {})),
    );
    await locks.run(`disk:${base}`, async () => {
      await this.#ensureBase(image.path, `${folder}\\${base}`, options);
      await this.#clear(path, options);
      undo.add(`disk:${disk}`, () => this.#clear(path, {}));
      const ParentPath = `${folder}\\${base}`;
      const made = { Path: path, ParentPath, Differencing: true } as const;
      await this.#session.call("New-VHD", made, { ...options, timeoutMs: MAKE_MS });
    }, options);
    return path;
  }

  /**
   * Removes all files of a machine whose registration is gone, and its base if nothing uses that any
   * more; answers whether there were any.
   */
  async remove(machine: string, options: Options): Promise<boolean> {
    const folder = await this.#session.folder(options);
    const files = await this.#files(folder, options);
    const found = files.filter((file) => isDiskOf(machine, file));
    const used = found.length > 0 ? await this.#used(options) : [];
    const disks = found.filter((disk) => !used.includes(`${folder}\\${disk}`.toLowerCase()));
    for (const disk of disks) await this.#remove(`${folder}\\${disk}`, options);
    const hadHome = await this.removeHome(machine, options);
    const bases = files.filter((file) => file.startsWith(`${this.#session.owner}.base.`));
    for (const base of bases) {
      await this.#session.locks.run(
        `disk:${base}`,
        () => this.#release(folder, base, options),
        options,
      );
    }
    return disks.length > 0 || hadHome;
  }

  /** Removes what Hyper-V leaves of a machine's configuration, if only the folder itself. */
  async removeHome(machine: string, options: Options): Promise<boolean> {
    const Path = `${await this.#session.folder(options)}\\${machine}`;
    const { exists } = await this.#session.call("Test-VmtckPath", { Path }, options);
    if (!exists || (await this.#used(options)).includes(Path.toLowerCase())) return false;
    await this.#session.call("Remove-VmtckItem", { Path, Recurse: true }, options);
    return true;
  }

  /** Removes a base that no disk refers to. Whoever calls it holds the base's lock. */
  async #release(folder: string, base: string, options: Options): Promise<void> {
    const { owner } = this.#session;
    const sha256 = base.slice(`${owner}.base.`.length, -".vhdx".length);
    if (base !== baseName(owner, sha256) || !new RegExp(`^${SHA256}$`).test(sha256)) return;
    const files = await this.#files(folder, options);
    const isUsed = files.some((file) =>
      file !== base && file.startsWith(`${owner}.`) && file.includes(`.${sha256}`)
    );
    if (!isUsed) await this.#remove(`${folder}\\${base}`, options);
  }

  /** A copy is put in its place when it is whole, so one that is there is whole. */
  async #ensureBase(from: string, to: string, options: Options): Promise<void> {
    const { exists } = await this.#session.call("Test-VmtckPath", { Path: to }, options);
    if (exists) return;
    try {
      await this.#copy(from, to, options);
    } catch (error) {
      // Another process was faster with the same bytes.
      if (!isRefused(error, "VmtckExists")) throw error;
    }
  }

  async #copy(From: string, To: string, options: Options): Promise<void> {
    await this.#session.call("Copy-VmtckDisk", { From, To }, { ...options, timeoutMs: COPY_MS });
  }

  /** Removes a disk that no machine has: it is left over from before. */
  async #clear(path: string, options: Options): Promise<void> {
    const { exists } = await this.#session.call("Test-VmtckPath", { Path: path }, options);
    if (!exists) return;
    if (!(await this.#used(options)).includes(path.toLowerCase())) {
      return await this.#remove(path, options);
    }
    const why =
      `The disk "${path}" belongs to a machine of another name: rename or remove that one`;
    throw new BackendError("refused", "InvalidState", why);
  }

  /**
   * The disks and folders of all machines, in lower case: somebody may have given a machine another
   * name.
   */
  async #used(options: Options): Promise<string[]> {
    const { vms } = await this.#session.call("Get-VM", {}, options);
    const paths = vms.flatMap((vm) => [vm.path, ...vm.hardDrives.map(({ path }) => path)]);
    return paths.map((path) => path.toLowerCase());
  }

  /** Hyper-V may keep a file for a moment after the machine is gone. */
  async #remove(Path: string, options: Options): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        return void await this.#session.call("Remove-VmtckItem", { Path }, options);
      } catch (error) {
        if (tries === MOST_TRIES || !isBusy(error)) throw error;
        await this.#session.clock.sleep(RETRY_MS, options);
      }
    }
  }

  /** The names of the files that lie in the folder itself. */
  async #files(folder: string, options: Options): Promise<string[]> {
    const { items } = await this.#session.call("Get-VmtckItems", { Path: folder }, options);
    return items.filter((item) => !item.folder)
      .map((item) => item.path.slice(folder.length + 1))
      .filter((name) => !/[\\/]/.test(name));
  }
}
