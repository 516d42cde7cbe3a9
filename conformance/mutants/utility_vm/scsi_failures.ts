/**
 * Mutants of adds of SCSI disks that fail, and of removes.
 *
 * @module
 */

import { DriverError, isDriverError, type ScsiAttachment } from "../../../drivers/contract/mod.ts";
import {
  aboutPath,
  afterFailure,
  documents,
  field,
  forgiving,
  isDisk,
  keepingHalf,
  nowhere,
  onScsi,
  onUvmErrors,
  requests,
  uvmError,
  type UvmMutant,
  withField,
} from "./uvm_mutant.ts";

/** The mutants. */
export const UVM_SCSI_FAILURE_MUTANTS: readonly UvmMutant[] = [
  {
    id: "scsi-failed-add-stays",
    breaks: "uvm.scsi.failed",
    why: "A booking that is not taken back",
    mutate: onScsi((scsi) => {
      const booked = new Map<string, ScsiAttachment>();
      return {
        add: (disk, options) =>
          afterFailure(
            () => scsi.add(disk, options),
            () => booked.set(disk.hostPath, nowhere(disk.hostPath)),
          ),
        attached: () => [...scsi.attached(), ...booked.values()],
      };
    }),
  },
  {
    id: "scsi-half-attached-stays",
    breaks: "uvm.scsi.guest-failed",
    why: "Section 1.12: hcsshim removed the host's part on failure of the guest's only later",
    below: keepingHalf((request) => isDisk(request)),
  },
  {
    id: "scsi-leftovers-are-not-told",
    breaks: "uvm.scsi.leftover",
    why: "A rollback whose own failure nobody hears of",
    mutate: onUvmErrors((error) => {
      if (!isDriverError(error) || error.leftovers === undefined) return error;
      const { leftovers: _, ...data } = error.toJSON();
      return new DriverError(data);
    }),
  },
  {
    id: "scsi-detaches-for-the-guest-alone",
    breaks: "uvm.scsi.remove",
    why: "A disk that is unmounted, and stays at the host",
    below: requests((request) =>
      isDisk(request) && field(request, "RequestType") === "Remove" ? undefined : request
    ),
  },
  {
    id: "scsi-failed-remove-forgets",
    breaks: "uvm.scsi.remove-failed",
    why: "A location that is given away while its disk is still there",
    mutate: onScsi((scsi) => {
      const gone = new Set<string>();
      return {
        remove: async (hostPath, options) => {
          if (gone.has(hostPath)) throw uvmError("not-found", aboutPath(hostPath), "not-attached");
          await afterFailure(() => scsi.remove(hostPath, options), () => gone.add(hostPath));
        },
        attached: () => scsi.attached().filter(({ hostPath }) => !gone.has(hostPath)),
      };
    }),
  },
  {
    id: "scsi-scratch-can-be-removed",
    breaks: "uvm.scsi.reserved",
    why: "D5: hcsshim's scratch disk is a disk like others",
    mutate: onScsi((scsi, vm) => ({
      remove: (hostPath, options) =>
        forgiving("failed-precondition", () => scsi.remove(hostPath, options), async () => {
          const ResourcePath = "VirtualMachine/Devices/Scsi/0/Attachments/0";
          await vm.modify({ ResourcePath, RequestType: "Remove" });
        }),
    })),
  },
  {
    id: "scsi-removes-what-it-does-not-know",
    breaks: "uvm.attach.unknown",
    why: "D4: hcsshim's RemoveSCSI sends a removal of a location that nothing is at",
    mutate: onScsi((scsi) => ({
      remove: (hostPath, options) =>
        forgiving("not-found", () => scsi.remove(hostPath, options), () => {}),
    })),
  },
  {
    id: "scsi-controller-is-the-second",
    breaks: "uvm.scsi.add",
    why: "#1328: the service does not honour the numbers of controllers",
    below: documents((document) => {
      const path = ["VirtualMachine", "Devices", "Scsi"];
      const scsi = field(document, ...path, "0");
      return scsi === undefined ? document : withField(document, [...path, "1"], scsi);
    }),
    mutate: onScsi((scsi) => ({
      add: async (disk, options) => {
        const made = await scsi.add(disk, options);
        return { ...made, location: { ...made.location, controller: 1 } };
      },
    })),
  },
];
