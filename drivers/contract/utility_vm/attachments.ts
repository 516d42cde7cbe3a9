/**
 * What can be attached to a running utility VM.
 *
 * A change is seen by nobody before the host has made it: an attachment under way is in no list, and
 * whoever asks for the same one waits for its end.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";

/** Where a device is. */
export interface DeviceLocation {
  /** The host's own words; opaque, and unique among the VM's devices of that kind. */
  readonly key: string;
  /** The SCSI controller's number, where there are numbers. */
  readonly controller?: number;
  /** The disk's number on its controller, where there are numbers. */
  readonly lun?: number;
  /** The VPMEM device's number, where there are numbers. */
  readonly device?: number;
}

/** A disk to attach. */
export interface ScsiDisk {
  /** The disk's file on the host, an absolute path. */
  readonly hostPath: string;
  /** Where the guest mounts it; attached and not mounted if absent. */
  readonly guestPath?: string;
  /** Whether it cannot be written to; no if absent. */
  readonly readOnly?: boolean;
}

/** An attached disk. */
export interface ScsiAttachment extends ScsiDisk {
  /** Where it is. */
  readonly location: DeviceLocation;
}

/** The SCSI disks of a utility VM. They are exclusive: each is attached once. */
export interface ScsiDisks {
  /**
   * Attaches a disk at the lowest free location, and mounts it in the guest if it has a guest path.
   * On failure nothing is attached and the location is free, or the error's `leftovers` says what is.
   *
   * @throws {DriverError} `failed-precondition` with reason `no-scsi-controllers`, before all else;
   * `already-exists` with reason `already-attached`; `resource-exhausted` with reason
   * `no-available-location`; `failed-precondition` with reason `conflict` if the guest path is taken,
   * or with reason `not-running`; `invalid-argument`
   */
  add(disk: ScsiDisk, options?: CallOptions): Promise<ScsiAttachment>;
  /**
   * Has the guest let go of a disk, and detaches it. On failure it is still attached, and the call can
   * be made again.
   *
   * @throws {DriverError} `failed-precondition` with reason `no-scsi-controllers`, before all else;
   * `not-found` with reason `not-attached`; `failed-precondition` with reason `reserved` for the VM's
   * own disk, or with reason `not-running`; `invalid-argument`
   */
  remove(hostPath: string, options?: CallOptions): Promise<void>;
  /** What is attached, without the VM's own disk, sorted by host path. */
  attached(): readonly ScsiAttachment[];
}

/** A persistent memory device to attach. */
export interface VpmemDevice {
  /** The device's file on the host, an absolute path. */
  readonly hostPath: string;
  /** Whether the guest mounts it; no if absent. */
  readonly expose?: boolean;
}

/** An attached persistent memory device. */
export interface VpmemAttachment {
  /** The device's file on the host. */
  readonly hostPath: string;
  /** Where it is. */
  readonly location: DeviceLocation;
  /** Where the guest has it mounted; absent if it has not. */
  readonly guestPath?: string;
  /** How many adds of it were not removed. */
  readonly references: number;
}

/** Facet: persistent memory devices, read-only. They are shared: each add needs a remove. */
export interface VpmemDevices {
  /**
   * Attaches a device at the lowest free number, or counts one more reference to it. Exposes it to the
   * guest if that is asked for and has not been done.
   *
   * @throws {DriverError} `resource-exhausted` with reason `no-available-location`;
   * `failed-precondition` with reason `not-running`; `invalid-argument`
   */
  add(device: VpmemDevice, options?: CallOptions): Promise<VpmemAttachment>;
  /**
   * Gives one reference back; with the last one the device is detached. On failure the reference is
   * kept, and the call can be made again.
   *
   * @throws {DriverError} `not-found` with reason `not-attached`; `failed-precondition` with reason
   * `reserved` for the VM's own root file system, or with reason `not-running`; `invalid-argument`
   */
  remove(hostPath: string, options?: CallOptions): Promise<void>;
  /** What is attached, without the VM's own root file system, sorted by host path. */
  attached(): readonly VpmemAttachment[];
}

/** How a VSMB share may be used; the host's own words for what is not named here. */
export interface VsmbOptions {
  /** Whether it cannot be written to; yes if absent. */
  readonly readOnly?: boolean;
  /** More options of the host's schema, such as `{ CacheIo: true }`. */
  readonly flags?: Readonly<Record<string, boolean>>;
}

/** A folder to share with a Windows guest. */
export interface VsmbFolder extends VsmbOptions {
  /** The folder on the host, an absolute path. */
  readonly hostPath: string;
  /** What the guest is told when the share is there: a JSON value of the guest's own protocol. */
  readonly guestRequest?: unknown;
}

