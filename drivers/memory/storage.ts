/**
 * Disks: from images to machines, and away again.
 *
 * @module
 */

import type { About } from "../backend/driver_errors.ts";
import type { MachineRef } from "../contract/mod.ts";
import type { ImageStore } from "../images/mod.ts";
import type { Owner } from "./backend.ts";
import { attempt, isRefusal } from "./errors.ts";
import type { Identity, MemoryContext } from "./session.ts";

/** How many bytes of an image say whether anything boots from it. */
const BOOT_SECTOR_BYTES = 64;

/** The disk of a machine; named for its identifier too, so that no name is ever used twice. */
export function diskName({ key }: Identity): string {
  return `${key.name}.${key.uuid}`;
}

/** Whether metadata says that something belongs to a machine of this owner. */
export function isOf(context: MemoryContext, ref: MachineRef, metadata: Owner | null): boolean {
  return metadata?.owner === context.owner && metadata.cluster === ref.cluster &&
    metadata.name === ref.name;
}

/** The first bytes of a downloaded image that new machines may be made from. */
export async function readBootSector(
  { clock, files }: MemoryContext,
  images: ImageStore,
  version: string,
  { operation, signal }: About,
): Promise<string> {
  const told = { operation, subject: `image:${version}`, signal } as const;
  const { path } = await images.localFile(version, told);
  return await attempt(told, async () => {
    try {
      return await clock.hold(firstBytes(files.read(path)));
    } catch (error) {
      // It may have been purged in the meantime: that is told then.
      await images.localFile(version, told);
      throw error;
    }
  });
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) {
    text += String.fromCharCode(...chunk.subarray(0, BOOT_SECTOR_BYTES - text.length));
    if (text.length >= BOOT_SECTOR_BYTES) break;
  }
  return btoa(text);
}

/** Removes the disks that were made for a machine that is gone; answers whether there were any. */
export async function deleteDisks(
  context: MemoryContext,
  ref: MachineRef,
  about: About,
): Promise<boolean> {
  const { backend } = context;
  const made = (await backend.call("disk.list", {}, about))
    .filter(({ owner }) => isOf(context, ref, owner));
  if (made.length === 0) return false;
  const machines = await backend.call("machine.list", {}, about);
  const orphans = made.filter(({ machine }) => !machines.some(({ uuid }) => uuid === machine));
  for (const { name } of orphans) {
    const call = (): Promise<null> => backend.call("disk.delete", { name }, about);
    await call().catch((error) => {
      if (!isRefusal(error, "no-such-disk", "in-use")) throw error;
    });
  }
  return orphans.length > 0;
}
