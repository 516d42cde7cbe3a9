/**
 * What users configure, as the keys are in their files: the plugin, and a task. Both generations of
 * the original: the keys of the documented one first, those of the later one where they differ. A
 * driver's schemas say which keys it takes.
 *
 * @module
 */

import type { PortProtocol } from "./net.ts";

/** How the hypervisor is reached. */
export interface EmulatorConfig {
  /** Such as `qemu:///system`; the driver's default if absent. */
  readonly uri?: string;
  /** For connections that ask who is there. */
  readonly user?: string;
  /** A secret. */
  readonly password?: string;
}

/** Where disks can be kept. The later generation. */
export interface StoragePoolsConfig {
  /** The pool of disks that name none; needed where there are several. */
  readonly default?: string;
  /** Folders, by the name of the pool. */
  readonly directory?: Readonly<Record<string, { readonly path: string }>>;
  /** Ceph pools, by the name of the pool. */
  readonly ceph?: Readonly<
    Record<string, {
      readonly pool: string;
      readonly hosts: readonly string[];
      readonly authentication?: { readonly username: string; readonly secret: string };
    }>
  >;
}

/** The plugin's configuration. */
export interface TaskPluginConfig {
  /** How the hypervisor is reached. */
  readonly emulator?: EmulatorConfig;
  /** Where the driver keeps what it makes; absolute. */
  readonly data_dir?: string;
  /** The folders that images may come from, besides the task's own and `data_dir`; absolute. */
  readonly image_paths?: readonly string[];
  /** The later generation's `emulator`. */
  readonly provider?: {
    readonly libvirt?: EmulatorConfig & { readonly allow_insecure_readonly_mounts?: boolean };
  };
  /** The later generation's `data_dir`. */
  readonly storage_pools?: StoragePoolsConfig;
}

/** What the guest's machine looks like. */
export interface OsConfig {
  /** Such as `x86_64`. */
  readonly arch?: string;
  /** Such as `pc-i440fx-jammy`. */
  readonly machine?: string;
}

/** A disk. The later generation, in place of `image`, `use_thin_copy` and `primary_disk_size`. */
export interface DiskConfig {
  /** The pool; the default one if absent. */
  readonly pool?: string;
  /** The name of a volume that the job has. */
  readonly volume?: string;
  /** The guest's name for it, such as `vda`. */
  readonly devname?: string;
  /** `qemu`. */
  readonly driver?: string;
  /** By default `disk`. */
  readonly kind?: "disk" | "lun" | "cdrom";
  /** By default `virtio`; `ide` for `cdrom`. */
  readonly bus_type?: "virtio" | "ide" | "scsi" | "sata" | "usb";
  /** By default `qcow2` in a folder. */
  readonly format?: "raw" | "qcow2";
  /** Whether the guest boots from it: exactly one, and a single disk by itself. */
  readonly primary?: boolean;
  /** Bytes, or a number with a unit such as `10GiB`; the source's by default, and never less. */
  readonly size?: number | string;
  /** Whether it is a thin copy over its untouched source. */
  readonly chained?: boolean;
  /** Whether the guest may only read it. */
  readonly read_only?: boolean;
  /** Whether its space is taken as it is used. */
  readonly sparse?: boolean;
  /** What it is made from: an image or a volume. */
  readonly source?: {
    readonly image?: string;
    readonly volume?: string;
    readonly format?: "raw" | "qcow2";
  };
}

/** An interface on a bridge of the host. */
export interface BridgeConfig {
  /** The bridge, such as `virbr0`. */
  readonly name: string;
  /** The labels of those ports of the task that lead to the guest. */
  readonly ports?: readonly string[];
}

/** An interface on a device of the host. The later generation. */
export interface MacvtapConfig {
  /** The device, such as `eth0`. */
  readonly device: string;
  /** By default `bridge`. */
  readonly mode?: "bridge" | "private" | "vepa" | "passthrough";
}

/** One network interface: exactly one of the two. */
export interface NetworkInterfaceConfig {
  /** On a bridge. */
  readonly bridge?: BridgeConfig;
  /** On a device. */
  readonly macvtap?: MacvtapConfig;
}

/** What a job's author says about a task. */
export interface TaskConfig {
  /** The image's file: absolute, or below the task's own folder. */
  readonly image?: string;
  /** The guest's host name: a label of RFC 1123; made from the task by default. */
  readonly hostname?: string;
  /** What the guest's machine looks like; as the host by default. */
  readonly os?: OsConfig;
  /** For cloud-init: a file, or the text itself. */
  readonly user_data?: string;
  /** Such as `Europe/Berlin`. */
  readonly timezone?: string;
  /** Commands at the first boot, each of them one shell line. */
  readonly cmds?: readonly string[];
  /** An SSH key that may log in as the image's default user. */
  readonly default_user_authorized_ssh_key?: string;
  /** That user's password; a secret. */
  readonly default_user_password?: string;
  /** Whether the disk is a thin copy, over the untouched image. */
  readonly use_thin_copy?: boolean;
  /** The disk's size in megabytes (10⁶ bytes); the image's by default, and never less. */
  readonly primary_disk_size?: number;
  /** The network interfaces, at most one; the driver's default network if absent. */
  readonly network_interface?: readonly NetworkInterfaceConfig[];
  /** The disks, in the later generation. */
  readonly disk?: readonly DiskConfig[];
}

/** One port that the agent gave to a task. */
export interface TaskPort {
  /** What the task calls it. */
  readonly label: string;
  /** The host's port. */
  readonly value: number;
  /** The guest's port; the same as the host's if 0. */
  readonly to: number;
  /** The host's address, such as `192.0.2.1` or `127.0.0.1`. */
  readonly hostIp: string;
  /** By default `tcp`. */
  readonly protocol?: PortProtocol;
}
