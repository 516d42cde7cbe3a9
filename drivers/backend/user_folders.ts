/**
 * Where a driver that a program makes for itself keeps its files.
 *
 * @module
 */

import { directories, type DirectoryFacts, DriverError } from "../contract/mod.ts";

/** The two folders of a driver. */
export interface Folders {
  /** Where images are cached. */
  readonly cacheDir: string;
  /** Where the image list is kept. */
  readonly configDir: string;
}

/** What {@linkcode userFolders} goes by. */
export interface FolderFacts extends Partial<Folders> {
  /** The driver's name. */
  readonly driver: string;
  /** The system whose folders they are; this one by default. */
  readonly os?: DirectoryFacts["os"];
  /** The environment; that of the process by default. */
  readonly env?: DirectoryFacts["env"];
}

/**
 * The folders that were given, and those of the user in place of others.
 *
 * @throws {DriverError} `failed-precondition` if one is to be the user's, and no variable tells it
 */
export function userFolders(
  { driver, cacheDir, configDir, os = thisSystem(), env }: FolderFacts,
): Folders {
  if (cacheDir && configDir) return { cacheDir, configDir };
  const { cache, config } = own(driver, { os, env: env ?? Deno.env.toObject() });
  const slash = os === "windows" ? "\\" : "/";
  return {
    cacheDir: cacheDir || `${cache}${slash}${driver}`,
    configDir: configDir || `${config}${slash}${driver}`,
  };
}

function own(driver: string, facts: DirectoryFacts): ReturnType<typeof directories> {
  try {
    return directories(facts);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new DriverError({
      code: "failed-precondition",
      operation: "driver.open",
      subject: `driver:${driver}`,
      message: `Cannot open driver "${driver}": ${cause.message.replace(/^C/, "c")}; ` +
        `set it, or give "cacheDir" and "configDir"`,
      cause,
    });
  }
}

function thisSystem(): DirectoryFacts["os"] {
  const { os } = Deno.build;
  return os === "windows" || os === "darwin" ? os : "linux";
}
