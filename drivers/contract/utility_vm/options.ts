/**
 * What utility VMs are made from.
 *
 * @module
 */

/** The guests that a utility VM can have: exactly these words. */
export const GUEST_SYSTEMS = ["windows", "linux"] as const;

/** One of {@linkcode GUEST_SYSTEMS}. */
export type GuestSystem = typeof GUEST_SYSTEMS[number];

/** The kinds of root file system that a Linux guest starts from; the first one is the default. */
export const ROOT_FILE_SYSTEMS = ["initrd", "vhd"] as const;

/** One of {@linkcode ROOT_FILE_SYSTEMS}. */
export type RootFileSystem = typeof ROOT_FILE_SYSTEMS[number];

/** What both kinds of guest have in common. */
export interface CommonUtilityVmOptions {
  /** Its identity on the host, at most 255 characters without control characters; made up if absent. */
  readonly id?: string;
  /** Its memory, rounded up to an even number of MiB; 1 GiB if absent. */
  readonly memoryBytes?: number;
  /** Its processors; 2 if absent, or 1 where the host has one. */
  readonly cpus?: number;
  /** SCSI controllers, 0 or 1; 1 if absent. A Windows guest needs one for its scratch disk. */
  readonly scsiControllers?: number;
  /**
   * JSON text of an object that is merged into the document that the VM is made from, by the rules of
   * RFC 7396: objects merge, all else replaces, `null` removes. Empty text changes nothing.
   */
  readonly additionalDocument?: string;
}

/** A utility VM with a Windows guest. */
export interface WindowsUtilityVmOptions extends CommonUtilityVmOptions {
  /** The guest. */
  readonly os: "windows";
  /**
   * At least two folders: the read-only layers, top-most first, then the scratch folder. The first one
   * with a folder `UtilityVM` holds the guest. The scratch folder and its disk are made if missing.
   */
  readonly layerFolders: readonly string[];
}

/** A utility VM with a Linux guest. */
export interface LinuxUtilityVmOptions extends CommonUtilityVmOptions {
  /** The guest. */
  readonly os: "linux";
  /** The folder with the kernel and the root file system; the driver's own default if absent. */
  readonly bootFilesPath?: string;
  /** The kernel's file in that folder; `kernel` if absent. */
  readonly kernelFile?: string;
  /**
   * The root file system's file in that folder; `.vhd` and `.vhdx` in any case are disks, all else is
   * an initial RAM disk. If absent, `initrd.img` or `rootfs.vhd` by {@linkcode rootFileSystem}.
   */
  readonly rootFile?: string;
  /** Which root file system to start from where no file is named; `initrd` if absent. */
  readonly rootFileSystem?: RootFileSystem;
  /** More words for the kernel's command line. */
  readonly kernelOptions?: string;
  /** Whether it has a screen and a keyboard; no if absent. */
  readonly graphicsConsole?: boolean;
  /** The named pipe of its serial console, such as `\\.\pipe\vmpipe`. */
  readonly consolePipe?: string;
  /** VPMEM devices, 0 to 128; 64 if absent. A root file system on a disk takes device 0. */
  readonly vpmemDevices?: number;
}

/** What a utility VM is made from. Read once; never written to. */
export type UtilityVmOptions = WindowsUtilityVmOptions | LinuxUtilityVmOptions;
