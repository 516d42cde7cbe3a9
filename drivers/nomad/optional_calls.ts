/**
 * The calls of the plugin API that only some drivers declare.
 *
 * @module
 */

import type { TaskExec, TaskNetworks, TaskSignals } from "../contract/mod.ts";
import { fromExit } from "./reports.ts";
import { aboutTask, type Session } from "./session.ts";
import { copyOf, durationOf } from "./values.ts";

/** Facet: tasks take signals. */
export function signalsOf(session: Session): TaskSignals {
  return {
    signalTask: (taskId, name, { signal } = {}) =>
      session.run(aboutTask("signal", taskId), signal, async ({ channel }, about) => {
        await channel.call("driver", "SignalTask", { taskId, signal: name }, about);
      }),
  };
}

/** Facet: commands run in tasks. */
export function execOf(session: Session): TaskExec {
  return {
    execTask: (taskId, command, { timeoutMs = 0, signal } = {}) =>
      session.run(aboutTask("exec", taskId), signal, async ({ channel }, about) => {
        const timeout = durationOf(timeoutMs, "timeout", about);
        const request = { taskId, command, timeout };
        const { stdout, stderr, result } = await channel.call("driver", "ExecTask", request, about);
        return { stdout: copyOf(stdout), stderr: copyOf(stderr), exit: fromExit(result) };
      }),
  };
}

/** Facet: the agent asks for networks. */
export function networksOf(session: Session): TaskNetworks {
  return {
    createNetwork: (allocId, { signal } = {}) =>
      session.run(session.aboutDriver("createNetwork"), signal, async ({ channel }, about) => {
        const { isolation, created } = await channel
          .call("driver", "CreateNetwork", { allocId }, about);
        return { path: isolation?.path ?? "", created };
      }),
    destroyNetwork: (allocId, { signal } = {}) =>
      session.run(session.aboutDriver("destroyNetwork"), signal, async ({ channel }, about) => {
        // Without an isolation there is nothing to do for a plugin.
        const request = { allocId, isolation: { path: "" } };
        await channel.call("driver", "DestroyNetwork", request, about);
      }),
  };
}
