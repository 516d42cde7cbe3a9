/**
 * The methods below the adapter: Hyper-V's own cmdlets under their own names, and the few things that
 * no cmdlet does under names with `Vmtck` in them.
 *
 * @module
 */

import type { Backend } from "../backend/backend.ts";
import type { SshResult } from "../backend/ssh.ts";

export type { SshResult } from "../backend/ssh.ts";

/** Without content. */
export type None = Record<string, never>;
/** One method. */
export type Op<P, R> = { readonly params: Readonly<P>; readonly result: R };
/** A virtual machine's identifier: a GUID in lower case. */
export type VmId = { readonly Id: string };

/** What is asked of machines all the time. Each further property costs the host a look of its own. */
export type VmRecord = {
  readonly id: string;
  /** Not unique: Hyper-V lets several machines have one name. */
  readonly name: string;
  /** The name in the enumeration `VMState`; a value without one is its number as text. */
  readonly state: string;
  readonly notes: string;
};

/** What else there is to know of a machine. */
export type VmDetails = {
  readonly generation: number;
  /** The folder of its configuration. */
  readonly path: string;
  readonly processorCount: number;
  /** In bytes. */
  readonly memoryStartup: number;
  readonly checkpointType: string;
  readonly hardDrives: readonly { readonly path: string }[];
  /** In ISO 8601. */
  readonly creationTime: string;
};

/** A machine as it was when the call was done. */
export type Seen = { readonly vm: VmRecord };

/** A network adapter of a machine. */
export type AdapterRecord = {
  /** As Hyper-V has it: twelve digits without colons, in upper case; zeros before the first start. */
  readonly mac: string;
  /** All that the guest told, in its order; null while it told nothing. */
  readonly addresses: readonly string[] | null;
  /** Null if it is not connected. */
  readonly switchId: string | null;
};

/** What the host offers. */
export type HostRecord = {
  readonly virtualMachinePath: string;
  readonly virtualHardDiskPath: string;
  readonly logicalProcessorCount: number;
  /** In bytes. */
  readonly memoryCapacity: number;
};

/** A virtual disk. */
export type VhdRecord = {
  readonly path: string;
  /** `VHD`, `VHDX` or `VHDSet`. */
  readonly format: string;
  /** `Fixed`, `Dynamic` or `Differencing`. */
  readonly type: string;
  readonly parentPath: string | null;
  /** What the guest sees, in bytes. */
  readonly size: number;
  readonly fileSize: number;
};

/** A file or folder, by its name. */
export type ItemRecord = { readonly name: string; readonly folder: boolean };

/** What machines are made on. */
export type GroundRecord = {
  /** This adapter's folder, which need not be there yet. */
  readonly folder: string;
  /** What lies in it; not what lies deeper. */
  readonly items: readonly ItemRecord[];
  /** Whether there is the switch that was asked for. */
  readonly hasSwitch: boolean;
};

/** What is needed to work at all, and whether it is there. */
export type ProbeRecord = {
  /** Also true where only another product uses the hypervisor. */
  readonly hypervisorPresent: boolean;
  /** The PowerShell module; null if it is not installed. */
  readonly module: { readonly version: string } | null;
  /** Whether the management service runs; everything else fails without it. */
  readonly serviceRunning: boolean;
  /** What this user may do; told by role, as group names are in the language of the host. */
  readonly permission: "administrator" | "hyperv-administrator" | "none";
  /** Windows' version and build. */
  readonly osBuild: string;
  readonly psVersion: string;
  /** `FullLanguage`, unless a policy restricts scripts. */
  readonly languageMode: string;
  readonly is64Bit: boolean;
};

/** What {@linkcode HypervMethods} `Set-VM` changes; all else stays. */
export type VmChanges = VmId & {
  readonly ProcessorCount?: number;
  readonly StaticMemory?: true;
  readonly MemoryStartupBytes?: number;
  readonly CheckpointType?: "Disabled" | "Production" | "ProductionOnly" | "Standard";
  readonly AutomaticCheckpointsEnabled?: boolean;
  readonly AutomaticStartAction?: "Nothing" | "StartIfRunning" | "Start";
  readonly AutomaticStopAction?: "TurnOff" | "Save" | "ShutDown";
  readonly Notes?: string;
  readonly NewVMName?: string;
};

/**
 * The methods. A machine is found by its identifier first: no other cmdlet takes one, and names are
 * neither unique nor literal.
 *
 * What Hyper-V refuses is a `BackendError` of kind `refused`; {@linkcode codeOf} says what its code is.
 */
