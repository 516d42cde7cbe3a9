/**
 * The documents that utility VMs are made from. Pure functions; the shapes are the service's.
 *
 * @module
 */

import { type GuestSystem, SCSI_LUNS, type UvmFacet } from "../contract/mod.ts";
import type { Json } from "../backend/backend.ts";
import type { JsonObject } from "./backend.ts";
import { trouble } from "./errors.ts";
import type { LinuxPlan, Plan, WindowsPlan } from "./options.ts";
import { imageFormatOf, join } from "./paths.ts";

/** A version of the service's schema. */
export interface SchemaVersion {
  /** Before the dot. */
  readonly Major: number;
  /** After the dot. */
  readonly Minor: number;
}

/** The first version with virtual machines. */
export const OLDEST_SCHEMA: SchemaVersion = { Major: 2, Minor: 1 };
/** The first version that starts a Linux kernel without firmware. */
export const KERNEL_DIRECT_SCHEMA: SchemaVersion = { Major: 2, Minor: 2 };

/** Whether a host's version includes another one. */
export function includes(host: SchemaVersion, wanted: SchemaVersion): boolean {
  return host.Major === wanted.Major && host.Minor >= wanted.Minor;
}

/** What a document is made from besides the options. */
export interface DocumentParts {
  /** Whose VM it is. */
  readonly owner: string;
  /** The newest version that the host has. */
  readonly schema: SchemaVersion;
  /** For a Windows guest: the folder `UtilityVM` of its layers. */
  readonly utilityVmFolder?: string;
}

/** Who may connect to the VM's sockets: the system and administrators. */
const SOCKET_SECURITY = "D:P(A;;FA;;;SY)(A;;FA;;;BA)";
/** Where the guest's agent sends what it has to say. */
const LOG_PORT = 109;
/** The scratch disk in its folder. */
export const SCRATCH_DISK = "sandbox.vhdx";

/** The document for a plan, with the caller's additions. */
export function createDocument(plan: Plan, parts: DocumentParts): JsonObject {
  const base = plan.os === "windows" ? windowsDocument(plan, parts) : linuxDocument(plan, parts);
  return mergePatch(base, plan.additions) as JsonObject;
}

function systemDocument(
  owner: string,
  { Major, Minor }: SchemaVersion,
  machine: JsonObject,
): JsonObject {
  return {
    Owner: owner,
    SchemaVersion: { Major, Minor },
    // Nothing of it outlives the program that made it.
    ShouldTerminateOnLastHandleClosed: true,
    VirtualMachine: { StopOnReset: true, ...machine },
  };
}

function topology({ memoryMiB, cpus }: Plan): JsonObject {
  return {
    Memory: { SizeInMB: memoryMiB, AllowOvercommit: true },
    Processor: { Count: cpus },
  };
}

const HV_SOCKET: JsonObject = {
  HvSocketConfig: { DefaultBindSecurityDescriptor: SOCKET_SECURITY },
};

function windowsDocument(
  plan: WindowsPlan,
  { owner, utilityVmFolder = "" }: DocumentParts,
): JsonObject {
  const DevicePath = "\\EFI\\Microsoft\\Boot\\bootmgfw.efi";
  const scratch = { Path: join(plan.scratch, SCRATCH_DISK), Type: "VirtualDisk" };
  return systemDocument(owner, OLDEST_SCHEMA, {
    Chipset: { Uefi: { BootThis: { DevicePath, DeviceType: "VmbFs" } } },
    ComputeTopology: topology(plan),
    // Its presence makes a start wait for the guest.
    GuestConnection: {},
    Devices: {
      HvSocket: HV_SOCKET,
      Scsi: { "0": { Attachments: { "0": scratch } } },
      VirtualSmb: {
        DirectFileMappingInMB: 1024,
        Shares: [{
          Name: "os",
          Path: join(utilityVmFolder, "Files"),
          Options: {
            ReadOnly: true,
            PseudoOplocks: true,
            TakeBackupPrivilege: true,
            CacheIo: true,
            ShareRead: true,
          },
        }],
      },
    },
  });
}

function linuxDocument(plan: LinuxPlan, { owner, schema }: DocumentParts): JsonObject {
  const isDirect = includes(schema, KERNEL_DIRECT_SCHEMA);
  const console = plan.consolePipe === undefined
    ? {}
    : { ComPorts: { "0": { NamedPipe: plan.consolePipe } } };
  const screen = plan.graphicsConsole
    ? { Keyboard: {}, EnhancedModeVideo: {}, VideoMonitor: {} }
    : {};
  return systemDocument(owner, isDirect ? KERNEL_DIRECT_SCHEMA : OLDEST_SCHEMA, {
    Chipset: isDirect ? directChipset(plan) : firmwareChipset(plan),
    ComputeTopology: topology(plan),
    GuestConnection: { UseVsock: true, UseConnectedSuspend: true },
    Devices: {
      ...console,
      ...screen,
      HvSocket: HV_SOCKET,
      ...(plan.scsiControllers > 0 && { Scsi: { "0": { Attachments: {} } } }),
      ...(!isDirect && { VirtualSmb: { Shares: [bootShare(plan)] } }),
      ...(plan.vpmemDevices > 0 && { VirtualPMem: vpmem(plan) }),
    },
  });
}

function firmwareChipset(plan: LinuxPlan): JsonObject {
  const root = plan.rootIsDisk ? rootDiskWords() : [`initrd=/${plan.root}`];
  return {
    Uefi: {
      BootThis: {
        DeviceType: "VmbFs",
        DevicePath: `\\${plan.kernel}`,
        OptionalData: kernelLine(plan, root),
      },
    },
  };
}

