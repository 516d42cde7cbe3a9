/**
 * The Hyper-V driver: machines of Windows' own hypervisor, by its own cmdlets.
 *
 * @module
 */

import { systemClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import { diskFiles } from "../backend/disk_files.ts";
import { userFolders } from "../backend/user_folders.ts";
import type { Driver } from "../contract/mod.ts";
import { liveBackend } from "./connect.ts";
import { createDriver, NAME } from "./driver.ts";
import { READY_MS } from "./session.ts";
import { readSettings } from "./settings.ts";

export type * from "./backend.ts";
export { createDriver } from "./driver.ts";
export { liveHost, simulatedHost } from "./host.ts";
export type { HypervContext } from "./host_session.ts";
export { HYPERV } from "./module.ts";
export { SEAM } from "./seam.ts";
export { type SettingName, type SettingRule, SETTINGS } from "./settings.ts";
export { liveTaskHost, simulatedTaskHost } from "./task_host.ts";

/** One for all instances of a process: those that share a clock also keep out of each other's way. */
const clock = systemClock();

/** What {@linkcode hypervDriver} needs. */
export interface HypervOptions {
  /** Whose machines; a label of at most 30 characters such as your program's name. */
  readonly owner: string;
  /** Where the image list is. */
  readonly imagesUrl: string;
  /** Settings, such as `{ generation: "2" }`; see {@linkcode SETTINGS}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where images are cached; the user's own folder by default. */
  readonly cacheDir?: string;
  /** Where the image list is kept; the user's own folder by default. */
  readonly configDir?: string;
}

/**
 * Makes a driver for a program. No PowerShell is started before the first call that needs Hyper-V.
 *
 * @example
 * ```ts ignore
 * import { hypervDriver } from "@vmtck/vmtck/drivers/hyperv";
 *
 * await using driver = hypervDriver({ owner: "me", imagesUrl: "https://example.org/images.json" });
 * await driver.images.update();
 * await (await driver.images.get("1.30.1")).fetch();
 * const machine = await driver.machines.create({ cluster: "c1", name: "m1", image: "1.30.1" });
 * await machine.start();
 * await machine.wait("ssh", { timeoutMs: 60_000 });
 * ```
 *
 * @throws {DriverError} `invalid-argument` for a bad owner or setting; `failed-precondition` if a
 * folder is not given, and the environment has no `LOCALAPPDATA` and `APPDATA`
 */
export function hypervDriver(options: HypervOptions): Driver {
  const { owner, imagesUrl, cacheDir, configDir, settings = {} } = options;
  const read = readSettings(settings);
  const folders = userFolders({ driver: NAME, cacheDir, configDir, os: "windows" });
  const live = liveBackend(read, clock);
  const driver = createDriver({
    backend: withDeadline(live, { clock, startMs: READY_MS }),
    clock,
    files: diskFiles({ clock }),
    ...folders,
    owner,
    imagesUrl,
    settings,
  });
  return {
    ...driver,
    async [Symbol.asyncDispose](): Promise<void> {
      await driver[Symbol.asyncDispose]();
      await live[Symbol.asyncDispose]();
    },
  };
}