/** A shared folder. */
export interface VsmbShare {
  /** The folder on the host. */
  readonly hostPath: string;
  /** The share's name, unique in the VM for as long as it lives. */
  readonly name: string;
  /** Where the guest finds it. */
  readonly guestPath: string;
  /** Whether it cannot be written to. */
  readonly readOnly: boolean;
  /** How many adds of it were not removed. */
  readonly references: number;
}

/** Facet of Windows guests: folders of the host. They are shared: each add needs a remove. */
export interface VsmbShares {
  /**
   * Shares a folder, or counts one more reference to its share.
   *
   * @throws {DriverError} `failed-precondition` with reason `conflict` if it is shared with other
   * options, or with reason `not-running`; `invalid-argument`
   */
  add(folder: VsmbFolder, options?: CallOptions): Promise<VsmbShare>;
  /**
   * Gives one reference back; with the last one the share is removed. On failure the reference is
   * kept, and the call can be made again.
   *
   * @throws {DriverError} `not-found` with reason `not-attached`; `failed-precondition` with reason
   * `not-running`; `invalid-argument`
   */
  remove(hostPath: string, options?: CallOptions): Promise<void>;
  /**
   * Where the guest finds a shared folder.
   *
   * @throws {DriverError} `not-found` with reason `not-attached`; `invalid-argument`
   */
  guestPath(hostPath: string): string;
  /** What is shared, without what the guest starts from, sorted by host path. */
  attached(): readonly VsmbShare[];
}

/** A folder to share with a Linux guest. */
export interface Plan9Folder {
  /** The folder on the host, an absolute path. */
  readonly hostPath: string;
  /** Where the guest mounts it, an absolute path of the guest. */
  readonly guestPath: string;
  /** Whether it cannot be written to; no if absent. */
  readonly readOnly?: boolean;
}

/** A shared folder. */
export interface Plan9Share extends Plan9Folder {
  /** The share's name, unique in the VM for as long as it lives. */
  readonly name: string;
  /** Whether it cannot be written to. */
  readonly readOnly: boolean;
  /** How many adds of it were not removed. */
  readonly references: number;
}

/** Facet of Linux guests: folders of the host. They are shared: each add needs a remove. */
export interface Plan9Shares {
  /**
   * Shares a folder and mounts it, or counts one more reference to its share.
   *
   * @throws {DriverError} `failed-precondition` with reason `conflict` if it is shared at another guest
   * path or with other options, or the guest path is taken, or with reason `not-running`;
   * `invalid-argument`
   */
  add(folder: Plan9Folder, options?: CallOptions): Promise<Plan9Share>;
  /**
   * Gives one reference back; with the last one the share is removed. On failure the reference is
   * kept, and the call can be made again.
   *
   * @throws {DriverError} `not-found` with reason `not-attached`; `failed-precondition` with reason
   * `not-running`; `invalid-argument`
   */
  remove(hostPath: string, options?: CallOptions): Promise<void>;
  /** What is shared, sorted by host path. */
  attached(): readonly Plan9Share[];
}

/** A network endpoint of the host. */
export interface NetworkEndpoint {
  /** Its GUID. */
  readonly id: string;
  /** Its MAC address, such as `00-15-5D-52-C0-00`. */
  readonly macAddress: string;
  /** The host's own settings of it, for the guest: a JSON object. */
  readonly settings?: unknown;
}

/** A network namespace in the guest. */
export interface NetworkNamespace {
  /** Its GUID. */
  readonly id: string;
  /** The network adapters that it brought. */
  readonly adapters: readonly {
    /** The adapter's GUID, made up for this VM. */
    readonly id: string;
    /** The endpoint behind it. */
    readonly endpoint: string;
  }[];
  /** How many adds of it were not removed. */
  readonly references: number;
}

/** Facet: network namespaces. They are shared: each add needs a remove. */
export interface NetworkNamespaces {
  /**
   * Makes a namespace in the guest and an adapter for each endpoint, in their order; or counts one more
   * reference to the namespace. On failure nothing of it is left, or the error's `leftovers` says what.
   *
   * @throws {DriverError} `failed-precondition` with reason `conflict` if the namespace has other
   * endpoints, or with reason `not-running`; `aborted` if an endpoint is in use; `invalid-argument`
   */
  add(
    id: string,
    endpoints: readonly NetworkEndpoint[],
    options?: CallOptions,
  ): Promise<NetworkNamespace>;
  /**
   * Gives one reference back; with the last one the adapters are removed, newest first, then the
   * namespace. On failure what is left is kept in mind, and the call can be made again.
   *
   * @throws {DriverError} `not-found` with reason `not-attached`; `failed-precondition` with reason
   * `not-running`; `invalid-argument`
   */
  remove(id: string, options?: CallOptions): Promise<void>;
  /** The namespaces, sorted by id. */
  attached(): readonly NetworkNamespace[];
}
