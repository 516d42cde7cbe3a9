/**
 * The HCS driver: utility VMs of the Windows Host Compute Service.
 *
 * @module
 */

import { systemClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import type { UtilityVms } from "../contract/mod.ts";
import type { HcsEvent, HcsMethods } from "./backend.ts";
import { liveBackend } from "./connect.ts";
import { createUtilityVms } from "./driver.ts";
import { attemptNow } from "./errors.ts";
import { readSettings } from "./settings.ts";

export type * from "./backend.ts";
export { createUtilityVms, type UtilityVmsContext } from "./driver.ts";
export { liveHost } from "./host.ts";
export { simulatedHost } from "./host_lab.ts";
export { HCS } from "./module.ts";
export { SEAM } from "./seam.ts";
export type { HcsContext } from "./session.ts";
export { type SettingRule, SETTINGS } from "./settings.ts";

/** What {@linkcode hcsUtilityVms} needs. */
export interface HcsOptions {
  /** Whose VMs; a label such as your program's name. */
  readonly owner: string;
  /** Settings; see {@linkcode SETTINGS}. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One for all instances of a process. */
const clock = systemClock();

/**
 * Makes utility VMs for a program, on Windows. Needs `--allow-ffi` and the rights of an administrator or
 * of the group Hyper-V Administrators.
 *
 * @example
 * ```ts ignore
 * import { hcsUtilityVms } from "@vmtck/vmtck/drivers/hcs";
 *
 * await using vms = hcsUtilityVms({ owner: "me" });
 * const vm = await vms.create({ os: "linux" });
 * await vm.start();
 * const { location } = await vm.scsi.add({ hostPath: "C:\\disks\\a.vhdx", guestPath: "/mnt/a" });
 * await vm.terminate();
 * await vm.wait();
 * ```
 *
 * @throws {DriverError} `invalid-argument` for a bad owner or setting; `unavailable` where there is
 * no Host Compute Service
 */
export function hcsUtilityVms({ owner, settings = {} }: HcsOptions): UtilityVms {
  const given = readSettings(settings);
  const about = {
    operation: "driver.open",
    subject: "driver:hcs",
    doing: 'open driver "hcs"',
  } as const;
  const live = attemptNow(about, () => liveBackend(given));
  const backend = withDeadline<HcsMethods, HcsEvent>(live, { clock });
  const vms = createUtilityVms({ owner, settings, clock, backend });
  return {
    name: vms.name,
    description: vms.description,
    owner: vms.owner,
    guests: vms.guests,
    create: (options, call) => vms.create(options, call),
    list: (call) => vms.list(call),
    terminate: (id, call) => vms.terminate(id, call),
    async [Symbol.asyncDispose](): Promise<void> {
      await vms[Symbol.asyncDispose]();
      await live[Symbol.asyncDispose]();
    },
  };
}
