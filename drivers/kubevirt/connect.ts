/**
 * Reaching a real cluster for the suite.
 *
 * @module
 */

import { withDeadline } from "../backend/deadline.ts";
import type { ConnectOptions, Host } from "../backend/module.ts";
import { BackendError } from "../backend/backend.ts";
import type { Clock, TestImages } from "../contract/mod.ts";
import { accessInCluster, accessOf } from "./access.ts";
import type { KubeBackend } from "./backend.ts";
import { fetchTransport } from "./http_fetch.ts";
import { inTurn } from "./in_turn.ts";
import { parseKubeconfig } from "./kubeconfig.ts";
import { httpBackend, type OwnAccess } from "./live.ts";
import { withGuests } from "./live_guests.ts";
import { redacted } from "./redact.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The live backend for settings; nothing is sent yet. @throws {KubeconfigError} @throws {BackendError} */
export async function liveBackend(settings: Settings, clock: Clock): Promise<KubeBackend> {
  const { sshUser: user, sshKey: key, uploadProxy, uploadAuthority } = settings;
  const client = httpBackend({ ...fetchTransport(), access: await accessFor(settings, clock) });
  const turns = inTurn(client, clock);
  return redacted(withGuests(turns, { ssh: { user, key }, uploadProxy, uploadAuthority }));
}

async function accessFor(
  { kubeconfig, namespace, exec }: Settings,
  clock: Clock,
): Promise<() => Promise<OwnAccess>> {
  const own = namespace === "" ? {} : { namespace };
  if (kubeconfig === "") {
    return accessInCluster({ env: (name) => Deno.env.get(name), ...own });
  }
  const config = await parseKubeconfig(await readKubeconfig(kubeconfig), { exec, files: true });
  const folder = kubeconfig.replace(/[/\\]?[^/\\]*$/, "") || ".";
  return accessOf(config, { folder, clock, ...own });
}

async function readKubeconfig(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is none" : "it cannot be read";
    const message = `Cannot use the kubeconfig ${JSON.stringify(path)}: ${why}`;
    throw new BackendError("unreachable", "no-kubeconfig", message);
  }
}

/** The disk images that the user names. */
function testImages({ guest, blank }: Settings): TestImages {
  const read = (what: "guest" | "blank", path: string) => async () => {
    try {
      return await Deno.readFile(path);
    } catch {
      const advice = what === "guest" ? "one whose system runs a QEMU agent" : "an empty one";
      const message = `No disk image at ${JSON.stringify(path)}: name ${advice} as "${what}"`;
      throw new BackendError("unreachable", `no-${what}`, message);
    }
  };
  return { guest: read("guest", guest), blank: read("blank", blank) };
}

/**
 * Connects, and finds out which cluster it is.
 *
 * @throws {BackendError} saying what is missing and what to do
 */
export async function connectLive(
  { settings, signal, clock }: ConnectOptions & { readonly clock: Clock },
): Promise<{ backend: KubeBackend; host: Host; images: TestImages }> {
  const checked = readSettings(settings);
  const backend = await liveBackend(checked, clock);
  try {
    const { gitVersion } = await withDeadline(backend, { clock }).call("version", {}, { signal });
    // A simulated cluster says so, by whatever way it is reached.
    const origin = gitVersion.includes("+vmtck.simulator") ? "simulator" : "hardware";
    const host: Host = { origin, versions: { kubernetes: gitVersion } };
    return { backend, host, images: testImages(checked) };
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw error;
  }
}
