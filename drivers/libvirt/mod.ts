/**
 * The libvirt driver: machines on QEMU, by libvirt's own protocol.
 *
 * @module
 */

import { diskFiles } from "../backend/disk_files.ts";
import { systemClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import { userFolders } from "../backend/user_folders.ts";
import type { Driver } from "../contract/mod.ts";
import { createDriver, NAME } from "./driver.ts";
import { liveBackend } from "./connect.ts";
import { readSettings } from "./settings.ts";

export type * from "./backend.ts";
export type { JsonML } from "./jsonml.ts";
export { createDriver } from "./driver.ts";
export { libvirtHost } from "./host.ts";
export { LIBVIRT } from "./module.ts";
export { SEAM } from "./seam.ts";
export { createTaskDriver, libvirtTaskHost } from "./tasks/mod.ts";
export { type SettingRule, SETTINGS } from "./settings.ts";

/** One for all instances of a process: those that share a clock also keep out of each other's way. */
const clock = systemClock();

/** What {@linkcode libvirtDriver} needs. */
export interface LibvirtOptions {
  /** Whose machines; a label such as your program's name. */
  readonly owner: string;
  /** Where the image list is. */
  readonly imagesUrl: string;
  /** Where libvirt is; `qemu:///system` by default. */
  readonly uri?: string;
  /** Further settings, such as `{ pool: "default" }`; see {@linkcode SETTINGS}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where images are cached; the user's own folder by default. */
  readonly cacheDir?: string;
  /** Where the image list is kept; the user's own folder by default. */
  readonly configDir?: string;
}

/**
 * Makes a driver for a program. Nothing is opened before the first call that needs libvirt.
 *
 * @example
 * ```ts ignore
 * import { libvirtDriver } from "@vmtck/vmtck/drivers/libvirt";
 *
 * await using driver = libvirtDriver({ owner: "me", imagesUrl: "https://example.org/images.json" });
 * await driver.images.update();
 * await (await driver.images.get("1.30.1")).fetch();
 * await driver.networks?.create({ cluster: "c1" });
 * const machine = await driver.machines.create({ cluster: "c1", name: "m1", image: "1.30.1" });
 * await machine.start();
 * await machine.wait("ssh", { timeoutMs: 60_000 });
 * ```
 *
 * @throws {DriverError} `invalid-argument` for a bad owner or setting; `failed-precondition` if a
 * folder is not given, and the environment does not tell the user's own
 */
export function libvirtDriver(options: LibvirtOptions): Driver {
  const { owner, imagesUrl, cacheDir, configDir, uri } = options;
  const given = { ...options.settings, ...(uri === undefined ? {} : { uri }) };
  const read = readSettings(given);
  const folders = userFolders({ driver: NAME, cacheDir, configDir });
  const live = liveBackend(read, clock);
  const driver = createDriver({
    backend: withDeadline(live, { clock }),
    clock,
    files: diskFiles({ clock }),
    ...folders,
    owner,
    imagesUrl,
    settings: given,
  });
  return {
    ...driver,
    async [Symbol.asyncDispose](): Promise<void> {
      await driver[Symbol.asyncDispose]();
      await live[Symbol.asyncDispose]();
    },
  };
}
