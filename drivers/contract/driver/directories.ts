/**
 * Where drivers keep what they cache and what they configure.
 *
 * @module
 */

/** What {@linkcode directories} needs to know of the machine. */
export interface DirectoryFacts {
  /** The operating system. */
  readonly os: "windows" | "darwin" | "linux";
  /** The environment, or the part of it that says where homes are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder that holds everything instead of the user's own folders. */
  readonly workspace?: string;
}

/** The two folders; absolute paths, not made by anyone yet. */
export interface Directories {
  /** Images and other things that can be had again. */
  readonly cache: string;
  /** Image lists and settings. */
  readonly config: string;
}

/**
 * The cache and config directories of the user, or of a workspace.
 *
 * @throws {TypeError} if the environment names no home
 */
export function directories({ os, env, workspace }: DirectoryFacts): Directories {
  const slash = os === "windows" ? "\\" : "/";
  if (workspace !== undefined) {
    return { cache: `${workspace}${slash}vmtck-cache`, config: `${workspace}${slash}vmtck-config` };
  }
  const home = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw new TypeError(`Cannot tell the user's directories: the variable "${name}" is not set`);
  };
  if (os === "windows") {
    return { cache: `${home("LOCALAPPDATA")}\\vmtck`, config: `${home("APPDATA")}\\vmtck` };
  }
  if (os === "darwin") {
    return {
      cache: `${home("HOME")}/Library/Caches/vmtck`,
      config: `${home("HOME")}/Library/Application Support/vmtck`,
    };
  }
  return {
    cache: `${env.XDG_CACHE_HOME || `${home("HOME")}/.cache`}/vmtck`,
    config: `${env.XDG_CONFIG_HOME || `${home("HOME")}/.config`}/vmtck`,
  };
}
