/**
 * Reaching the real Hyper-V for the suite, with the images that its machines are made from.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import type { ConnectOptions, Host } from "../backend/module.ts";
import type { Clock, TestImages } from "../contract/mod.ts";
import type { HypervBackend } from "./backend.ts";
import { complaintOf } from "./host_session.ts";
import { sessionBackend } from "./live.ts";
import { powerShell } from "./powershell.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The live backend for settings; nothing is started yet. */
export function liveBackend(
  { powershell, sshUser: user, sshKey: key }: Settings,
  clock: Clock,
): HypervBackend {
  const open = powerShell(powershell === "" ? {} : { command: [powershell] });
  return sessionBackend({ clock, open, ssh: { user, key } });
}

/**
 * Connects, and finds out whether the host can work.
 *
 * @throws {BackendError} saying what is missing and what to do
 */
export async function connectLive(
  { settings: given, signal, clock }: ConnectOptions & { readonly clock: Clock },
): Promise<{ backend: HypervBackend; host: Host; images: TestImages }> {
  const settings = readSettings(given);
  const backend = liveBackend(settings, clock);
  try {
    const probe = await backend.call("Get-VmtckProbe", {}, { signal });
    const complaint = complaintOf(probe);
    if (complaint) throw complaint;
    const { osBuild: windows, psVersion: powershell, module } = probe;
    const versions = { windows, powershell, module: module?.version ?? "" };
    return { backend, host: { origin: "hardware", versions }, images: testImages(settings) };
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw error;
  }
}

function testImages({ guest, blank }: Settings): TestImages {
  const read = (what: "guest" | "blank", path: string) => async () => {
    try {
      return await Deno.readFile(path);
    } catch (cause) {
      const advice = what === "guest"
        ? "convert the test guest of fixtures/guest to VHDX"
        : "make one with New-VHD -Dynamic -SizeBytes 64MB";
      const message = `No disk at ${JSON.stringify(path)}: ${advice}, and name it as "${what}"`;
      throw new BackendError("unreachable", `no-${what}`, message, { cause });
    }
  };
  return { guest: read("guest", guest), blank: read("blank", blank) };
}
