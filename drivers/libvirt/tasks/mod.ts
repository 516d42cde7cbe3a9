/**
 * Tasks on libvirt: virtual machines as the tasks of an orchestrator.
 *
 * @module
 */

import type { DriverContext } from "../../backend/module.ts";
import { assertName, type TaskDriver } from "../../contract/mod.ts";
import { taskDriver } from "../../tasks/mod.ts";
import type { LibvirtEvent, LibvirtMethods } from "../backend.ts";
import { Session } from "../session.ts";
import { LibvirtTaskMachines, PLUGIN } from "./machines.ts";

export { libvirtTaskHost } from "./host.ts";

/**
 * Makes the task driver. Has no side effect.
 *
 * @throws {DriverError} `invalid-argument` if the owner is no label, or for a setting that is unknown or
 * has a value that is not accepted
 */
export function createTaskDriver(context: DriverContext<LibvirtMethods, LibvirtEvent>): TaskDriver {
  const { owner, clock, files } = context;
  assertName(owner, { operation: "driver.open", subject: `driver:${PLUGIN.name}` });
  const session = new Session(context);
  const driver = taskDriver({ machines: new LibvirtTaskMachines(session), clock, files });
  return {
    ...driver,
    async [Symbol.asyncDispose](): Promise<void> {
      await driver[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
    },
  };
}
