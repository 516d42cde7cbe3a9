/**
 * Paths of the host and of its guests.
 *
 * @module
 */

import type { GuestSystem } from "../contract/mod.ts";
import { invalid } from "./errors.ts";

const ABSOLUTE_ON_WINDOWS = /^(?:[A-Za-z]:[\\/]|[\\/]{2}[^\\/])/;
const CONTROL = /\p{Cc}/u;

/** Checks a path of the host. @throws {Trouble} `invalid-argument` */
export function assertHostPath(path: string, what = "hostPath"): void {
  assertPath(path, what, ABSOLUTE_ON_WINDOWS, "an absolute path such as C:\\disks\\a.vhdx");
}

/** Checks a path of the guest. @throws {Trouble} `invalid-argument` */
export function assertGuestPath(path: string, os: GuestSystem): void {
  const [pattern, example] = os === "windows"
    ? [ABSOLUTE_ON_WINDOWS, "C:\\mnt\\a"] as const
    : [/^\//, "/mnt/a"] as const;
  assertPath(path, "guestPath", pattern, `an absolute path of the guest such as ${example}`);
}

function assertPath(path: unknown, what: string, pattern: RegExp, expected: string): void {
  const isGood = typeof path === "string" && pattern.test(path) && !CONTROL.test(path);
  if (!isGood) throw invalid(`"${what}" is ${expected}: ${JSON.stringify(path) ?? String(path)}`);
}

/**
 * The same for all ways to write one path: the host knows no letter case, takes both slashes, and
 * resolves dots. What another name of the same file leads to is not looked up.
 */
export function pathKey(path: string): string {
  const words = path.replaceAll("/", "\\").toLowerCase().split("\\");
  const [root = ""] = words;
  const rest: string[] = [];
  for (const word of words.slice(1)) {
    if (word === "..") rest.pop();
    else if (word !== "." && word !== "") rest.push(word);
  }
  // A network path begins with two slashes.
  return root === "" ? `\\\\${rest.join("\\")}` : [root, ...rest].join("\\");
}

/** A path inside a folder. */
export function join(folder: string, ...names: readonly string[]): string {
  return [folder.replace(/[\\/]+$/, ""), ...names].join("\\");
}

/** The last word of a file's name. */
export function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

/** How the service calls the format of a disk's file. */
export function imageFormatOf(path: string): "Vhd1" | "Vhdx" {
  return /\.vhdx$/i.test(path) ? "Vhdx" : "Vhd1";
}

/** Whether a file is a disk by its name, rather than an initial RAM disk. */
export function isDisk(path: string): boolean {
  return /\.vhdx?$/i.test(path);
}
