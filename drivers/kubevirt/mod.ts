/**
 * KubeVirt: virtual machines on a Kubernetes cluster.
 *
 * @module
 */

import { systemClock } from "../backend/clock.ts";
import { withDeadline } from "../backend/deadline.ts";
import type { MachinePlugin } from "../contract/mod.ts";
import { fetchTransport } from "./http_fetch.ts";
import { inTurn } from "./in_turn.ts";
import { httpBackend } from "./live.ts";
import { createPlugin } from "./plugin.ts";
import { redacted } from "./redact.ts";

export type * from "./backend.ts";
export { createDriver } from "./driver.ts";
export type { DriverHome } from "./driver_session.ts";
export { liveHost, simulatedHost } from "./host.ts";
export { kubevirtDriver, type KubevirtDriverOptions } from "./open_driver.ts";
export { createPlugin } from "./plugin.ts";
export { pluginHost, simulatedPluginHost } from "./plugin_host.ts";
export type { KubeContext } from "./plugin_request.ts";
export { redacted } from "./redact.ts";
export { KUBEVIRT } from "./module.ts";
export { SEAM } from "./seam.ts";
export { type SettingRule, SETTINGS } from "./settings.ts";
export { liveTaskHost, simulatedTaskHost } from "./task_host.ts";

/** One for all instances of a process. */
const clock = systemClock();

/** What {@linkcode kubevirtPlugin} needs. */
export interface KubevirtPluginOptions {
  /** Whose machines; a label such as the cluster's name. */
  readonly owner: string;
  /** Settings, such as `{ deletion: "compute" }`; see {@linkcode SETTINGS}. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Makes a machine plugin for a program. Cluster and credentials come with each request, in the key
 * `kubeconfig` of its secret.
 *
 * @example
 * ```ts ignore
 * import { kubevirtPlugin } from "@vmtck/vmtck/drivers/kubevirt";
 *
 * await using plugin = kubevirtPlugin({ owner: "shoot-1" });
 * const { providerID } = await plugin.createMachine({ machine: { name: "m1" }, machineClass, secret });
 * ```
 *
 * @throws {DriverError} `invalid-argument` for a bad owner or setting
 */
export function kubevirtPlugin({ owner, settings = {} }: KubevirtPluginOptions): MachinePlugin {
  const client = httpBackend({
    ...fetchTransport(),
    access: () => Promise.reject(new TypeError("Each call of a machine plugin has its own access")),
  });
  const live = redacted(inTurn(client, clock));
  const backend = withDeadline(live, { clock });
  const plugin = createPlugin({ backend, clock, owner, settings });
  return { ...plugin, [Symbol.asyncDispose]: () => live[Symbol.asyncDispose]() };
}
