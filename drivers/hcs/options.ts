/**
 * What a utility VM is to be made from, checked and with defaults. Pure: nothing is asked of the host,
 * and the caller's options stay as they are.
 *
 * @module
 */

import type { Json } from "../backend/backend.ts";
import { Trouble } from "../backend/driver_errors.ts";
import {
  DEFAULT_UVM_CPUS,
  DEFAULT_UVM_MEMORY_BYTES,
  DEFAULT_VPMEM,
  GUEST_SYSTEMS,
  type LinuxUtilityVmOptions,
  MAX_SCSI_CONTROLLERS,
  MAX_VPMEM,
  ROOT_FILE_SYSTEMS,
  type UtilityVmOptions,
  UVM_MEMORY_GRANULE_BYTES,
  type WindowsUtilityVmOptions,
} from "../contract/mod.ts";
import type { JsonObject } from "./backend.ts";
import { invalid } from "./errors.ts";
import { assertHostPath, isDisk } from "./paths.ts";

/** What the adapter has to know of its host to fill in what is left open. */
export interface HostFacts {
  /** Where programs are. */
  readonly programFiles: string;
  /** How many processors it has. */
  readonly processors: number;
  /** Its memory, in MiB. */
  readonly memoryMiB: number;
}

/** What both kinds of guest have in common. */
export interface CommonPlan {
  /** Its identity; undefined if one has to be made up. */
  readonly id: string | undefined;
  /** In MiB, even. */
  readonly memoryMiB: number;
  /** Processors. */
  readonly cpus: number;
  /** SCSI controllers. */
  readonly scsiControllers: number;
  /** What is merged into the document. */
  readonly additions: JsonObject;
}

/** A Windows guest. */
export interface WindowsPlan extends CommonPlan {
  /** The guest. */
  readonly os: "windows";
  /** Read-only layers, top-most first. */
  readonly layers: readonly string[];
  /** The scratch folder. */
  readonly scratch: string;
}

/** A Linux guest. */
export interface LinuxPlan extends CommonPlan {
  /** The guest. */
  readonly os: "linux";
  /** The folder with what it starts from. */
  readonly bootFiles: string;
  /** The kernel's file in it. */
  readonly kernel: string;
  /** The root file system's file in it. */
  readonly root: string;
  /** Whether that is a disk; else it is an initial RAM disk. */
  readonly rootIsDisk: boolean;
  /** More words for the kernel. */
  readonly kernelOptions: string;
  /** Whether it has a screen. */
  readonly graphicsConsole: boolean;
  /** The named pipe of its serial console. */
  readonly consolePipe: string | undefined;
  /** VPMEM devices. */
  readonly vpmemDevices: number;
}

/** What a utility VM is to be made from. */
export type Plan = WindowsPlan | LinuxPlan;

