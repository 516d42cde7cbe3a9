/**
 * Mutants of making utility VMs.
 *
 * @module
 */

import type { UtilityVmOptions } from "../../../drivers/contract/mod.ts";
import {
  documents,
  field,
  forgiving,
  onVm,
  onVms,
  retold,
  type UvmMutant,
  withField,
  withOptions,
} from "./uvm_mutant.ts";

const MEMORY = ["VirtualMachine", "ComputeTopology", "Memory", "SizeInMB"];
const GRANULE = 2 * 1024 ** 2;
let made = 0;

/** The mutants. */
export const UVM_CREATE_MUTANTS: readonly UvmMutant[] = [
  {
    id: "uvm-create-starts",
    breaks: "uvm.create.created",
    why: "A create that boots the VM to see whether it can",
    mutate: onVms((vms) => ({
      create: async (options, call) => {
        const vm = await vms.create(options, call);
        await vm.start();
        return vm;
      },
    })),
  },
  {
    id: "uvm-ids-are-counted",
    breaks: "uvm.create.id",
    why: "An id from a counter of the process, which another process has, too",
    mutate: withOptions((options) => ({ ...options, id: options.id ?? `uvm-${++made}` })),
  },
  {
    id: "uvm-create-replaces",
    breaks: "uvm.create.exists",
    why: "0x8037010F is cleared out of the way by ending the VM that has the id",
    mutate: onVms((vms) => ({
      create: (options, call) =>
        forgiving("already-exists", () => vms.create(options, call), async () => {
          await vms.terminate(options.id ?? "");
          return await vms.create(options, call);
        }),
    })),
  },
  {
    id: "uvm-os-in-any-case",
    breaks: "uvm.create.os",
    why: "The guest's word is made lower-case before it is looked at",
    mutate: withOptions((options) => ({
      ...options,
      os: String(options?.os).toLowerCase(),
    } as UtilityVmOptions)),
  },
  {
    id: "uvm-controllers-are-not-read-for-windows",
    breaks: "uvm.create.invalid",
    why: "D30: hcsshim reads the controller count for Linux alone",
    mutate: withOptions((options) =>
      options?.os === "windows" ? { ...options, scsiControllers: undefined } : options
    ),
  },
  {
    id: "uvm-sizes-are-clamped",
    breaks: "uvm.create.invalid",
    why: "The next possible number is taken in silence",
    mutate: withOptions((options) =>
      options && { ...options, cpus: options.cpus === undefined ? undefined : 1 }
    ),
  },
  {
    id: "uvm-files-are-not-looked-for",
    breaks: "uvm.create.missing",
    why: "The service finds out when the VM starts",
    below: (call) => async (method, params) =>
      await call(method, params) ?? (method === "files.stat" ? { kind: "file", size: 1 } : null),
  },
  {
    id: "uvm-create-fills-options-in",
    breaks: "uvm.create.pure",
    why: "D30: hcsshim writes the folder, the kernel and the root file into the caller's options",
    mutate: onVms((vms) => ({
      create: (options, call) => {
        if (options?.os === "linux") Object.assign(options, { kernelFile: "kernel" });
        return vms.create(options, call);
      },
    })),
  },
  {
    id: "uvm-failed-create-keeps-its-files",
    breaks: "uvm.create.rollback",
    why: "D26: what was made before the failure stays",
    below: (call) => async (method, params) => {
      const isUndone = method === "files.remove" || method === "access.revoke";
      return isUndone && field(params, "path") !== undefined && !isPlant(field(params, "path"))
        ? null
        : await call(method, params);
    },
  },
  {
    id: "uvm-lost-create-is-forgotten",
    breaks: "uvm.create.rollback",
    why: "D26: a create that timed out may have made the VM, and nobody looks",
    below: (call) => async (method, params) =>
      method === "system.open" ? null : await call(method, params),
  },
  {
    id: "uvm-default-memory-drifts",
    breaks: "uvm.create.defaults",
    why: "A default that was changed in one place",
    below: documents((document) =>
      field(document, ...MEMORY) === 1024 ? withField(document, MEMORY, 512) : document
    ),
  },
  {
    id: "uvm-memory-is-cut",
    breaks: "uvm.create.memory",
    why: "D29: hcsshim divides, and drops the rest",
    mutate: withOptions((options) => {
      const { memoryBytes } = options ?? {};
      if (!memoryBytes || memoryBytes < 2 * GRANULE) return options;
      return { ...options, memoryBytes: Math.floor(memoryBytes / GRANULE / 2) * 2 * GRANULE };
    }),
  },
  {
    id: "uvm-host-limits-are-the-services",
    breaks: "uvm.create.host-limits",
    why: "hcsshim 8f652be: more processors than there are went to the service",
    mutate: retold("resource-exhausted", { code: "internal", reason: undefined }),
  },
  {
    id: "uvm-text-is-latin",
    breaks: "uvm.create.text",
    why: "Strings that are cut to bytes",
    below: documents((document) =>
      JSON.parse(JSON.stringify(document).replaceAll(/[^\x20-\x7f]/g, "?"))
    ),
  },
  {
    id: "uvm-owner-is-the-program",
    breaks: "uvm.create.owner",
    why: "The name of the program, whoever uses it",
    below: documents((document) => withField(document, ["Owner"], "program.exe")),
  },
  {
    id: "uvm-networks-are-not-there",
    breaks: "uvm.facets",
    why: "A facet that is claimed for all, and is there for some",
    mutate: onVm(() => ({ networks: undefined })),
  },
];

/** Whether a path is the suite's own. */
function isPlant(path: unknown): boolean {
  return typeof path === "string" && /\.vhdx?$|\\file$/.test(path) && !/sandbox/.test(path);
}
