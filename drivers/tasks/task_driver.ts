/**
 * The task driver over the machines of one owner.
 *
 * @module
 */

import { type About, attempt, Trouble } from "../backend/driver_errors.ts";
import type { Files } from "../backend/files.ts";
import { KeyedLock } from "../backend/keyed_lock.ts";
import {
  type CallOptions,
  type Clock,
  MACHINE_ATTRIBUTE,
  TASK_API_VERSION,
  TASK_REASONS,
  type TaskDriver,
  type TaskId,
  type TaskPluginConfig,
  type TaskPluginSettings,
  type TaskStatus,
} from "../contract/mod.ts";
import { attemptTask, noSuchTask, taskSubject } from "./errors.ts";
import { runCommand } from "./exec.ts";
import type { TaskMachines } from "./machines.ts";
import { checkedConfig, planOf } from "./plan.ts";
import { recover, start } from "./start.ts";
import { assertTimeout, destroy, stop } from "./stop.ts";
import { fingerprints, usages } from "./streams.ts";
import { type Task, Tasks } from "./tasks.ts";

/** What {@linkcode taskDriver} needs. */
export interface TaskDriverOptions {
  /** The machines. */
  readonly machines: TaskMachines;
  /** Time; in a process that agents come back to, it counts from the Unix epoch. */
  readonly clock: Clock;
  /** The local files, for the paths and the headers of images. */
  readonly files: Pick<Files, "realPath" | "read" | "stat">;
  /** The longest pause between two looks at a machine. By default a second. */
  readonly pollMs?: number;
  /** The pause between two looks at the host's health. By default five seconds. */
  readonly fingerprintMs?: number;
}

/** Makes a task driver. Has no side effect. */
export function taskDriver(options: TaskDriverOptions): TaskDriver {
  const { machines, clock, files, pollMs = 1_000, fingerprintMs = 5_000 } = options;
  const tasks = new Tasks({ machines, clock, pollMs });
  const parts = { machines, clock, tasks };
  const locks = new KeyedLock();
  const starting = new Set<TaskId>();
  const closed = new AbortController();
  let config: TaskPluginConfig = {};

  const call = <T>(
    method: string,
    id: TaskId,
    signal: AbortSignal | undefined,
    work: (about: About) => Promise<T>,
  ): Promise<T> => {
    const about = { operation: `task.${method}`, subject: taskSubject(id), signal };
    return attemptTask(about, () => work(about), machines.meaningOf);
  };
  const untilClosed = (signal: AbortSignal): AbortSignal =>
    AbortSignal.any([signal, closed.signal]);

  const { exec } = machines;

  return {
    taskFacets: machines.facets,
    ...(exec && {
      exec: {
        execTask: (id, argv, options = {}) =>
          call("exec", id, options.signal, async () => {
            return await runCommand({ exec, clock, task: tasks.get(id) }, argv, options);
          }),
      },
    }),
    pluginInfo: () => {
      const { name, version } = machines.plugin;
      return Promise.resolve({ name, type: "driver", apiVersions: [TASK_API_VERSION], version });
    },
    configSchema: () => Promise.resolve(machines.configSchema),
    taskConfigSchema: () => Promise.resolve(machines.taskConfigSchema),
    capabilities: () => Promise.resolve(machines.capabilities),
    setConfig: (settings, { signal } = {}) => {
      const subject = `driver:${machines.plugin.name}` as const;
      const about: About = { operation: "task.setConfig", subject, signal };
      return attempt(about, () => {
        config = takeOver(machines, settings);
        return Promise.resolve();
      });
    },
    init: async (options) => await machines.net?.init(options),
    fingerprint: ({ signal }) =>
      fingerprints({ machines, clock, periodMs: fingerprintMs, signal: untilClosed(signal) }),

    startTask: (spec, { signal } = {}) =>
      call("start", spec.id, signal, async (about) => {
        const { id } = spec;
        if (tasks.has(id) || starting.has(id)) {
          throw new Trouble("already-exists", "there is a task of that id");
        }
        starting.add(id);
        try {
          const plan = await planOf({ machines, files, clock, config }, structuredClone(spec));
          return await locks.run(id, () => start(parts, plan, about), { signal });
        } finally {
          starting.delete(id);
        }
      }),
    recoverTask: (handle, { signal } = {}) =>
      call("recover", handle?.config?.id ?? "", signal, async (about) => {
        const copy = structuredClone(handle);
        await locks.run(copy?.config?.id ?? "", () => recover(parts, copy, about), { signal });
      }),
    waitTask: (id, { signal } = {}) =>
      call("wait", id, signal, async () => {
        const task = tasks.get(id);
        await task.observer.ended(signal);
        if (!task.exit) throw noSuchTask();
        return { ...task.exit };
      }),
    stopTask: (id, { timeoutMs, signalName, signal }) =>
      call("stop", id, signal, async () => {
        assertTimeout(timeoutMs);
        // A machine hears of one thing only, its power button: whatever signal the job names, save this one.
        const patienceMs = signalName === "SIGKILL" ? 0 : timeoutMs;
        await stop(parts, tasks.get(id), { timeoutMs: patienceMs, signal });
      }),
    destroyTask: (id, { force, signal } = {}) =>
      call("destroy", id, signal, async () => {
        const work = (): Promise<void> => destroy(parts, id, { force, signal });
        await locks.run(id, work, { signal });
      }),
    inspectTask: (id, options = {}) =>
      call("inspect", id, options.signal, () => statusOf(tasks.get(id), options)),
    taskStats: (id, { intervalMs, signal }) =>
      call("stats", id, undefined, () => {
        if (!machines.usage) {
          throw new Trouble("unimplemented", "nothing is measured", TASK_REASONS.noStats);
        }
        const task = tasks.get(id);
        if (!(Number.isFinite(intervalMs) && intervalMs > 0)) {
          const why = `the interval must be a positive number of milliseconds: ${intervalMs}`;
          throw new Trouble("invalid-argument", why);
        }
        const stream = { machines, clock, task, intervalMs, signal: untilClosed(signal) };
        return Promise.resolve(usages(stream));
      }),
    taskEvents: ({ signal }) => Promise.resolve(tasks.subscribe(untilClosed(signal))),
    [Symbol.asyncDispose]: () => {
      const reason = new Trouble("canceled", "the driver was disposed of");
      closed.abort(reason);
      tasks.close(reason);
      return Promise.resolve();
    },
  };
}

/** Checks a configuration, then hands it over. @throws {Trouble} `invalid-argument` */
function takeOver(machines: TaskMachines, settings: TaskPluginSettings): TaskPluginConfig {
  const { apiVersion = TASK_API_VERSION } = settings;
  if (apiVersion !== TASK_API_VERSION) {
    const why = `the plugin API version ${JSON.stringify(apiVersion)} is none of this driver's`;
    throw new Trouble("invalid-argument", why);
  }
  const config = checkedConfig(machines, structuredClone(settings.config));
  machines.configure?.(config);
  return config;
}

async function statusOf(task: Task, { signal }: CallOptions): Promise<TaskStatus> {
  const { spec, note, startedAt } = task;
  const sight = await task.observer.look({ signal })
    .catch(() => ({ state: "unknown" as const }));
  signal?.throwIfAborted();
  const base = {
    id: spec.id,
    name: spec.name,
    startedAt,
    attributes: { [MACHINE_ATTRIBUTE]: note.name },
  };
  const { exit, completedAt } = task;
  if (exit) return { ...base, state: "exited", completedAt, exit: { ...exit } };
  return { ...base, state: sight.state === "running" ? "running" : "unknown" };
}
