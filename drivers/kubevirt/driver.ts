/**
 * The KubeVirt driver: machines for a program, in one namespace of a cluster.
 *
 * @module
 */

import { driverError } from "../backend/driver_errors.ts";
import {
  assertName,
  type CallOptions,
  type Driver,
  type DriverStatus,
  type MachineRef,
  machineSubject,
} from "../contract/mod.ts";
import { imageStore } from "../images/mod.ts";
import { type DriverHome, DriverSession } from "./driver_session.ts";
import { attempt, meaningOf } from "./errors.ts";
import { machineEvents } from "./events.ts";
import { guestClient } from "./guest.ts";
import { FACETS } from "./machine.ts";
import { assertRef, KubevirtMachines, NAME_RULE } from "./machines.ts";
import { DESCRIPTION, NAME } from "./plugin.ts";

/**
 * Makes the driver. Has no side effect.
 *
 * @throws {DriverError} `invalid-argument` if the owner is no label of at most 20 characters, or for a
 * setting that is unknown or has a value that is not accepted
 */
export function createDriver(context: DriverHome): Driver {
  const { owner, files, clock, cacheDir, configDir, imagesUrl: listUrl, fetch } = context;
  assertName(owner, { operation: "driver.open", subject: `driver:${NAME}`, rule: NAME_RULE });
  const session = new DriverSession(context);
  const images = imageStore({ driver: NAME, files, clock, cacheDir, configDir, listUrl, fetch });
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
    machines: new KubevirtMachines(session, images),
    images,
    ssh: guestClient(session),
    events: machineEvents(session),
    // The backend is not the driver's own: others go on using it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Asks for the version, and whether machines can be looked at: KubeVirt may be missing. */
async function statusOf(
  session: DriverSession,
  { signal }: CallOptions = {},
): Promise<DriverStatus> {
  const about = { operation: "driver.status", subject: `driver:${NAME}`, signal } as const;
  try {
    return await attempt(about, async () => {
      const { gitVersion } = await session.backend.call("version", {}, { signal });
      const objects = await session.objects({ signal });
      await session.backend.call("list", { ...objects.at("virtualmachines"), limit: 1 }, {
        signal,
      });
      return { state: "ready", facts: { kubernetes: gitVersion, namespace: objects.namespace } };
    });
  } catch (error) {
    return { state: "error", error: driverError(error, about, meaningOf).toJSON() };
  }
}