export type HypervMethods = {
  /** A name is taken literally. Without both, all machines. None of that name may be an error or an empty list. */
  "Get-VM": Op<{ Id?: string; Name?: string }, { readonly vms: readonly VmRecord[] }>;
  "Get-VmtckDetails": Op<VmId, { readonly details: VmDetails }>;
  /**
   * Makes one even if there is one of that name, and answers how many others have it then. Its notes
   * are written at once after that. Without a switch, its adapter is not connected.
   */
  "New-VM": Op<
    {
      Name: string;
      Generation: 1 | 2;
      Path: string;
      /** Without one, the machine has no disk. */
      VHDPath?: string;
      SwitchId?: string;
      MemoryStartupBytes: number;
      Notes?: string;
    },
    { readonly vm: VmRecord; readonly namesakes: number }
  >;
  "Set-VM": Op<VmChanges, null>;
  /** Generation 2 alone: whether only signed systems start. */
  "Set-VMFirmware": Op<VmId & { EnableSecureBoot: "On" | "Off" }, null>;
  /** Powers on, or resumes a saved machine. */
  "Start-VM": Op<VmId, Seen>;
  /** Asks the guest, and returns when it is off; `TurnOff` cuts the power. Never forces a guest that refuses. */
  "Stop-VM": Op<VmId & { TurnOff?: true }, Seen>;
  "Suspend-VM": Op<VmId, Seen>;
  "Resume-VM": Op<VmId, Seen>;
  "Save-VM": Op<VmId, Seen>;
  /** Drops what a saved machine had in memory: it is off then. */
  "Remove-VMSavedState": Op<VmId, Seen>;
  /** Removes the registration and the configuration; disks stay. */
  "Remove-VM": Op<VmId, null>;
  "Get-VMNetworkAdapter": Op<VmId, Seen & { readonly adapters: readonly AdapterRecord[] }>;
  "Get-VMHost": Op<None, { readonly host: HostRecord }>;
  "New-VHD": Op<{ Path: string; ParentPath: string; Differencing: true }, null>;
  "Get-VHD": Op<{ Path: string }, { readonly vhd: VhdRecord }>;

  /** Copies a file into a folder that is made if need be; never over another file. */
  "Copy-VmtckDisk": Op<{ From: string; To: string }, null>;
  /**
   * Removes files, and folders with all in them, one after the other; nothing happens to what is not
   * there. What any machine has for a disk or for its folder stays, and what that lies in, unless
   * `EvenUsed`; so does a file with another one beside it whose name is like its `Unless`. Answers what
   * stays.
   */
  "Remove-VmtckItems": Op<
    { Items: readonly { readonly Path: string; readonly Unless?: string }[]; EvenUsed?: true },
    { readonly kept: readonly string[] }
  >;
  /** What this adapter's machines are made on. */
  "Get-VmtckGround": Op<{ SwitchId?: string }, GroundRecord>;
  /** Never refused for want of something: it says what is wanting. */
  "Get-VmtckProbe": Op<None, ProbeRecord>;
  /** Simulated hosts alone: puts a machine into a state by its name in `VMState`. */
  "Set-VmtckState": Op<VmId & { State: string }, null>;
  /** Simulated hosts alone: restarts the host. */
  "Restart-VmtckHost": Op<None, null>;

  /** Runs a program in the guest at an address; the user and the key are the live side's own affair. */
  "ssh.run": Op<{ address: string; argv: readonly string[] }, SshResult>;
  /** Opens a shell in the guest on this process's own terminal. */
  "ssh.shell": Op<{ address: string }, { readonly exitCode: number }>;
};

/** The backend of this adapter. It tells nothing by itself: states have to be asked for. */
export type HypervBackend = Backend<HypervMethods, never>;

/** What identifies an error record; its text is in the language of the host, and says nothing. */
export type RecordId = {
  /** The first word of its `FullyQualifiedErrorId`. */
  readonly id: string;
  /** The name of its category. */
  readonly category: string;
  /** What the text and the exception have for an `HRESULT`, such as `0x80070020`; empty if nothing. */
  readonly hresult: string;
};

/** The code of a refusal: `id:category`, or `id:category:hresult`; such as `ObjectNotFound:ObjectNotFound`. */
export function codeOf({ id, category, hresult }: RecordId): string {
  return [id, category, hresult].filter((part) => part !== "").join(":");
}

/** The parts of a {@linkcode codeOf} code. */
export function partsOf(code: string): RecordId {
  const [id = "", ...rest] = code.split(":");
  const hresult = rest.find((part) => part.startsWith("0x")) ?? "";
  const category = rest.find((part) => part !== hresult) ?? "";
  return { id, category, hresult };
}
