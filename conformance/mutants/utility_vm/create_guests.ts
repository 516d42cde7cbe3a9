/**
 * Mutants of what a utility VM starts from, and of its additional document.
 *
 * @module
 */

import { documents, field, retold, type UvmMutant, withField, withOptions } from "./uvm_mutant.ts";

/** The additional documents that were kept from the adapter, by id. */
const additions = new Map<string, string>();

/** The mutants. */
export const UVM_GUEST_MUTANTS: readonly UvmMutant[] = [
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
];
