/**
 * Mutants of SCSI disks, and of attachments of all kinds.
 *
 * @module
 */

import { isDriverError, type ScsiAttachment } from "../../../drivers/contract/mod.ts";
import {
  aboutPath,
  afterFailure,
  field,
  forgiving,
  isDisk,
  nowhere,
  onScsi,
  requests,
  retold,
  uvmError,
  type UvmMutant,
  withField,
} from "./uvm_mutant.ts";

/** The disks of all VMs, in one table. */
const everywhere: string[] = [];

/** Mutants of adds that go well, or should. */
const ADDS: readonly UvmMutant[] = [
  {
    id: "scsi-told-one-further",
    breaks: "uvm.scsi.add",
    why: "A location that is counted from 1 in one place",
    mutate: onScsi((scsi) => ({
      add: async (disk, options) => {
        const made = await scsi.add(disk, options);
        const lun = (made.location.lun ?? 0) + 1;
        return { ...made, location: { ...made.location, lun } };
      },
    })),
  },
  {
    id: "scsi-locations-are-used-once",
    breaks: "uvm.scsi.order",
    why: "A counter in the place of a table",
    mutate: onScsi((scsi) => {
      let next: number | undefined;
      return {
        add: async (disk, options) => {
          const made = await scsi.add(disk, options);
          const lun = next ??= made.location.lun ?? 0;
          next++;
          return { ...made, location: { ...made.location, key: `0:${lun}`, lun } };
        },
      };
    }),
  },
  {
    id: "scsi-never-mounts",
    breaks: "uvm.scsi.mount",
    why: "A guest's part that is not sent",
    below: requests((request) =>
      field(request, "GuestRequest", "ResourceType") === "MappedVirtualDisk" ? undefined : request
    ),
  },
  {
    id: "scsi-guest-request-without-type",
    breaks: "uvm.scsi.mount",
    why: "D18: hcsshim's request to the guest lacks its ResourceType",
    below: requests((request) =>
      field(request, "GuestRequest") === undefined
        ? request
        : withField(request, ["GuestRequest", "ResourceType"], undefined)
    ),
  },
  {
    id: "scsi-again-is-shared",
    breaks: "uvm.scsi.again",
    why: "Section 1.6: hcsshim's documentation counts references that its code does not have",
    mutate: onScsi((scsi) => ({
      add: (disk, options) =>
        forgiving("already-exists", () => scsi.add(disk, options), () => nowhere(disk.hostPath)),
    })),
  },
  {
    id: "scsi-read-only-makes-another",
    breaks: "uvm.scsi.again",
    why: "H5: the same path read-only and writable are two attachments",
    mutate: onScsi((scsi) => {
      const modes = new Map<string, boolean>();
      return {
        add: (disk, options) => {
          const { hostPath, readOnly = false } = disk;
          const isOther = modes.has(hostPath) && modes.get(hostPath) !== readOnly;
          modes.set(hostPath, modes.get(hostPath) ?? readOnly);
          return isOther ? Promise.resolve(nowhere(hostPath)) : scsi.add(disk, options);
        },
      };
    }),
  },
  {
    id: "scsi-read-only-is-the-guests",
    breaks: "uvm.scsi.read-only",
    why: "A mount that cannot write to a disk that can",
    below: requests((request) =>
      isDisk(request) && field(request, "Settings", "ReadOnly") === true
        ? withField(request, ["Settings", "ReadOnly"], undefined)
        : request
    ),
  },
  {
    id: "scsi-full-is-too-many",
    breaks: "uvm.scsi.full",
    why: "D3: hcsshim's 65th disk gets a location at a controller that does not exist",
    mutate: retold(["resource-exhausted", "no-available-location"], {
      code: "out-of-range",
      reason: "too-many-attachments",
    }),
  },
  {
    id: "scsi-refused-stay-booked",
    breaks: "uvm.scsi.full-free",
    why: "D3: a disk that found no location is already attached the next time",
    mutate: onScsi((scsi) => {
      const booked = new Set<string>();
      return {
        add: async (disk, options) => {
          if (booked.has(disk.hostPath)) {
            throw uvmError("already-exists", aboutPath(disk.hostPath), "already-attached");
          }
          return await afterFailure(() => scsi.add(disk, options), (error) => {
            if (isDriverError(error) && error.code === "resource-exhausted") {
              booked.add(disk.hostPath);
            }
          });
        },
      };
    }),
  },
  {
    id: "scsi-paths-before-controllers",
    breaks: "uvm.scsi.no-controllers",
    why: "An answer about a path where there is no place for any",
    mutate: onScsi((scsi) => ({
      add: async (disk, options) => {
        if (disk.hostPath === "") throw uvmError("invalid-argument", aboutPath(""));
        return await scsi.add(disk, options);
      },
    })),
  },
  {
    id: "scsi-empty-path-is-attached",
    breaks: "uvm.attach.paths",
    why: "D4: an empty path is the first empty place of hcsshim's table",
    mutate: onScsi((scsi) => ({
      add: async (disk, options) => {
        if (disk.hostPath === "") {
          throw uvmError("already-exists", aboutPath(""), "already-attached");
        }
        return await scsi.add(disk, options);
      },
    })),
  },
  {
    id: "scsi-mounts-over-mounts",
    breaks: "uvm.scsi.mount-conflict",
    why: "The files of the first disk are hidden below the second one's",
    mutate: onScsi((scsi) => ({
      add: (disk, options) =>
        forgiving(
          "failed-precondition",
          () => scsi.add(disk, options),
          () => scsi.add({ hostPath: disk.hostPath }, options),
        ),
    })),
  },
  {
    id: "scsi-one-table-for-all",
    breaks: "uvm.attach.alone",
    why: "A table that belongs to the process",
    mutate: onScsi((scsi) => {
      const before = everywhere.length;
      return {
        add: async (disk, options) => {
          const made = await scsi.add(disk, options);
          everywhere.push(disk.hostPath);
          const lun = (made.location.lun ?? 0) + before + everywhere.length;
          return { ...made, location: { ...made.location, key: `0:${lun}`, lun } };
        },
      };
    }),
  },
  {
    id: "scsi-attached-before-the-start",
    breaks: "uvm.attach.running",
    why: "A disk that is booked, and was never there",
    mutate: onScsi((scsi, vm) => ({
      add: (disk, options) =>
        forgiving("failed-precondition", () => scsi.add(disk, options), async () => {
          if ((await vm.status()).state === "created") return nowhere(disk.hostPath);
          throw uvmError("failed-precondition", aboutPath(disk.hostPath), "not-running");
        }),
    })),
  },
];

