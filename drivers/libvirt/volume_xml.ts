/**
 * Definitions of pools and volumes.
 *
 * @module
 */

import type { ImageFormat } from "./qcow2.ts";
import { type JsonML, textOf } from "./jsonml.ts";

/** The definition of a pool that is a folder. */
export function poolXml(name: string, path: string): JsonML {
  return ["pool", { type: "dir" }, ["name", {}, name], ["target", {}, ["path", {}, path]]];
}

/** Whether a pool is that folder. */
export function isFolder(pool: JsonML, path: string): boolean {
  return pool[1].type === "dir" && textOf(pool, "target", "path") === path;
}

/** An empty file that is to be filled by an upload, and grows by it. */
export function emptyVolumeXml(name: string): JsonML {
  return [
    "volume",
    {},
    ["name", {}, name],
    ["capacity", { unit: "bytes" }, "0"],
    ["target", {}, ["format", { type: "raw" }]],
  ];
}

/** A qcow2 disk on top of another volume, of the same size. */
export function overlayXml(name: string, base: ImageFormat & { readonly path: string }): JsonML {
  return [
    "volume",
    {},
    ["name", {}, name],
    ["capacity", { unit: "bytes" }, String(base.capacity)],
    ["target", {}, ["format", { type: "qcow2" }]],
    ["backingStore", {}, ["path", {}, base.path], ["format", { type: base.format }]],
  ];
}

/** The path of the file below an overlay; empty if there is none. */
export function backingPath(volume: JsonML): string {
  return textOf(volume, "backingStore", "path");
}

/** The length of a volume's file in bytes; NaN if libvirt does not say. */
export function physicalSize(volume: JsonML): number {
  return parseInt(textOf(volume, "physical"), 10);
}
