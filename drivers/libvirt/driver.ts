/**
 * The libvirt driver.
 *
 * @module
 */

import type { DriverContext } from "../backend/module.ts";
import {
  assertName,
  type CallOptions,
  type Driver,
  type DriverStatus,
  LABEL_RULE,
  type MachineFacet,
  type MachineRef,
  machineSubject,
} from "../contract/mod.ts";
import { imageStore } from "../images/mod.ts";
import type { LibvirtEvent, LibvirtMethods } from "./backend.ts";
import { attempt, driverError } from "./errors.ts";
import { machineEvents } from "./events.ts";
import { guestClient } from "./guest.ts";
import { LibvirtMachines } from "./machines.ts";
import { LibvirtNetworks } from "./networks.ts";
import { Session } from "./session.ts";

/** The driver's name. */
export const NAME = "libvirt";
/** What it is, in one line. */
export const DESCRIPTION = "QEMU machines by libvirt's own protocol: local, over TCP or over SSH";

const FACETS: readonly MachineFacet[] = ["suspension", "saving", "commands", "console"];

/**
 * Makes the driver. Has no side effect.
 *
 * @throws {DriverError} `invalid-argument` if the owner is no label, or for a setting that is unknown or
 * has a value that is not accepted
 */
export function createDriver(context: DriverContext<LibvirtMethods, LibvirtEvent>): Driver {
  const { owner, files, clock, cacheDir, configDir, imagesUrl, fetch } = context;
  assertName(owner, { operation: "driver.open", subject: `driver:${NAME}` });
  const session = new Session(context);
  const images = imageStore({
    driver: NAME,
    files,
    clock,
    cacheDir,
    configDir,
    listUrl: imagesUrl,
    fetch,
  });
  return {
    name: NAME,
    description: DESCRIPTION,
    owner,
    nameRule: LABEL_RULE,
    reachability: "direct",
    machineFacets: FACETS,
    status: (options) => statusOf(session, options),
    qualifiedMachineName(ref: MachineRef): string {
      const about = { operation: "driver.qualifiedMachineName", subject: machineSubject(ref) };
      assertName(ref.cluster, about);
      assertName(ref.name, about);
      return session.nameOf(ref.cluster, ref.name);
    },
    machines: new LibvirtMachines(session, images),
    images,
    networks: new LibvirtNetworks(session),
    ssh: guestClient(session),
    events: machineEvents(session),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function statusOf(session: Session, { signal }: CallOptions = {}): Promise<DriverStatus> {
  const about = { operation: "driver.status", subject: `driver:${NAME}`, signal } as const;
  try {
    const facts = await attempt(about, () => session.call("hostFacts", {}, { signal }));
    return { state: "ready", facts };
  } catch (error) {
    return { state: "error", error: driverError(error, about).toJSON() };
  }
}
