/**
 * The KubeVirt adapter as the suite takes it. What reaches a real cluster is loaded by `connect`: a replay
 * does without.
 *
 * @module
 */

import type { DriverModule } from "../backend/module.ts";
import { tasksOver } from "../tasks/mod.ts";
import type { KubeMethods, WatchEvent } from "./backend.ts";
import { createDriver } from "./driver.ts";
import { liveHost } from "./host.ts";
import { createPlugin, DESCRIPTION, NAME } from "./plugin.ts";
import { pluginHost } from "./plugin_host.ts";
import { SEAM } from "./seam.ts";
import { liveTaskHost } from "./task_host.ts";

/** The module of the KubeVirt adapter. */
export const KUBEVIRT: DriverModule<KubeMethods, WatchEvent> = {
  name: NAME,
  description: DESCRIPTION,
  serves: {
    "driver": { create: createDriver, host: liveHost },
    "task-driver": {
      create: (context) => tasksOver(context, createDriver),
      host: liveTaskHost,
    },
    "machine-plugin": { create: createPlugin, host: pluginHost },
  },
  connect: async (options) => await (await import("./connect.ts")).connectLive(options),
  seam: SEAM,
  localSettings: [
    ...["kubeconfig", "namespace", "upload-proxy", "upload-ca", "ssh-key", "guest", "blank"],
  ],
};
