/**
 * Where everything that the seed of the `utility-vm` contract exports has its home: the public names
 * of hcsshim's package `uvm`.
 *
 * @module
 */

import type { Plan9Shares, ScsiDisks, VpmemDevices, VsmbShares } from "./attachments.ts";
import type { NetworkNamespaces } from "./attachments.ts";
import type { LinuxUtilityVmOptions, WindowsUtilityVmOptions } from "./options.ts";
import type { UvmReason } from "./reasons.ts";
import type { UtilityVm, UtilityVms } from "./utility_vm.ts";

/** What is named in the table; the compiler refuses a name that is no member. */
interface Homes {
  LinuxUtilityVmOptions: LinuxUtilityVmOptions;
  NetworkNamespaces: NetworkNamespaces;
  Plan9Shares: Plan9Shares;
  ScsiDisks: ScsiDisks;
  UtilityVm: UtilityVm;
  UtilityVms: UtilityVms;
  VpmemDevices: VpmemDevices;
  VsmbShares: VsmbShares;
  WindowsUtilityVmOptions: WindowsUtilityVmOptions;
}

/** A symbol of the contract, a member of one, or a named error. */
export type UvmSymbol =
  | { [Name in keyof Homes]: Name | `${Name}.${keyof Homes[Name] & string}` }[keyof Homes]
  | "UtilityVmOptions"
  | "RootFileSystem"
  | "ROOT_FILE_SYSTEMS"
  | "MAX_VPMEM"
  | "DEFAULT_VPMEM"
  | `UVM_REASONS.${UvmReason}`;

/** One exported item of the seed. */
export interface UvmSeedItem {
  /** Package, type and member, such as `uvm.UtilityVM.AddSCSI`. */
  readonly item: string;
  /** Its home in the contract. */
  readonly symbol: UvmSymbol;
  /** The ids of the clauses that say what it has to do. */
  readonly clauses: readonly string[];
}

type Row = readonly [item: string, symbol: UvmSymbol, ...clauses: string[]];

const PACKAGE: readonly Row[] = [
  ["MaxVPMEM", "MAX_VPMEM", "uvm.create.vpmem-count"],
  ["DefaultVPMEM", "DEFAULT_VPMEM", "uvm.create.vpmem-count"],
  ["PreferredRootFSTypeInitRd", "ROOT_FILE_SYSTEMS", "uvm.create.root"],
  ["PreferredRootFSTypeVHD", "ROOT_FILE_SYSTEMS", "uvm.create.root", "uvm.create.root-disk"],
  [
    "ErrNoAvailableLocation",
    "UVM_REASONS.no-available-location",
    "uvm.scsi.full",
    "uvm.vpmem.full",
  ],
  ["ErrNotAttached", "UVM_REASONS.not-attached", "uvm.attach.unknown"],
  ["ErrAlreadyAttached", "UVM_REASONS.already-attached", "uvm.scsi.again"],
  ["ErrNoSCSIControllers", "UVM_REASONS.no-scsi-controllers", "uvm.scsi.no-controllers"],
  ["ErrNoUvmParameter", "UVM_REASONS.no-utility-vm", "uvm.no-utility-vm"],
  ["ErrTooManyAttachments", "UVM_REASONS.too-many-attachments", "uvm.document.too-many"],
  ["PreferredRootFSType", "RootFileSystem", "uvm.create.root"],
  ["UVMOptions", "UtilityVmOptions", "uvm.create.invalid", "uvm.create.pure"],
  ["UtilityVM", "UtilityVm", "uvm.facets", "uvm.close.refusals"],
  [
    "Create",
    "UtilityVms.create",
    "uvm.create.created",
    "uvm.create.scratch",
    "uvm.create.scratch-first",
    "uvm.create.rollback",
  ],
];