/** Mutants of adds at the same time. */
const RACES: readonly UvmMutant[] = [
  {
    id: "scsi-visible-before-it-is-there",
    breaks: "uvm.scsi.race",
    why: "D2: a second add acts on a disk that is half attached",
    mutate: onScsi((scsi) => {
      const flying = new Set<string>();
      return {
        add: async (disk, options) => {
          if (flying.has(disk.hostPath)) {
            throw uvmError("already-exists", aboutPath(disk.hostPath), "already-attached");
          }
          flying.add(disk.hostPath);
          return await scsi.add(disk, options).finally(() => flying.delete(disk.hostPath));
        },
      };
    }),
  },
  {
    id: "scsi-both-adds-attach",
    breaks: "uvm.scsi.race",
    why: "D1: hcsshim checks under one lock and books under another",
    mutate: onScsi((scsi) => {
      const flying = new Map<string, Promise<ScsiAttachment>>();
      return {
        add: (disk, options) => {
          const known = flying.get(disk.hostPath);
          if (known) return known;
          const adding = scsi.add(disk, options).finally(() => flying.delete(disk.hostPath));
          flying.set(disk.hostPath, adding);
          return adding;
        },
      };
    }),
  },
  {
    id: "scsi-adds-share-a-location",
    breaks: "uvm.scsi.many",
    why: "A free location that two look up before one of them books it",
    mutate: onScsi((scsi) => {
      let flying = 0;
      return {
        add: async (disk, options) => {
          const isSecond = flying++ > 0;
          const made = await scsi.add(disk, options).finally(() => void flying--);
          if (!isSecond) return made;
          return { ...made, location: { ...made.location, key: "0:1", lun: 1 } };
        },
      };
    }),
  },
  {
    id: "scsi-waiters-fail-with-the-first",
    breaks: "uvm.scsi.race-failed",
    why: "#1497: who waited for an attach that failed is not told what to do about it",
    mutate: onScsi((scsi) => {
      const failing = new Map<string, unknown>();
      return {
        add: async (disk, options) => {
          const { hostPath } = disk;
          try {
            return await scsi.add(disk, options);
          } catch (error) {
            if (failing.has(hostPath)) throw failing.get(hostPath);
            failing.set(hostPath, error);
            throw error;
          }
        },
      };
    }),
  },
  {
    id: "scsi-some-removes-are-lost",
    breaks: "uvm.scsi.mixed",
    why: "An update that another one writes over",
    below: requests((request, memory) => {
      if (!isDisk(request) || field(request, "RequestType") !== "Remove") return request;
      const count = Number(memory.get("removes") ?? 0) + 1;
      memory.set("removes", count);
      return count % 7 === 0 ? undefined : request;
    }),
  },
];

/** The mutants of adds. */
export const UVM_SCSI_MUTANTS: readonly UvmMutant[] = [...ADDS, ...RACES];
