/**
 * Reaching a real cluster for the suite.
 *
 * @module
 */

import { withDeadline } from "../backend/deadline.ts";
import type { ConnectOptions, Host } from "../backend/module.ts";
import type { Clock } from "../contract/mod.ts";
import { accessInCluster, accessOf } from "./access.ts";
import type { KubeBackend } from "./backend.ts";
import { fetchTransport } from "./http_fetch.ts";
import { parseKubeconfig } from "./kubeconfig.ts";
import { httpBackend, type OwnAccess } from "./live.ts";
import { withGuests } from "./live_guests.ts";
import { redacted } from "./redact.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The live backend for settings; nothing is sent yet. @throws {KubeconfigError} @throws {BackendError} */
export async function liveBackend(settings: Settings, clock: Clock): Promise<KubeBackend> {
  const { sshUser: user, sshKey: key, uploadProxy } = settings;
  const client = httpBackend({ ...fetchTransport(), access: await accessFor(settings, clock) });
  return redacted(withGuests(client, { ssh: { user, key }, uploadProxy }));
}

async function accessFor(
  { kubeconfig, namespace, exec }: Settings,
  clock: Clock,
): Promise<() => Promise<OwnAccess>> {
  const own = namespace === "" ? {} : { namespace };
  if (kubeconfig === "") {
    return accessInCluster({ env: (name) => Deno.env.get(name), ...own });
  }
  const config = parseKubeconfig(await Deno.readTextFile(kubeconfig), { exec, files: true });
  const folder = kubeconfig.replace(/[/\\]?[^/\\]*$/, "") || ".";
  return accessOf(config, { folder, clock, ...own });
}

/**
 * Connects, and finds out which cluster it is.
 *
 * @throws {BackendError} saying what is missing and what to do
 */
export async function connectLive(
  { settings, signal, clock }: ConnectOptions & { readonly clock: Clock },
): Promise<{ backend: KubeBackend; host: Host }> {
  const backend = await liveBackend(readSettings(settings), clock);
  try {
    const { gitVersion } = await withDeadline(backend, { clock }).call("version", {}, { signal });
    return { backend, host: { origin: "hardware", versions: { kubernetes: gitVersion } } };
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw error;
  }
}