const LONGEST_ID = 255;
const CONTROL = /\p{Cc}/u;
const FILE_NAME = /^(?!\.{1,2}$)[^\\/:*?"<>|\p{Cc}]+$/u;
const MIB = 1024 * 1024;

/** Checks options without asking the host. @throws {Trouble} `invalid-argument` */
export function checkOptions(options: UtilityVmOptions): void {
  if (typeof options !== "object" || options === null) throw invalid("Options are an object");
  const { os, id, memoryBytes, cpus } = options;
  if (!GUEST_SYSTEMS.includes(os)) {
    throw invalid(`"os" is one of ${GUEST_SYSTEMS.join(", ")}: ${JSON.stringify(os)}`);
  }
  if (id !== undefined) assertId(id);
  whole("memoryBytes", memoryBytes, 1, Number.MAX_SAFE_INTEGER);
  whole("cpus", cpus, 1, 2 ** 31 - 1);
  readAdditions(options.additionalDocument);
  if (os === "windows") checkWindows(options);
  else checkLinux(options);
}

/** Checks an identity. @throws {Trouble} `invalid-argument` */
export function assertId(id: unknown): asserts id is string {
  const isGood = typeof id === "string" && id !== "" && id.length <= LONGEST_ID &&
    !CONTROL.test(id);
  if (isGood) return;
  const why = `"id" has 1 to ${LONGEST_ID} characters, none of them a control character`;
  throw invalid(`${why}: ${JSON.stringify(id) ?? String(id)}`);
}

function whole(what: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(`"${what}" is a whole number from ${least} to ${most}: ${value}`);
}

function checkWindows({ layerFolders, scsiControllers }: WindowsUtilityVmOptions): void {
  if (!Array.isArray(layerFolders) || layerFolders.length < 2) {
    throw invalid('"layerFolders" has at least two folders: layers, then the scratch folder');
  }
  for (const folder of layerFolders) assertHostPath(folder, "layerFolders");
  // The scratch disk needs a controller.
  whole("scsiControllers", scsiControllers, 1, MAX_SCSI_CONTROLLERS);
}

function checkLinux(options: LinuxUtilityVmOptions): void {
  const { bootFilesPath, kernelFile, rootFile, rootFileSystem, consolePipe } = options;
  whole("scsiControllers", options.scsiControllers, 0, MAX_SCSI_CONTROLLERS);
  whole("vpmemDevices", options.vpmemDevices, 0, MAX_VPMEM);
  if (bootFilesPath !== undefined) assertHostPath(bootFilesPath, "bootFilesPath");
  if (consolePipe !== undefined) assertHostPath(consolePipe, "consolePipe");
  for (const [what, name] of Object.entries({ kernelFile, rootFile })) {
    if (name !== undefined && !(typeof name === "string" && FILE_NAME.test(name))) {
      throw invalid(`"${what}" is the name of a file without a folder: ${JSON.stringify(name)}`);
    }
  }
  if (rootFileSystem !== undefined && !ROOT_FILE_SYSTEMS.includes(rootFileSystem)) {
    const words = ROOT_FILE_SYSTEMS.join(", ");
    throw invalid(`"rootFileSystem" is one of ${words}: ${JSON.stringify(rootFileSystem)}`);
  }
  const { kernelOptions = "", graphicsConsole = false } = options;
  if (typeof kernelOptions !== "string" || CONTROL.test(kernelOptions)) {
    throw invalid('"kernelOptions" is one line of text without control characters');
  }
  if (typeof graphicsConsole !== "boolean") throw invalid('"graphicsConsole" is true or false');
  if (isDisk(rootFileOf(options)) && options.vpmemDevices === 0) {
    const why = "a root file system on a disk takes VPMEM device 0";
    throw invalid(`"vpmemDevices" is at least 1 here, as ${why}`);
  }
}

function rootFileOf({ rootFile, rootFileSystem }: LinuxUtilityVmOptions): string {
  return rootFile ?? (rootFileSystem === "vhd" ? "rootfs.vhd" : "initrd.img");
}

/** The object that an additional document is. @throws {Trouble} `invalid-argument` */
function readAdditions(text: string | undefined): JsonObject {
  if (text === undefined || text === "") return {};
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(
      `"additionalDocument" is JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid('"additionalDocument" is the text of a JSON object');
  }
  return value as JsonObject;
}

/**
 * The plan for checked options on a host.
 *
 * @throws {Trouble} `resource-exhausted` for more than the host has
 */
export function planOf(options: UtilityVmOptions, host: HostFacts): Plan {
  const { memoryBytes = DEFAULT_UVM_MEMORY_BYTES } = options;
  const granules = Math.ceil(memoryBytes / UVM_MEMORY_GRANULE_BYTES);
  const common: CommonPlan = {
    id: options.id,
    memoryMiB: granules * UVM_MEMORY_GRANULE_BYTES / MIB,
    cpus: options.cpus ?? Math.min(DEFAULT_UVM_CPUS, host.processors),
    scsiControllers: options.scsiControllers ?? MAX_SCSI_CONTROLLERS,
    additions: readAdditions(options.additionalDocument),
  };
  atMost("memory in MiB", common.memoryMiB, host.memoryMiB);
  atMost("processors", common.cpus, host.processors);
  if (options.os === "windows") {
    const { layerFolders } = options;
    const [layers, scratch = ""] = [layerFolders.slice(0, -1), layerFolders.at(-1)];
    return { ...common, os: "windows", layers, scratch };
  }
  const root = rootFileOf(options);
  return {
    ...common,
    os: "linux",
    bootFiles: options.bootFilesPath ?? `${host.programFiles}\\Linux Containers`,
    kernel: options.kernelFile ?? "kernel",
    root,
    rootIsDisk: isDisk(root),
    kernelOptions: options.kernelOptions ?? "",
    graphicsConsole: options.graphicsConsole ?? false,
    consolePipe: options.consolePipe,
    vpmemDevices: options.vpmemDevices ?? DEFAULT_VPMEM,
  };
}

function atMost(what: string, wanted: number, there: number): void {
  if (wanted <= there) return;
  throw new Trouble("resource-exhausted", `The host has ${there} ${what}, not ${wanted}`);
}
