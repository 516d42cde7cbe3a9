/**
 * Reaching the real libvirt for the suite, with the images that its machines are made from.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { ConnectOptions, Host } from "../backend/module.ts";
import type { Clock, TestImages } from "../contract/mod.ts";
import type { Acceleration, LibvirtBackend } from "./backend.ts";
import { LiveBackend } from "./live.ts";
import { bootSector } from "./boot_sector.ts";
import { qcow2With } from "./qcow2.ts";
import { readSettings, type Settings } from "./settings.ts";

const BLANK_MIB = 1;

/** The live backend for settings; nothing is opened yet. */
export function liveBackend({ uri, sshUser, sshKey }: Settings, clock: Clock): LiveBackend {
  return new LiveBackend({ uri, ssh: { user: sshUser, key: sshKey }, clock });
}

/**
 * Connects, and finds out what guests will run on.
 *
 * @throws {BackendError} saying what is missing and what to do
 */
export async function connectLive(
  { settings: given, signal, clock }: ConnectOptions & { readonly clock: Clock },
): Promise<{ backend: LibvirtBackend; host: Host; images: TestImages }> {
  // Where the test guest is says something about this machine alone, so it need not be on a tape.
  const guest = Deno.env.get("VMTCK_GUEST");
  const settings = readSettings(guest ? { guest, ...given } : given);
  const backend = liveBackend(settings, clock);
  try {
    const { libvirt, hypervisor } = await backend.call("hostFacts", {}, { signal });
    const { acceleration, why } = await accelerationOf(backend, settings, signal);
    const origin = acceleration === "kvm" ? "hardware" : "software-hypervisor";
    const versions = { libvirt, hypervisor, acceleration: `${acceleration}: ${why}` };
    return { backend, host: { origin, versions }, images: testImages(settings) };
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw error;
  }
}

async function accelerationOf(
  backend: LibvirtBackend,
  { acceleration }: Settings,
  signal?: AbortSignal,
): Promise<Acceleration> {
  if (acceleration === "auto") return await backend.call("probeAcceleration", {}, { signal });
  return { acceleration, why: "by the setting" };
}

function testImages({ guest }: Settings): TestImages {
  return {
    blank: () => Promise.resolve(qcow2With(BLANK_MIB, bootSector())),
    guest: async () => {
      try {
        return await Deno.readFile(`${guest}/guest.qcow2`);
      } catch (cause) {
        const message = `No test guest in "${guest}": give the folder that ` +
          `fixtures/guest/build.sh prints as the setting "guest"`;
        throw new BackendError("unreachable", "no-guest", message, { cause });
      }
    },
  };
}
