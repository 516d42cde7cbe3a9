/**
 * Making a driver for a program.
 *
 * @module
 */

import { systemClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import { diskFiles } from "../backend/disk_files.ts";
import { userFolders } from "../backend/user_folders.ts";
import type { Driver } from "../contract/mod.ts";
import { liveBackend } from "./connect.ts";
import { createDriver } from "./driver.ts";
import { attempt } from "./errors.ts";
import { NAME } from "./plugin.ts";
import { readSettings } from "./settings.ts";

/** One for all instances of a process: those that share a clock also keep out of each other's way. */
const clock = systemClock();

/** What {@linkcode kubevirtDriver} needs. */
export interface KubevirtDriverOptions {
  /** Whose machines; a label of at most 20 characters such as your program's name. */
  readonly owner: string;
  /** Where the image list is. */
  readonly imagesUrl: string;
  /** Settings, such as `{ kubeconfig: "/home/me/.kube/config" }`; see {@linkcode SETTINGS}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where images are cached; the user's own folder by default. */
  readonly cacheDir?: string;
  /** Where the image list is kept; the user's own folder by default. */
  readonly configDir?: string;
}

/**
 * Makes a driver for a program. Reads the kubeconfig; nothing is sent before the first call that needs
 * the cluster.
 *
 * @example
 * ```ts ignore
 * import { kubevirtDriver } from "@vmtck/vmtck/drivers/kubevirt";
 *
 * await using driver = await kubevirtDriver({
 *   owner: "me",
 *   imagesUrl: "https://example.org/images.json",
 *   settings: { kubeconfig: "/home/me/.kube/config", namespace: "lab" },
 * });
 * await driver.images.update();
 * await (await driver.images.get("1.30.1")).fetch();
 * const machine = await driver.machines.create({ cluster: "c1", name: "m1", image: "1.30.1" });
 * await machine.start();
 * await machine.wait("address", { timeoutMs: 60_000 });
 * ```
 *
 * @throws {DriverError} `invalid-argument` for a bad owner, setting or kubeconfig; `unavailable` if
 * there is no kubeconfig; `failed-precondition` if a folder is not given, and the environment has none
 */
export async function kubevirtDriver(options: KubevirtDriverOptions): Promise<Driver> {
  const { owner, imagesUrl, cacheDir, configDir, settings = {} } = options;
  const folders = userFolders({ driver: NAME, cacheDir, configDir });
  const about = { operation: "driver.open", subject: `driver:${NAME}` } as const;
  const live = await attempt(about, () => liveBackend(readSettings(settings), clock));
  const driver = createDriver({
    backend: withDeadline(live, { clock }),
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
