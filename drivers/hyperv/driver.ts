/**
 * The Hyper-V driver.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  type Driver,
  type DriverStatus,
  type MachineRef,
  machineSubject,
} from "../contract/mod.ts";
import { imageStore } from "../images/mod.ts";
import { attempt, driverError, refuse } from "./errors.ts";
import { guestClient } from "./guest.ts";
import { HostSession, type HypervContext } from "./host_session.ts";
import { FACETS } from "./machine.ts";
import { HypervMachines } from "./machines.ts";
import { assertRef, NAME_RULE } from "./specs.ts";

/** The driver's name. */
export const NAME = "hyperv";
/** What it is, in one line. */
export const DESCRIPTION = "Hyper-V machines by its own cmdlets, in kept PowerShell sessions";

/** The owner begins the names of files, and these lead to a device, whatever comes after a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/**
 * Makes the driver. Has no side effect.
 *
 * @throws {DriverError} `invalid-argument` if the owner is no label of at most 30 characters, or is a
 * device of Windows; or for a setting that is unknown or has a value that is not accepted
 */
export function createDriver(context: HypervContext): Driver {
  const { owner, files, clock, cacheDir, configDir, imagesUrl, fetch } = context;
  assertName(owner, { operation: "driver.open", subject: `driver:${NAME}`, rule: NAME_RULE });
  if (DEVICE.test(owner)) {
    const about = { operation: "driver.open", subject: `driver:${NAME}` } as const;
    throw refuse(about, "invalid-argument", `Windows keeps the name "${owner}" for a device`);
  }
  const session = new HostSession(context);
  const images = imageStore({
    driver: NAME,
    files,
    clock,
    cacheDir,
    configDir,
    listUrl: imagesUrl,
    fetch,
    archived: ".vhdx",
  });
  return {
    name: NAME,
    description: DESCRIPTION,
    owner,
    nameRule: NAME_RULE,
    reachability: "direct",
    machineFacets: FACETS,
    status: (options) => statusOf(session, options),
    qualifiedMachineName(ref: MachineRef): string {
      const about = { operation: "driver.qualifiedMachineName", subject: machineSubject(ref) };
      assertRef(ref, about);
      return session.nameOf(ref);
    },
    machines: new HypervMachines(session, images),
    images,
    ssh: guestClient(session),
    // The backend is not the driver's own: others go on using it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function statusOf(
  session: HostSession,
  { signal }: CallOptions = {},
): Promise<DriverStatus> {
  const about = { operation: "driver.status", subject: `driver:${NAME}`, signal } as const;
  try {
    const probe = await attempt(about, () => session.assertHealthy({ signal }));
    const { osBuild, psVersion, module, permission } = probe;
    const facts = { windows: osBuild, powershell: psVersion, module: module?.version ?? "" };
    return { state: "ready", facts: { ...facts, permission } };
  } catch (error) {
    return { state: "error", error: driverError(error, about).toJSON() };
  }
}
