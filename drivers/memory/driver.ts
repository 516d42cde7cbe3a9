/**
 * The memory driver.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  type Driver,
  type DriverStatus,
  LABEL_RULE,
  type MachineRef,
  qualifiedName,
} from "../contract/mod.ts";
import { driverError } from "../backend/driver_errors.ts";
import { imageStore } from "../images/mod.ts";
import { attempt } from "./errors.ts";
import { memoryEvents } from "./events.ts";
import { sshClient } from "./guest.ts";
import { FACETS } from "./machine.ts";
import { assertRef, memoryMachines } from "./machines.ts";
import { memoryNetworks } from "./networks.ts";
import type { MemoryContext } from "./session.ts";
import { assertSettings } from "./settings.ts";

/** The driver's name. */
export const NAME = "memory";
/** What it is, in one line. */
export const DESCRIPTION = "Reference driver: a simulated hypervisor in memory";

/**
 * Makes the driver. Has no side effect.
 *
 * @throws {DriverError} `invalid-argument` if the owner is no label, and for any setting
 */
export function memoryDriver(context: MemoryContext): Driver {
  const { owner, settings } = context;
  assertName(owner, { operation: "driver.open", subject: `driver:${NAME}` });
  assertSettings(settings);
  const images = imageStore({ ...context, driver: NAME, listUrl: context.imagesUrl });
  return {
    name: NAME,
    description: DESCRIPTION,
    owner,
    nameRule: LABEL_RULE,
    reachability: "direct",
    machineFacets: FACETS,
    status: (options) => statusOf(context, options),
    qualifiedMachineName(ref: MachineRef): string {
      assertRef(ref, "driver.qualifiedMachineName");
      return qualifiedName(owner, ref.cluster, ref.name);
    },
    machines: memoryMachines(context, images),
    images,
    networks: memoryNetworks(context),
    ssh: sshClient(context),
    events: memoryEvents(context),
    // The backend is not the driver's own: others go on using it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function statusOf(
  { backend }: MemoryContext,
  { signal }: CallOptions = {},
): Promise<DriverStatus> {
  const about = { operation: "driver.status", subject: `driver:${NAME}`, signal } as const;
  try {
    const { version, memoryMiB } = await attempt(
      about,
      () => backend.call("host.info", {}, { signal }),
    );
    return { state: "ready", facts: { version, memory: `${memoryMiB} MiB` } };
  } catch (error) {
    return { state: "error", error: driverError(error, about).toJSON() };
  }
}