function directChipset(plan: LinuxPlan): JsonObject {
  return {
    LinuxKernelDirect: {
      KernelFilePath: join(plan.bootFiles, plan.kernel),
      ...(!plan.rootIsDisk && { InitRdPath: join(plan.bootFiles, plan.root) }),
      KernelCmdLine: kernelLine(plan, plan.rootIsDisk ? rootDiskWords() : []),
    },
  };
}

/** Where firmware reads the kernel and the root file system from. */
function bootShare({ bootFiles }: LinuxPlan): JsonObject {
  const Options = { ReadOnly: true, TakeBackupPrivilege: true, CacheIo: true, ShareRead: true };
  return { Name: "os", Path: bootFiles, Options };
}

function vpmem(plan: LinuxPlan): JsonObject {
  const HostPath = join(plan.bootFiles, plan.root);
  const Devices = { "0": { HostPath, ReadOnly: true, ImageFormat: imageFormatOf(plan.root) } };
  return { MaximumCount: plan.vpmemDevices, ...(plan.rootIsDisk && { Devices }) };
}

function rootDiskWords(): string[] {
  return ["root=/dev/pmem0", "init=/init"];
}

/** The kernel's command line; what is after `--` is the first process in the guest. */
function kernelLine(plan: LinuxPlan, root: readonly string[]): string {
  const hasConsole = plan.consolePipe !== undefined || plan.graphicsConsole;
  const agent = `/bin/vsockexec -e ${LOG_PORT} /bin/gcs -log-format json -loglevel info`;
  return [
    ...root,
    ...(plan.consolePipe === undefined ? [] : ["console=ttyS0,115200"]),
    ...(plan.graphicsConsole ? ["console=tty"] : []),
    ...(hasConsole ? [] : ["panic=-1"]),
    ...(plan.kernelOptions === "" ? [] : [plan.kernelOptions]),
    "--",
    // With a console, somebody may want a shell on it.
    hasConsole ? `sh -c "${agent} & exec sh"` : agent,
  ].join(" ");
}

/**
 * Merges a patch into a document by RFC 7396: objects merge, all else replaces, `null` removes. Neither
 * is changed.
 */
export function mergePatch(base: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(base) ? base : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (value !== undefined) merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member of a JSON object, down a path of keys. */
function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let here = value;
  for (const key of keys) here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return here;
}

/** A device that a document brings: its number, and the path of its file. */
export interface BuiltIn {
  /** The LUN, or the number of the VPMEM device. */
  readonly slot: number;
  /** The file's path on the host, or empty. */
  readonly hostPath: string;
}

/** What a document brings that the book-keeping of attachments has to know. */
export interface Inventory {
  /** Whether there is the SCSI controller "0". */
  readonly hasScsi: boolean;
  /** Its disks. */
  readonly disks: readonly BuiltIn[];
  /** How many VPMEM devices there can be. */
  readonly vpmemDevices: number;
  /** Those that are there. */
  readonly vpmem: readonly BuiltIn[];
  /** The names of VSMB shares. */
  readonly vsmbNames: readonly string[];
  /** The names of Plan9 shares. */
  readonly plan9Names: readonly string[];
}

/**
 * Reads off a document what it brings, wherever that comes from.
 *
 * @throws {Trouble} `out-of-range` with reason `too-many-attachments` for devices out of range
 */
export function inventoryOf(document: JsonObject): Inventory {
  const devices = at(document, "VirtualMachine", "Devices");
  const controllers = at(devices, "Scsi");
  const others = isObject(controllers) ? Object.keys(controllers).filter((key) => key !== "0") : [];
  if (others.length > 0) {
    const why = `The document has SCSI controllers besides "0": ${others.join(", ")}`;
    throw trouble("too-many-attachments", why);
  }
  const count = at(devices, "VirtualPMem", "MaximumCount");
  const vpmemDevices = typeof count === "number" ? count : 0;
  return {
    hasScsi: at(controllers, "0") !== undefined,
    disks: slots(at(controllers, "0", "Attachments"), "Path", SCSI_LUNS, "SCSI disk"),
    vpmemDevices,
    vpmem: slots(at(devices, "VirtualPMem", "Devices"), "HostPath", vpmemDevices, "VPMEM device"),
    vsmbNames: names(at(devices, "VirtualSmb", "Shares")),
    plan9Names: names(at(devices, "Plan9", "Shares")),
  };
}

function slots(
  value: Json | undefined,
  pathKey: string,
  limit: number,
  what: string,
): readonly BuiltIn[] {
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, device]) => {
    const slot = Number(key);
    if (!/^\d+$/.test(key) || slot >= limit) {
      throw trouble("too-many-attachments", `There is no place for ${what} "${key}"`);
    }
    const path = at(device, pathKey);
    return { slot, hostPath: typeof path === "string" ? path : "" };
  });
}

function names(shares: Json | undefined): readonly string[] {
  if (!Array.isArray(shares)) return [];
  return shares.flatMap((share) => {
    const name = at(share, "Name");
    return typeof name === "string" ? [name] : [];
  });
}

/** The facets of VMs with each guest. */
export const FACETS: Readonly<Record<GuestSystem, readonly UvmFacet[]>> = {
  windows: ["vsmb", "networks"],
  linux: ["vpmem", "plan9", "networks"],
};
