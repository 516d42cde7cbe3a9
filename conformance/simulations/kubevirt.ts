/**
 * The KubeVirt adapter over a simulated cluster.
 *
 * @module
 */

import type { DriverModule } from "../../drivers/backend/mod.ts";
import { simulatedHost } from "../../drivers/kubevirt/host.ts";
import { KUBEVIRT } from "../../drivers/kubevirt/module.ts";
import { simulatedPluginHost } from "../../drivers/kubevirt/plugin_host.ts";
import { redacted } from "../../drivers/kubevirt/redact.ts";
import { simulatedTaskHost } from "../../drivers/kubevirt/task_host.ts";
import { SIMULATED_IMAGES } from "./images.ts";

const connect: typeof KUBEVIRT.connect = async ({ clock, files }) => {
  const { simulatedBackend } = await import("../../fixtures/simulators/kubevirt/behind_client.ts");
  return {
    backend: redacted(simulatedBackend({ clock, files })),
    host: { origin: "simulator", versions: { kubernetes: "simulated Kubernetes" } },
  };
};

const { driver, "machine-plugin": plugin, "task-driver": tasks } = KUBEVIRT.serves;

/** The module: all of it is the adapter's own, except for what it connects to. */
export const SIMULATED_KUBEVIRT: DriverModule = {
  ...KUBEVIRT,
  serves: {
    ...KUBEVIRT.serves,
    ...(driver && { driver: { ...driver, host: simulatedHost } }),
    ...(tasks && { "task-driver": { ...tasks, host: simulatedTaskHost } }),
    ...(plugin && { "machine-plugin": { ...plugin, host: simulatedPluginHost } }),
  },
  connect,
  images: SIMULATED_IMAGES,
  time: "virtual",
};
