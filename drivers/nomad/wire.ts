/**
 * The wire of a plugin, as its host sees it.
 *
 * @module
 */

import { isDriverError, type TaskWire } from "../contract/mod.ts";
import { Channel, type ChannelOptions } from "./channel.ts";
import type { Connection } from "./connection.ts";
import { aboutTask, type Session } from "./session.ts";

/** A plugin's health service says this if it serves. */
const SERVING = 1;
/** How long a plugin that is asked to end is waited for. */
const END_MS = 10_000;
const ABOUT = { operation: "task.end", subject: "driver:" } as const;

/** Facet: the driver is a process. */
export function wireOf(session: Session): TaskWire {
  const run = <T>(
    method: string,
    signal: AbortSignal | undefined,
    work: (connection: Connection, options: ChannelOptions) => T | Promise<T>,
  ): Promise<T> => session.run(session.aboutDriver(method), signal, work);
  return {
    printed: () => run("printed", undefined, ({ plugin }) => plugin.printed()),
    startByHand: ({ signal } = {}) => run("startByHand", signal, ({ byHand }) => byHand()),
    isServing: ({ signal } = {}) =>
      run("isServing", signal, async ({ channel }, options) => {
        const { status } = await channel.call("health", "Check", { service: "plugin" }, options);
        return status === SERVING;
      }),
    callUnknown: ({ signal } = {}) =>
      run("callUnknown", signal, async ({ channel }, options) => {
        try {
          await channel.call("unknown", "NoSuchMethod", {}, options);
          return undefined;
        } catch (error) {
          if (isDriverError(error)) return error.code;
          throw error;
        }
      }),
    callUndeclared: (method, { signal } = {}) =>
      run("callUndeclared", signal, async ({ channel }, about) => {
        const options = { ...about, subject: "driver:" } as const;
        if (method === "signalTask") await channel.call("driver", "SignalTask", {}, options);
        else if (method === "execTask") await channel.call("driver", "ExecTask", {}, options);
        else await channel.call("driver", "CreateNetwork", {}, options);
      }),
    missingParts: (taskId, { signal } = {}) =>
      session.run(aboutTask("missingParts", taskId), signal, async ({ channel }, options) => {
        const { task } = await channel.call("driver", "InspectTask", { taskId }, options);
        if (!task) return ["task"];
        const parts = ["startedAt", "completedAt", "result"] as const;
        return parts.filter((part) => task[part] === null);
      }),
    comeBack: (taskId, { signal } = {}) =>
      session.run(aboutTask("comeBack", taskId), signal, async ({ plugin }, options) => {
        using channel = new Channel(plugin.target);
        await channel.call("driver", "Init", {}, options).catch((error) => {
          if (!(isDriverError(error) && error.code === "unimplemented")) throw error;
        });
        await channel.call("driver", "InspectTask", { taskId }, options);
      }),
    interrupt: () => run("interrupt", undefined, ({ plugin }) => plugin.interrupt()),
    end: () => run("end", undefined, (connection) => end(session, connection)),
    kill: () => run("kill", undefined, ({ plugin }) => plugin.kill()),
  };
}

async function end(
  { options: { clock } }: Session,
  { channel, plugin }: Connection,
): ReturnType<TaskWire["end"]> {
  const begun = clock.now();
  // By a connection of its own, as whoever ends a plugin does: see `connection.ts`.
  channel[Symbol.dispose]();
  using asking = new Channel(plugin.target);
  // Often it is gone before it can answer.
  await asking.call("controller", "Shutdown", {}, ABOUT).catch(() => {});
  const over = new AbortController();
  const late = clock.sleep(END_MS, { signal: over.signal }).then(() => plugin.kill(), () => {});
  const { code } = await plugin.ended;
  const ms = clock.now() - begun;
  over.abort();
  await late;
  return { exitCode: code, ms, socketLeft: await isThere(plugin.target) };
}

async function isThere(target: string): Promise<boolean> {
  if (!target.startsWith("unix:")) return false;
  try {
    await Deno.lstat(target.slice("unix:".length));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
