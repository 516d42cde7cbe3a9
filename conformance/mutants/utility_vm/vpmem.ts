/**
 * Mutants of persistent memory of utility VMs.
 *
 * @module
 */

import {
  afterFailure,
  field,
  forgiving,
  onVpmem,
  pathOf,
  requests,
  retold,
  type UvmMutant,
  withField,
} from "./uvm_mutant.ts";

/** The mutants. */
export const UVM_VPMEM_MUTANTS: readonly UvmMutant[] = [
  {
    id: "vpmem-numbers-are-used-once",
    breaks: "uvm.vpmem.order",
    why: "A counter in the place of a table",
    mutate: onVpmem((vpmem) => {
      let next = 0;
      return {
        add: async (device, options) => {
          const made = await vpmem.add(device, options);
          if (made.references > 1) return made;
          const number = next++;
          return { ...made, location: { key: String(number), device: number } };
        },
      };
    }),
  },
  {
    id: "vpmem-first-remove-detaches",
    breaks: "uvm.vpmem.shared",
    why: "D31: a count that is kept in a copy",
    mutate: onVpmem((vpmem) => ({
      remove: async (hostPath, options) => {
        const known = vpmem.attached().find((it) => it.hostPath === hostPath);
        for (let count = known?.references ?? 1; count > 0; count--) {
          await vpmem.remove(hostPath, options);
        }
      },
    })),
  },
  {
    id: "vpmem-reference-of-a-canceled-add",
    breaks: "uvm.vpmem.shared",
    why: "H1: a waiter that is gone keeps its reference; D12: counts that nobody takes down",
    mutate: onVpmem((vpmem) => {
      let removes = 0;
      return {
        remove: async (hostPath, options) => {
          if (++removes === 128) return;
          await vpmem.remove(hostPath, options);
        },
      };
    }),
  },
  {
    id: "vpmem-limit-is-the-services",
    breaks: "uvm.vpmem.full",
    why: "D6, D7: hcsshim's table has 128 entries, and its error no type",
    mutate: retold(["resource-exhausted", "no-available-location"], {
      code: "unknown",
      reason: undefined,
    }),
  },
  {
    id: "vpmem-expose-is-ignored",
    breaks: "uvm.vpmem.expose",
    why: "D8: hcsshim answers an empty guest path, and success",
    mutate: onVpmem((vpmem) => ({
      add: async (device, options) => {
        const isThere = vpmem.attached().some(({ hostPath }) => hostPath === device.hostPath);
        return await vpmem.add(isThere ? { hostPath: device.hostPath } : device, options);
      },
    })),
  },
  {
    id: "vpmem-guest-is-asked-always",
    breaks: "uvm.vpmem.hidden",
    why: "D9: hcsshim has the guest unmount what it never mounted",
    below: (call) => async (method, params) => {
      const request = field(params, "request") ?? null;
      const isRemoval = field(request, "RequestType") === "Remove" &&
        /VirtualPMem/.test(pathOf(request));
      if (method === "system.modify" && isRemoval) {
        const Settings = { DeviceNumber: 0, MountPath: "" };
        const GuestRequest = { ResourceType: "VPMemDevice", RequestType: "Remove", Settings };
        await call(method, withField(params, ["request"], { GuestRequest }));
      }
      return await call(method, params);
    },
  },
  {
    id: "vpmem-failed-remove-forgets",
    breaks: "uvm.vpmem.remove-failed",
    why: "D12: a count that is taken down before the service refuses",
    mutate: onVpmem((vpmem) => {
      const gone = new Set<string>();
      return {
        remove: (hostPath, options) =>
          afterFailure(() => vpmem.remove(hostPath, options), () => gone.add(hostPath)),
        attached: () => vpmem.attached().filter(({ hostPath }) => !gone.has(hostPath)),
      };
    }),
  },
  {
    id: "vpmem-root-can-be-removed",
    breaks: "uvm.vpmem.reserved",
    why: "D10: hcsshim booked the root under its file's name",
    mutate: onVpmem((vpmem, vm) => ({
      remove: (hostPath, options) =>
        forgiving("failed-precondition", () => vpmem.remove(hostPath, options), async () => {
          const ResourcePath = "VirtualMachine/Devices/VirtualPMem/Devices/0";
          await vm.modify({ ResourcePath, RequestType: "Remove" });
        }),
    })),
  },
  {
    id: "vpmem-is-always-vhd1",
    breaks: "uvm.vpmem.format",
    why: "Section 1.7: hcsshim says Vhd1 of every file",
    below: requests((request) =>
      field(request, "Settings", "ImageFormat") === undefined
        ? request
        : withField(request, ["Settings", "ImageFormat"], "Vhd1")
    ),
  },
];
