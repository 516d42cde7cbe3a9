/**
 * What cases about utility VMs have in common.
 *
 * @module
 */

import {
  type DeviceLocation,
  isDriverError,
  type ScsiAttachment,
  type Subject,
  type UtilityVm,
} from "../../../drivers/contract/mod.ts";
import type { Settled } from "../../case.ts";
import type { UvmContext } from "../../rigs/utility_vm/context.ts";

/** The subject of errors about a VM. */
export const vmSubject = ({ id }: Pick<UtilityVm, "id">): Subject => `uvm:${id}`;

/** The subject of errors about something attached. */
export const attachment = (hostPath: string): Subject => `attachment:${hostPath}`;

/** A wait long enough for any end, and shorter than a case may take. */
export const LONG = { timeoutMs: 120_000 };

/** A call that every backend call fails for: tells how often it would have asked the host. */
export async function asked(
  { faults }: UvmContext,
  call: () => Promise<unknown>,
): Promise<number> {
  const plan = { kind: "error", situation: "internal", call: 1, times: Infinity } as const;
  return (await faults.during(plan, call)).met;
}

/** What a failed call was told: code and reason. */
export function told({ error }: Settled<unknown>): string {
  if (!isDriverError(error)) return error === undefined ? "success" : `no such error: ${error}`;
  return error.reason === undefined ? error.code : `${error.code} ${error.reason}`;
}

/** What is in one list and not in the other. */
export function added(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((entry) => !before.includes(entry));
}

/** The devices of a VM on the host, with the document's own left out. */
export async function devicesSince(
  { host }: UvmContext,
  vm: UtilityVm,
  before: readonly string[],
): Promise<string[]> {
  return added(before, await host.devices(vm.id));
}

/** A member of a JSON document, down a path of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    const isObject = typeof here === "object" && here !== null;
    here = isObject ? (here as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return here;
}

/**
 * Whether the numbers of locations are these. Locations without numbers are opaque: nothing more can be
 * asked of them than that they differ.
 */
export function areNumbered(
  locations: readonly (DeviceLocation | undefined)[],
  numbers: readonly number[],
): boolean {
  const told = locations.map((location) => location?.lun ?? location?.device);
  if (told.every((number) => number === undefined)) {
    return new Set(locations.map((location) => location?.key)).size === locations.length;
  }
  return told.join() === numbers.join();
}

/** Attached disks in the host's words; of those without numbers, their files alone. */
export function diskWords(disks: readonly ScsiAttachment[]): string[] {
  return disks.map(({ hostPath, location: { controller, lun } }) =>
    lun === undefined ? hostPath : `scsi:${controller}:${lun}=${hostPath}`
  ).sort();
}

/** The host's words about disks, as {@linkcode diskWords} of those has them. */
export function wordsLike(disks: readonly ScsiAttachment[], words: readonly string[]): string[] {
  const areOpaque = disks.some(({ location }) => location.lun === undefined);
  return words.map((word) => areOpaque ? word.slice(word.indexOf("=") + 1) : word).sort();
}

/** Where the guest mounts a disk. */
export const mountPoint = ({ os }: UtilityVm): string => os === "windows" ? "C:\\mnt\\a" : "/mnt/a";
