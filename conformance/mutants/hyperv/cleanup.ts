/**
 * What kutti leaves behind and loses: section 2.5 of the study of its Hyper-V driver.
 *
 * @module
 */

import { isDriverError } from "../../../drivers/contract/mod.ts";
import { type Mutant, onMachine, onMachines } from "../mutant.ts";
import { field, memoryOf } from "./below.ts";

/** The mutants. */
export const CLEANUP_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-rollback-keeps-the-disk",
    breaks: "error.rollback",
    why: "kutti leaves the copied disk where PowerShell itself fails",
    below: (call, context) => async (method, params) => {
      const memory = memoryOf(context);
      const path = String(field(params, "Path"));
      const isDisk = method === "Remove-VmtckItem" && /\.vhdx$/.test(path);
      if (isDisk && !path.includes(".base.") && !memory.delete(path)) return null;
      const result = await call(method, params);
      if (method === "New-VM") memory.set(String(field(params, "VHDPath")), true);
      return result;
    },
  },
  {
    id: "hyperv-rollback-keeps-the-registration",
    breaks: "error.rollback",
    why: "kutti removes the files of a failed create, and leaves the machine registered",
    below: (call, context) => async (method, params) => {
      const memory = memoryOf(context);
      const id = `made ${field(params, "Id")}`;
      if (method === "Remove-VM" && !memory.has(id)) return null;
      const result = await call(method, params);
      if (method === "Set-VM" && field(params, "ProcessorCount") !== undefined) {
        memory.set(id, true);
      }
      return result;
    },
  },
  {
    id: "hyperv-create-removes-the-existing-disk",
    breaks: "machine.create.exists",
    why: "kutti copies over the disk of the machine that has the name",
    mutate: onMachines((machines, driver, world) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (isDriverError(error) && error.code === "already-exists") {
            await world.host?.removeDisk?.(driver.qualifiedMachineName(spec));
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "hyperv-delete-ends-with-the-registration",
    breaks: "machine.delete.partial",
    why: "kutti says not found for ever, once the machine is gone and a file was locked",
    mutate: onMachines((machines) => ({
      delete: async (ref, options) => {
        await machines.get(ref);
        await machines.delete(ref, options);
      },
    })),
  },
  {
    id: "hyperv-forwards-are-fake",
    breaks: "driver.facets.stable",
    why: "kutti's ForwardPort answers success and does nothing",
    mutate: onMachine(() => ({
      forwards: {
        add: () => Promise.resolve(),
        remove: () => Promise.resolve(),
        list: () => Promise.resolve([]),
      },
    })),
  },
  {
    id: "hyperv-failed-copy-leaves-a-file",
    breaks: "error.rollback",
    why: "kutti leaves what it has copied of the image when the copying fails",
    below: (call, context) => async (method, params) => {
      const memory = memoryOf(context);
      const path = String(field(params, "Path"));
      if (method === "Remove-VmtckItem" && memory.has(`part ${path}`)) return null;
      try {
        return await call(method, params);
      } catch (error) {
        if (method !== "Copy-VmtckDisk") throw error;
        await call(method, params);
        memory.set(`part ${field(params, "To")}`, true);
        throw error;
      }
    },
  },
  {
    id: "hyperv-new-vm-error-is-masked",
    breaks: "error.shape",
    why: "New-VM has no ErrorAction: what it said is lost, and Set-VM complains of a null argument",
    mutate: onMachines((machines) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (!isDriverError(error) || error.backend === undefined) throw error;
          throw new TypeError("Cannot bind argument to parameter 'VM' because it is null");
        }
      },
    })),
  },
  {
    id: "hyperv-create-makes-a-second-of-the-name",
    breaks: "machine.create.exists",
    why: "Names are not unique in Hyper-V, and kutti does not look whether there is one",
    mutate: onMachines((machines, driver, world) => ({
      create: async (spec, options) => {
        try {
          return await machines.create(spec, options);
        } catch (error) {
          if (isDriverError(error) && error.code === "already-exists") {
            await world.host?.plantMachine?.(driver.qualifiedMachineName(spec));
          }
          throw error;
        }
      },
    })),
  },
  {
    id: "hyperv-delete-keeps-the-folder",
    breaks: "machine.delete.complete",
    why: "kutti returns before it removes the folder of the machine, if a file was not there",
    below: (call) => async (method, params) => {
      if (method === "Remove-VmtckItem" && field(params, "Recurse") === true) return null;
      return await call(method, params);
    },
  },
];
