/**
 * The suite's ways behind the adapter's back on a real host, by the same backend.
 *
 * @module
 */

import type { UtilityVmHost } from "../contract/mod.ts";
import type { HcsBackend } from "./backend.ts";
import { CODES, isRefused } from "./errors.ts";
import { extensionOf, join } from "./paths.ts";

/** What the suite has on the host is in here. */
export const ROOM = "C:\\vmtck";
/** What cases plant is in here. */
export const PLANTS: string = join(ROOM, "plants");

/**
 * The controls of a real host: what can be seen of it, and files. What guests start from is put into
 * `C:\vmtck` by hand.
 */
export function liveHost(backend: HcsBackend): UtilityVmHost {
  return {
    inventory: () => inventory(backend),
    census: () => census(backend),
    windowsLayers: async () => {
      const folder = join(ROOM, "layers");
      return (await names(backend, folder)).map((name) => join(folder, name));
    },
    bootFiles: () => Promise.resolve(join(ROOM, "boot")),
    plantDisk: async (name) => {
      const to = join(await mkdir(backend, PLANTS), name);
      const from = join(ROOM, `disk.${extensionOf(name)}`);
      await backend.call("files.copy", { from, to });
      return to;
    },
    plantFolder: async (name) => {
      const path = await mkdir(backend, join(PLANTS, name));
      await write(backend, join(path, "file"), name);
      return path;
    },
    scratchPath: (name) => Promise.resolve(join(PLANTS, name)),
    uprootFile: async (name) => {
      const path = join(PLANTS, name);
      const isFolder = (await backend.call("files.stat", { path }))?.kind === "directory";
      for (const inside of isFolder ? await names(backend, path) : []) {
        await backend.call("files.remove", { path: join(path, inside) });
      }
      await backend.call("files.remove", { path });
    },
    hasFile: async (path) => await backend.call("files.stat", { path }) !== null,
  };
}

/** Systems by owner and identity, and the files that cases planted. */
export async function inventory(backend: HcsBackend): Promise<string[]> {
  const systems = await backend.call("systems.enumerate", { query: null });
  const found = systems.map(({ Id, Owner }) => `machine:${Owner ? `${Owner}.` : ""}${Id}`);
  const files = (await names(backend, PLANTS)).map((name) => `file:${name}`);
  return [...found, ...files].sort();
}

async function names(backend: HcsBackend, path: string): Promise<readonly string[]> {
  try {
    return await backend.call("files.list", { path });
  } catch (error) {
    if (isRefused(error, CODES.pathNotFound)) return [];
    throw error;
  }
}

/** Makes a folder. */
export async function mkdir(backend: HcsBackend, path: string): Promise<string> {
  await backend.call("files.mkdir", { path });
  return path;
}

/** Writes a file, unless it is there. */
export async function write(backend: HcsBackend, path: string, text: string): Promise<void> {
  try {
    await backend.call("files.write", { path, text });
  } catch (error) {
    if (!isRefused(error, CODES.fileExists)) throw error;
  }
}

async function census(backend: HcsBackend): Promise<string[]> {
  const { violations, ...counts } = await backend.call("census", {});
  const open = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    ...open.map(([what, count]) => `${what}:${count}`),
    ...violations.map((violation) => `violation:${violation}`),
  ].sort();
}
