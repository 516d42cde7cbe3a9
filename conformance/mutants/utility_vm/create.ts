/**
 * Mutants of making utility VMs.
 *
 * @module
 */

import { isDriverError, type UtilityVmOptions } from "../../../drivers/contract/mod.ts";
import {
  documents,
  field,
  forgiving,
  memoryOf,
  onUvmErrors,
  onVm,
  onVms,
  retold,
  uvmError,
  type UvmMutant,
  withField,
} from "./uvm_mutant.ts";

/** Changes the options of every create. */
const withOptions = (change: (options: UtilityVmOptions) => UtilityVmOptions) =>
  onVms((vms) => ({ create: (options, call) => vms.create(change(options), call) }));

const MEMORY = ["VirtualMachine", "ComputeTopology", "Memory", "SizeInMB"];
const GRANULE = 2 * 1024 ** 2;
let made = 0;

/** The additional documents that were kept from the adapter, by id. */
const additions = new Map<string, string>();

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
    id: "uvm-image-of-the-top-layer",
    breaks: "uvm.create.layers",
    why: "The first layer is taken, whether it has a guest or not",
    below: documents((document) => {
      const path = ["VirtualMachine", "Devices", "VirtualSmb", "Shares"];
      const [share, ...rest] = (field(document, ...path) ?? []) as Record<string, string>[];
      if (!share) return document;
      const Path = String(share.Path).replace("\\base\\UtilityVM\\", "\\top\\");
      return withField(document, path, [{ ...share, Path }, ...rest]);
    }),
  },
  {
    id: "uvm-scratch-must-be-new",
    breaks: "uvm.create.scratch",
    why: "The template is copied at each create, and the copy meets the one that is there",
    below: (call) => async (method, params) => {
      const isScratch = method === "files.stat" && /sandbox/.test(String(field(params, "path")));
      return isScratch ? null : await call(method, params);
    },
  },
  {
    id: "uvm-scratch-is-second",
    breaks: "uvm.create.scratch-first",
    why: "A table that begins with 1",
    below: documents((document) => {
      const path = ["VirtualMachine", "Devices", "Scsi", "0", "Attachments"];
      const disk = field(document, ...path, "0");
      return disk === undefined ? document : withField(document, path, { "1": disk });
    }),
  },
  {
    id: "uvm-extension-in-lower-case",
    breaks: "uvm.create.root",
    why: "D11: the extension is compared as it is written",
    mutate: withOptions((options) =>
      options?.os === "linux" && /\.VHDX?$/.test(options.rootFile ?? "")
        ? { ...options, rootFile: "initrd.img" }
        : options
    ),
  },
  {
    id: "uvm-root-disk-needs-no-device",
    breaks: "uvm.create.root-disk",
    why: "D10: a device is added in silence",
    mutate: withOptions((options) =>
      options?.os === "linux" && options.rootFileSystem === "vhd"
        ? { ...options, vpmemDevices: options.vpmemDevices || 1 }
        : options
    ),
  },
  {
    id: "uvm-vpmem-count-is-clamped",
    breaks: "uvm.create.vpmem-count",
    why: "The next possible number is taken in silence",
    mutate: withOptions((options) => {
      if (options?.os !== "linux" || options.vpmemDevices === undefined) return options;
      const vpmemDevices = Math.max(0, Math.min(128, Math.floor(options.vpmemDevices)));
      return { ...options, vpmemDevices };
    }),
  },
  {
    id: "uvm-merge-keeps-null",
    breaks: "uvm.document.merge",
    why: "Section 1.4: hcsshim's null over an object keeps the object",
    mutate: withOptions((options) => {
      try {
        const drop = (_: string, value: unknown): unknown => value ?? undefined;
        const document: unknown = JSON.parse(options?.additionalDocument ?? "", drop);
        return { ...options, additionalDocument: JSON.stringify(document) };
      } catch {
        return options;
      }
    }),
  },
  {
    id: "uvm-merge-of-null-is-nothing",
    breaks: "uvm.document.invalid",
    why: "D30: hcsshim panics at null",
    mutate: withOptions((options) =>
      options?.additionalDocument === "null" ? { ...options, additionalDocument: "" } : options
    ),
  },
  {
    id: "uvm-merge-is-not-booked",
    breaks: "uvm.document.booked",
    why: "D30: hcsshim's merge is invisible to what gives locations away",
    mutate: withOptions((options) => {
      const { id = "", additionalDocument = "" } = options ?? {};
      if (!/^{"VirtualMachine":{"Devices":{"Scsi":{"0"/.test(additionalDocument)) return options;
      additions.set(id, additionalDocument);
      return { ...options, additionalDocument: undefined };
    }),
    below: (call) => async (method, params) => {
      const id = String(field(params, "id"));
      const text = method === "system.create" ? additions.get(id) : undefined;
      if (text === undefined) return await call(method, params);
      const path = ["VirtualMachine", "Devices", "Scsi", "0", "Attachments"];
      const disks = field(JSON.parse(text), ...path);
      await call("access.grant", { id, path: field(disks, "0", "Path") });
      return await call(method, withField(params, ["document", ...path], disks));
    },
  },
  {
    id: "uvm-too-many-is-invalid-json",
    breaks: "uvm.document.too-many",
    why: "The service's own refusal of a document, which does not say what is wrong with it",
    mutate: retold(["out-of-range", "too-many-attachments"], { code: "invalid-argument" }),
  },
  {
    id: "uvm-document-errors-are-lost",
    breaks: "uvm.document.refused",
    why: "An error of the service in words, without its number",
    mutate: retold(["invalid-argument", "document-refused"], { code: "internal" }),
  },
  {
    id: "uvm-access-is-for-ever",
    breaks: "uvm.create.access",
    why: "D34: hcsshim ignored the flag about access, and never took any back",
    below: (call) => async (method, params) =>
      method === "access.revoke" ? null : await call(method, params),
  },
  {
    id: "uvm-networks-are-not-there",
    breaks: "uvm.facets",
    why: "A facet that is claimed for all, and is there for some",
    mutate: onVm(() => ({ networks: undefined })),
  },
  {
    id: "uvm-errors-are-the-backends",
    breaks: "uvm.error.sweep",
    why: "An error path that was never walked",
    mutate: onUvmErrors((error) =>
      isDriverError(error) && error.code === "deadline-exceeded" ? new Error("timeout") : error
    ),
  },
  {
    id: "uvm-errors-have-no-code",
    breaks: "uvm.error.raw",
    why: "hcsshim's text of an error is all that is left of it",
    mutate: onUvmErrors((error) => {
      if (!isDriverError(error) || error.backend === undefined) return error;
      const { code, subject, reason } = error;
      return uvmError(code, subject, reason);
    }),
  },
  {
    id: "uvm-timeouts-are-unknown",
    breaks: "uvm.error.timeout",
    why: "hcsshim's timeout is an error of its own, beside all others",
    mutate: retold("deadline-exceeded", { code: "unknown" }),
  },
  {
    id: "uvm-cancel-is-a-failure",
    breaks: "uvm.error.canceled",
    why: "A caller who gave up is told that the service is broken",
    mutate: retold("canceled", { code: "internal" }),
  },
  {
    id: "uvm-not-found-is-stopped",
    breaks: "uvm.error.codes",
    why: "Section 1.11: hcsshim reads 0x490 as not found and as already stopped",
    mutate: onVm((vm) => ({
      modify: (request, options) =>
        forgiving("not-found", () => vm.modify(request, options), () => {
          throw uvmError("failed-precondition", `uvm:${vm.id}`, "not-running");
        }),
    })),
  },
  {
    id: "uvm-handles-stay-open",
    breaks: "uvm.leak.handles",
    why: "hcsshim's seed: handles and callbacks of closed VMs stay",
    below: (call, context) => async (method, params) => {
      const closed = memoryOf(context);
      if (method !== "system.close" || closed.size > 0) return await call(method, params);
      closed.set("one", true);
      return null;
    },
  },
  {
    id: "uvm-modify-drops-the-guest",
    breaks: "uvm.modify",
    why: "A request whose second part is not sent on",
    mutate: onVm((vm) => ({
      modify: ({ GuestRequest: _, ...request }, options) => vm.modify(request, options),
    })),
  },
  {
    id: "uvm-modify-takes-anything",
    breaks: "uvm.modify.invalid",
    why: "What JSON has no word for is left out in silence",
    mutate: onVm((vm) => ({
      modify: (request, options) =>
        forgiving("invalid-argument", () => vm.modify(request, options), () => {}),
    })),
  },
];

/** Whether a path is the suite's own. */
function isPlant(path: unknown): boolean {
  return typeof path === "string" && /\.vhdx?$|\\file$/.test(path) && !/sandbox/.test(path);
}
