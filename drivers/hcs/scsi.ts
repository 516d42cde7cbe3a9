/**
 * SCSI disks.
 *
 * @module
 */

import {
  type CallOptions,
  SCSI_LUNS,
  type ScsiAttachment,
  type ScsiDisk,
  type ScsiDisks,
} from "../contract/mod.ts";
import { Attachments, type Making, Places, takeMount } from "./attachments.ts";
import type { JsonObject } from "./backend.ts";
import type { Inventory } from "./documents.ts";
import { type About, invalid, trouble } from "./errors.ts";
import type { Link } from "./link.ts";
import { assertGuestPath, assertHostPath, pathKey } from "./paths.ts";

/** The one controller. */
const CONTROLLER = 0;

/** See {@linkcode ScsiDisks}. */
export class HcsScsiDisks implements ScsiDisks {
  readonly #link: Link;
  readonly #hasController: boolean;
  readonly #places: Places;
  readonly #reserved: ReadonlySet<string>;
  readonly #disks: Attachments<ScsiAttachment>;

  /** With the disks that the VM was made with. */
  constructor(link: Link, { hasScsi, disks }: Inventory) {
    this.#link = link;
    this.#hasController = hasScsi;
    this.#places = new Places(SCSI_LUNS, disks.map(({ slot }) => slot));
    this.#reserved = new Set(disks.map(({ hostPath }) => pathKey(hostPath)));
    this.#disks = new Attachments(link);
  }

  async add(disk: ScsiDisk, { signal }: CallOptions = {}): Promise<ScsiAttachment> {
    const about = aboutDisk("scsi.add", disk?.hostPath, signal);
    const { info } = await this.#disks.add(about, () => this.#assertDisk(disk), () => {
      const key = pathKey(disk.hostPath);
      if (this.#reserved.has(key)) throw alreadyAttached();
      return {
        key,
        make: () => this.#make(disk),
        again: () => {
          throw alreadyAttached();
        },
      };
    });
    return info;
  }

  async remove(hostPath: string, { signal }: CallOptions = {}): Promise<void> {
    const about = aboutDisk("scsi.remove", hostPath, signal);
    await this.#disks.remove(about, () => this.#assertPath(hostPath), () => {
      const key = pathKey(hostPath);
      if (this.#reserved.has(key)) throw trouble("reserved", "The VM runs from this disk");
      return key;
    });
  }

  attached(): readonly ScsiAttachment[] {
    return this.#disks.list("scsi.attached").map(({ info }) => info);
  }

  #assertPath(hostPath: string): void {
    this.#link.life.assertOpen();
    if (!this.#hasController) {
      throw trouble("no-scsi-controllers", "The VM was made without SCSI controllers");
    }
    assertHostPath(hostPath);
  }

  #assertDisk(disk: ScsiDisk): void {
    this.#assertPath(disk?.hostPath);
    if (disk.guestPath !== undefined) assertGuestPath(disk.guestPath, this.#link.os);
    if (disk.readOnly !== undefined && typeof disk.readOnly !== "boolean") {
      throw invalid(`"readOnly" is true or false: ${JSON.stringify(disk.readOnly)}`);
    }
  }

  #make({ hostPath, guestPath, readOnly = false }: ScsiDisk): Making<ScsiAttachment> {
    const giveBack = takeMount(this.#link, guestPath);
    let lun: number;
    try {
      lun = this.#places.take("SCSI disks");
    } catch (error) {
      giveBack();
      throw error;
    }
    const link = this.#link;
    const disk = link.onHost({
      path: `Scsi/${CONTROLLER}/Attachments/${lun}`,
      what: `scsi:${CONTROLLER}:${lun}=${hostPath}`,
      add: { Path: hostPath, Type: "VirtualDisk", ...(readOnly && { ReadOnly: true }) },
    });
    const mount = guestPath === undefined
      ? []
      : [link.inGuest({ ...this.#mount(guestPath, lun, readOnly), what: `disk:${guestPath}` })];
    const location = { key: `${CONTROLLER}:${lun}`, controller: CONTROLLER, lun };
    return {
      info: { hostPath, ...(guestPath !== undefined && { guestPath }), readOnly, location },
      steps: [link.accessTo(hostPath), disk, ...mount],
      release: () => {
        this.#places.free(lun);
        giveBack();
      },
    };
  }

  #mount(
    path: string,
    Lun: number,
    ReadOnly: boolean,
  ): { type: string; add: JsonObject; remove: JsonObject } {
    const type = "MappedVirtualDisk";
    if (this.#link.os === "windows") {
      const add = { ContainerPath: path, Lun };
      return { type, add, remove: add };
    }
    // Also to unmount, the guest has to know whether it was read-only: so it finds what it made of it.
    const add = { MountPath: path, Lun, Controller: CONTROLLER, ReadOnly };
    return { type, add, remove: add };
  }
}

function alreadyAttached(): Error {
  return trouble("already-attached", "It is attached already");
}

function aboutDisk(operation: string, hostPath: string, signal: AbortSignal | undefined): About {
  return { operation, subject: `attachment:${hostPath}`, signal };
}
