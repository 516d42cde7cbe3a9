/**
 * The calls about one task, by the plugin API.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type {
  CallOptions,
  StartedTask,
  TaskDriver,
  TaskHandle,
  TaskId,
  TaskSpec,
  TaskStatus,
} from "../contract/mod.ts";
import type { ChannelOptions } from "./channel.ts";
import type { Connection } from "./connection.ts";
import type { Message } from "./message_types.ts";
import { fromExit, fromNetwork, fromStatusMessage } from "./reports.ts";
import { aboutTask, evaluated, type Session } from "./session.ts";
import { fromHandle, toHandle, toTaskConfig } from "./specs.ts";
import { durationOf } from "./values.ts";

/** How long the plugin may take to tell the text of what ended a task; without it, the rest is told. */
const EXIT_TEXT_MS = 1_000;

type TaskCalls = Pick<
  TaskDriver,
  "startTask" | "recoverTask" | "waitTask" | "stopTask" | "destroyTask" | "inspectTask"
>;

/** Makes them. */
export function taskCalls(session: Session): TaskCalls {
  const call = <T>(
    method: string,
    id: TaskId,
    { signal }: CallOptions,
    work: (connection: Connection, options: ChannelOptions) => Promise<T>,
  ): Promise<T> => session.run(aboutTask(method, id), signal, work);
  return {
    startTask: (spec, options) => start(session, spec, options),
    recoverTask: (stored: TaskHandle, options = {}) =>
      call("recover", stored?.config?.id ?? "", options, async (connection, about) => {
        const handle = toHandle(stored, { schema: connection.taskSchema, about });
        await connection.channel.call("driver", "RecoverTask", { handle }, about);
      }),
    waitTask: (taskId, options = {}) =>
      call("wait", taskId, options, async ({ channel }, about) => {
        const { result, err } = await channel.call("driver", "WaitTask", { taskId }, about);
        return fromExit(result, err);
      }),
    stopTask: (taskId, { timeoutMs, signalName, signal }) =>
      call("stop", taskId, { signal }, async ({ channel }, about) => {
        const timeout = durationOf(timeoutMs, "timeout", about);
        const request = { taskId, timeout, signal: signalName };
        await channel.call("driver", "StopTask", request, about);
      }),
    destroyTask: (taskId, { force, signal } = {}) =>
      call("destroy", taskId, { signal }, async ({ channel }, about) => {
        await channel.call("driver", "DestroyTask", { taskId, force }, about);
      }),
    inspectTask: (id, options = {}) =>
      call("inspect", id, options, (connection, about) => inspect(session, connection, id, about)),
  };
}

/**
 * Starts a task. The plugin API has no way to end a start early, so an abort waits for its end and takes
 * back what was started.
 */
async function start(
  session: Session,
  spec: TaskSpec,
  { signal }: CallOptions = {},
): Promise<StartedTask> {
  const about = aboutTask("start", spec.id);
  return await session.run(about, undefined, async ({ channel, taskSchema: schema }, options) => {
    if (signal?.aborted) throw canceled();
    const config = evaluated(schema, spec.config, session.options.task);
    const task = toTaskConfig(spec, { schema, config, about });
    let answer: Message<"StartTaskResponse">;
    try {
      answer = await channel.call("driver", "StartTask", { task }, options);
    } catch (error) {
      throw signal?.aborted ? canceled() : error;
    }
    if (signal?.aborted) {
      await channel.call("driver", "DestroyTask", { taskId: spec.id, force: true }, options);
      throw canceled();
    }
    const { handle, networkOverride } = answer;
    if (!handle) throw new Trouble("internal", "the plugin answers no handle");
    const network = fromNetwork(networkOverride);
    return { handle: fromHandle(handle), ...(network && { network }) };
  });
}

function canceled(): Trouble {
  return new Trouble("canceled", "the call was aborted");
}

async function inspect(
  session: Session,
  { channel }: Connection,
  taskId: TaskId,
  about: ChannelOptions,
): Promise<TaskStatus> {
  const message = await channel.call("driver", "InspectTask", { taskId }, about);
  const { startedAt, completedAt, exit, ...status } = fromStatusMessage(message);
  const error = exit && await exitText(session, { channel }, taskId, about);
  return {
    ...status,
    startedAt: session.time(startedAt),
    ...(completedAt !== undefined && { completedAt: session.time(completedAt) }),
    ...(exit && { exit: { ...exit, ...(error && { error }) } }),
  };
}

/** What went wrong with a task that ended: only a wait tells, and that one is over at once. */
async function exitText(
  { options: { clock } }: Session,
  { channel }: Pick<Connection, "channel">,
  taskId: TaskId,
  about: ChannelOptions,
): Promise<string | undefined> {
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(EXIT_TEXT_MS, { signal: over.signal }).then(() => late.abort(), () => {});
  const signal = about.signal ? AbortSignal.any([about.signal, late.signal]) : late.signal;
  try {
    return (await channel.call("driver", "WaitTask", { taskId }, { ...about, signal })).err;
  } catch {
    // The task may be gone by now; the inspection itself was fine.
    return undefined;
  } finally {
    over.abort();
  }
}
