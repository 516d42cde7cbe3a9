/**
 * What kutti leaves behind and loses: section 2.5 of the study of its Hyper-V driver.
 *
 * @module
 */

import type { Json } from "../../../drivers/backend/backend.ts";
import { type HostControls, isDriverError } from "../../../drivers/contract/mod.ts";
import { type BackendCall, type Mutant, type Mutate, onMachine, onMachines } from "../mutant.ts";
import { field, memoryOf } from "./below.ts";

/** Says of some files that they are removed, and leaves them. */
function removesAllBut(isKept: (path: string) => boolean, call: BackendCall): BackendCall {
  return (method, params) => {
    if (method !== "Remove-VmtckItems") return call(method, params);
    const items = field(params, "Items") as unknown as readonly { readonly Path: string }[];
    const Items = items.filter(({ Path }) => !isKept(Path));
    return call(method, { ...params as Record<string, Json>, Items });
  };
}

/** A create that does something to the machine that has the name already, and then refuses. */
function whereOneExists(
  work: (host: HostControls, name: string) => Promise<unknown> | undefined,
): Mutate {
  return onMachines((machines, driver, { host }) => ({
    create: async (spec, options) => {
      try {
        return await machines.create(spec, options);
      } catch (error) {
        const isThere = isDriverError(error) && error.code === "already-exists";
        if (isThere && host) await work(host, driver.qualifiedMachineName(spec));
        throw error;
      }
    },
  }));
}

/** The mutants. */
export const CLEANUP_MUTANTS: readonly Mutant[] = [
  {
    id: "hyperv-rollback-keeps-the-disk",
    breaks: "error.rollback",
    why: "kutti leaves the copied disk where PowerShell itself fails",
    below: (call, context) => {
      const memory = memoryOf(context);
      const keeping = removesAllBut(
        (path) => /\.vhdx$/.test(path) && !path.includes(".base.") && !memory.delete(path),
        call,
      );
      return async (method, params) => {
        const result = await keeping(method, params);
        if (method === "New-VM") memory.set(String(field(params, "VHDPath")), true);
        return result;
      };
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
    mutate: whereOneExists((host, name) => host.removeDisk?.(name)),
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
    below: (call, context) => {
      const memory = memoryOf(context);
      const keeping = removesAllBut((path) => memory.has(`part ${path}`), call);
      return async (method, params) => {
        try {
          return await keeping(method, params);
        } catch (error) {
          if (method !== "Copy-VmtckDisk") throw error;
          await call(method, params);
          memory.set(`part ${field(params, "To")}`, true);
          throw error;
        }
      };
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
    mutate: whereOneExists((host, name) => host.plantMachine?.(name)),
  },
  {
    id: "hyperv-delete-keeps-the-folder",
    breaks: "machine.delete.complete",
    why: "kutti returns before it removes the folder of the machine, if a file was not there",
    below: (call) => removesAllBut((path) => !/\.vhdx$/.test(path), call),
  },
];