const OPTIONS: readonly Row[] = [
  ["UVMOptions.ID", "LinuxUtilityVmOptions.id", "uvm.create.id", "uvm.create.exists"],
  ["UVMOptions.Owner", "UtilityVms.owner", "uvm.create.owner"],
  ["UVMOptions.OperatingSystem", "LinuxUtilityVmOptions.os", "uvm.create.os"],
  [
    "UVMOptions.Resources",
    "LinuxUtilityVmOptions.memoryBytes",
    "uvm.create.defaults",
    "uvm.create.memory",
    "uvm.create.host-limits",
  ],
  [
    "UVMOptions.AdditionHCSDocumentJSON",
    "LinuxUtilityVmOptions.additionalDocument",
    "uvm.document.merge",
    "uvm.document.invalid",
    "uvm.document.booked",
  ],
  ["UVMOptions.LayerFolders", "WindowsUtilityVmOptions.layerFolders", "uvm.create.layers"],
  ["UVMOptions.BootFilesPath", "LinuxUtilityVmOptions.bootFilesPath", "uvm.create.missing"],
  ["UVMOptions.KernelFile", "LinuxUtilityVmOptions.kernelFile", "uvm.create.missing"],
  ["UVMOptions.RootFSFile", "LinuxUtilityVmOptions.rootFile", "uvm.create.root"],
  ["UVMOptions.PreferredRootFSType", "LinuxUtilityVmOptions.rootFileSystem", "uvm.create.root"],
  ["UVMOptions.KernelBootOptions", "LinuxUtilityVmOptions.kernelOptions", "uvm.create.text"],
  ["UVMOptions.EnableGraphicsConsole", "LinuxUtilityVmOptions.graphicsConsole", "uvm.create.text"],
  ["UVMOptions.ConsolePipe", "LinuxUtilityVmOptions.consolePipe", "uvm.create.text"],
  [
    "UVMOptions.VPMemDeviceCount",
    "LinuxUtilityVmOptions.vpmemDevices",
    "uvm.create.vpmem-count",
    "uvm.vpmem.full",
  ],
  [
    "UVMOptions.SCSIControllerCount",
    "LinuxUtilityVmOptions.scsiControllers",
    "uvm.create.invalid",
    "uvm.scsi.no-controllers",
  ],
];

const METHODS: readonly Row[] = [
  [
    "UtilityVM.AddNetNS",
    "NetworkNamespaces.add",
    "uvm.network.add",
    "uvm.network.rollback",
    "uvm.network.shared",
  ],
  ["UtilityVM.AddPlan9", "Plan9Shares.add", "uvm.plan9.mount", "uvm.share.shared"],
  [
    "UtilityVM.AddSCSI",
    "ScsiDisks.add",
    "uvm.scsi.add",
    "uvm.scsi.order",
    "uvm.scsi.again",
    "uvm.scsi.full",
    "uvm.scsi.failed",
  ],
  ["UtilityVM.AddVPMEM", "VpmemDevices.add", "uvm.vpmem.order", "uvm.vpmem.expose"],
  ["UtilityVM.AddVSMB", "VsmbShares.add", "uvm.share.shared", "uvm.vsmb.request"],
  ["UtilityVM.Close", "UtilityVm.close", "uvm.close.again", "uvm.close.ended"],
  // What a raw handle was for is there in the contract's own words.
  ["UtilityVM.ComputeSystem", "UtilityVm.status", "uvm.status"],
  ["UtilityVM.ContainerCounter", "UtilityVm.containerCounter", "uvm.counter"],
  ["UtilityVM.GetVSMBUvmPath", "VsmbShares.guestPath", "uvm.vsmb.path"],
  ["UtilityVM.ID", "UtilityVm.id", "uvm.create.created", "uvm.create.id"],
  ["UtilityVM.Modify", "UtilityVm.modify", "uvm.modify", "uvm.modify.invalid", "uvm.error.raw"],
  ["UtilityVM.OS", "UtilityVm.os", "uvm.create.os", "uvm.close.refusals"],
  [
    "UtilityVM.RemoveNetNS",
    "NetworkNamespaces.remove",
    "uvm.network.shared",
    "uvm.network.remove-failed",
  ],
  [
    "UtilityVM.RemovePlan9",
    "Plan9Shares.remove",
    "uvm.share.shared",
    "uvm.share.remove-failed",
  ],
  [
    "UtilityVM.RemoveSCSI",
    "ScsiDisks.remove",
    "uvm.scsi.remove",
    "uvm.scsi.remove-failed",
    "uvm.scsi.reserved",
  ],
  [
    "UtilityVM.RemoveVPMEM",
    "VpmemDevices.remove",
    "uvm.vpmem.shared",
    "uvm.vpmem.remove-failed",
  ],
  ["UtilityVM.RemoveVSMB", "VsmbShares.remove", "uvm.share.shared", "uvm.share.remove-failed"],
  ["UtilityVM.Start", "UtilityVm.start", "uvm.start.running", "uvm.start.again"],
  [
    "UtilityVM.Terminate",
    "UtilityVm.terminate",
    "uvm.terminate.accepted",
    "uvm.terminate.again",
  ],
  ["UtilityVM.Wait", "UtilityVm.wait", "uvm.wait.many", "uvm.wait.after", "uvm.wait.kind"],
];

/** Every exported item of the seed. */
export const UVM_SEED_ITEMS: readonly UvmSeedItem[] = [...PACKAGE, ...OPTIONS, ...METHODS]
  .map(([item, symbol, ...clauses]) => ({ item: `uvm.${item}`, symbol, clauses }));
