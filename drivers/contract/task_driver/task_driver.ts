/**
 * The task driver: what a plugin of an orchestrator offers to run virtual machines as tasks. The
 * sixteen methods of Nomad's driver plugins.
 *
 * The order of calls that it has to bear:
 *
 * - `pluginInfo`, `configSchema`, `taskConfigSchema` and `capabilities` answer before `setConfig`.
 * - `setConfig` comes twice or more, at first without the agent's part; the last one counts.
 * - `init` comes after `setConfig`, and again when an agent comes back to a driver that lived on.
 * - `waitTask` may come before and after `stopTask`, and several times at once.
 * - `stopTask` and `destroyTask` of one task may overlap.
 * - `destroyTask` with force may come for a task that this instance does not know: it is the only
 *   chance to remove what an instance that died left behind.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";
import type {
  TaskCapabilities,
  TaskFingerprint,
  TaskPluginInfo,
  TaskPluginSettings,
} from "./plugin.ts";
import type { Schema } from "./schema.ts";
import type {
  StartedTask,
  TaskEvent,
  TaskExit,
  TaskHandle,
  TaskId,
  TaskResourceUsage,
  TaskSpec,
  TaskStatus,
} from "./task.ts";
import type { TaskWire } from "./wire.ts";

/** A stream ends when its signal aborts. */
export interface StreamOptions {
  /** Ends the stream, without an error. */
  readonly signal: AbortSignal;
}

/** What every task of a driver can do, or has done to it. */
export const TASK_FACETS = [
  /** Images lie in the folders that the configuration allows. */
  "images",
  /** A disk can be a thin copy. */
  "thin-copy",
  /** The guest hears of being stopped, and can end in order. */
  "graceful-stop",
  /** The guest's address is told at the start. */
  "address",
  /** Ports of the host lead to the guest. */
  "ports",
  /** cloud-init gets host name, user data, commands, keys and passwords. */
  "cloud-init",
  /** Folders of the host can be in the guest. */
  "mounts",
  /** What tasks use is measured. */
  "stats",
  /** Events are told. */
  "events",
] as const;

/** One of {@linkcode TASK_FACETS}. */
export type TaskFacet = typeof TASK_FACETS[number];

/** Facet: tasks take signals. */
export interface TaskSignals {
  /**
   * Sends a signal, such as `SIGHUP`, to a task.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound`; `invalid-argument` for a name that
   * is no signal
   */
  signalTask(id: TaskId, signal: string, options?: CallOptions): Promise<void>;
}

/** How a command in a task ended. */
export interface ExecResult {
  /** What it printed. */
  readonly stdout: Uint8Array;
  /** What it printed as errors. */
  readonly stderr: Uint8Array;
  /** How it ended. */
  readonly exit: TaskExit;
}

/** Facet: commands run in tasks. */
export interface TaskExec {
  /**
   * Runs a command in the guest; arguments arrive as they are. Without `timeoutMs`, or with 0, it may
   * take as long as it likes.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound`; `invalid-argument` for an empty
   * command; `failed-precondition` unless the task runs; `deadline-exceeded` when the time is over
   */
  execTask(
    id: TaskId,
    argv: readonly string[],
    options?: CallOptions & { timeoutMs?: number },
  ): Promise<ExecResult>;
}

/** Facet: the agent asks the driver for the networks of allocations. */
export interface TaskNetworks {
  /** Makes the network of an allocation; `created` is false if it was there already. */
  createNetwork(
    allocId: string,
    options?: CallOptions,
  ): Promise<{ readonly path: string; readonly created: boolean }>;
  /** Removes it; nothing happens if it is gone. */
  destroyNetwork(allocId: string, options?: CallOptions): Promise<void>;
}

/** The reasons that errors of this contract name. */
export const TASK_REASONS = {
  /** `not-found`: no task of that id, or not any more. */
  notFound: "ErrTaskNotFound",
  /** `unimplemented`: the driver measures nothing. */
  noStats: "DriverStatsNotImplemented",
  /** `permission-denied`: the image is in no folder that the configuration allows. */
  imageNotAllowed: "image-not-allowed",
} as const;

/**
 * A task driver. Opening one has no side effect; disposing of it ends its streams and waits, and
 * touches no task. An error's `retryable` is what the plugin API calls recoverable: the agent may
 * start the task anew.
 */
export interface TaskDriver extends AsyncDisposable {
  /** What every task can do; known before the first call. */
  readonly taskFacets: readonly TaskFacet[];
  /** Facet: tasks take signals. */
  readonly signals?: TaskSignals;
  /** Facet: commands run in tasks. */
  readonly exec?: TaskExec;
  /** Facet: the agent asks the driver for networks. */
  readonly networks?: TaskNetworks;
  /** Facet: the driver is a process of its own. */
  readonly wire?: TaskWire;

  /** What the plugin is. Answers before `setConfig`. */
  pluginInfo(options?: CallOptions): Promise<TaskPluginInfo>;
  /** The schema of the plugin's configuration. Answers before `setConfig`. */
  configSchema(options?: CallOptions): Promise<Schema>;
  /** The schema of a task's. Answers before `setConfig`. */
  taskConfigSchema(options?: CallOptions): Promise<Schema>;
  /** What the driver declares; the same at every call. */
  capabilities(options?: CallOptions): Promise<TaskCapabilities>;
  /**
   * Checks a configuration and takes it over; makes nothing on the host, and an equal one changes
   * nothing.
   *
   * @throws {DriverError} `invalid-argument` naming the key, and the configuration at hand stays
   */
  setConfig(settings: TaskPluginSettings, options?: CallOptions): Promise<void>;
  /** Prepares the host, after `setConfig`; again changes nothing. Absent if there is nothing to do. */
  init?(options?: CallOptions): Promise<void>;
  /**
   * How well the driver is: at once, then when something changes, until the signal aborts. Whoever asks
   * gets all of it. What is wrong is told in the stream: it neither throws nor ends by itself.
   */
  fingerprint(options: StreamOptions): AsyncIterable<TaskFingerprint>;

  /**
   * Starts a task, and answers when its machine runs. A failed start leaves nothing: neither a machine
   * nor the id.
   *
   * @throws {DriverError} `already-exists` for an id that there is; `invalid-argument` for a
   * configuration that cannot be; `permission-denied` with reason `image-not-allowed`; `not-found`
   * about `image:…` for an image file that is not there
   */
  startTask(spec: TaskSpec, options?: CallOptions): Promise<StartedTask>;
  /**
   * Takes over a task that another instance started. For one that this instance has already, nothing
   * happens. A task that ended in the meantime is taken over as `exited`.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound` if its machine is gone;
   * `invalid-argument` for a handle that is none, or whose version this driver does not know
   */
  recoverTask(handle: TaskHandle, options?: CallOptions): Promise<void>;
  /**
   * How a task ends: at once if it has, and the same for all who wait. An abort is `canceled`, and the
   * task runs on.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound`, also when the task is destroyed
   * before it ended
   */
  waitTask(id: TaskId, options?: CallOptions): Promise<TaskExit>;
  /**
   * Asks the guest to end, waits `timeoutMs` at most, and then switches it off. Answers when it is off;
   * keeps the task and all that belongs to it. A task that has ended stays as it is. `signalName` is what
   * the job wants to be sent: `SIGKILL` switches off at once; any other means something to drivers with
   * the facet `signals` alone.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound`; `invalid-argument` for a timeout
   * that is no number from 0 on
   */
  stopTask(
    id: TaskId,
    options: CallOptions & { timeoutMs: number; signalName?: string },
  ): Promise<void>;
  /**
   * Removes a task and all that belongs to it. With force also one that runs, and what there is of one
   * that this instance does not know.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound` if there is nothing of that id;
   * `failed-precondition` for one that runs, without force; with `leftovers` if something could not be
   * removed: the task stays known, and the next call goes on
   */
  destroyTask(id: TaskId, options?: CallOptions & { force?: boolean }): Promise<void>;
  /**
   * How a task is; read afresh, and a copy.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound`
   */
  inspectTask(id: TaskId, options?: CallOptions): Promise<TaskStatus>;
  /**
   * What a task uses, every `intervalMs` until it ends or the signal aborts.
   *
   * @throws {DriverError} `not-found` with reason `ErrTaskNotFound`; `invalid-argument` for an interval
   * that is no positive number; `unimplemented` with reason `DriverStatsNotImplemented` without the
   * facet `stats`
   */
  taskStats(
    id: TaskId,
    options: StreamOptions & { intervalMs: number },
  ): Promise<AsyncIterable<TaskResourceUsage>>;
  /**
   * What happens to all tasks, from the moment when the promise settles until the signal aborts. Whoever
   * asks gets all of it; who reads slowly holds up nobody.
   */
  taskEvents(options: StreamOptions): Promise<AsyncIterable<TaskEvent>>;
  /** Ends the driver's work in order, before its process does. Tasks run on. */
  shutdown?(options?: CallOptions): Promise<void>;
}
