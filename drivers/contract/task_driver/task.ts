/**
 * Tasks: what they are made from, how they are, and how they end.
 *
 * @module
 */

import type { TaskPort } from "./config.ts";
import type { TaskNetwork } from "./net.ts";

/** A task's identity; the agent never uses one twice, and a driver refuses it while it has it. */
export type TaskId = string;

/** What the agent reserved for a task. */
export interface TaskResources {
  /** Memory in MiB. */
  readonly memoryMiB: number;
  /** What it may use beyond that, in MiB; absent for a fixed size. */
  readonly memoryMaxMiB?: number;
  /** The reserved cores in Linux's notation, such as `0-1,4`: as many as the guest has processors. */
  readonly cpuset: string;
  /** The share of the host's processors in MHz; of no use to a virtual machine. */
  readonly cpuShares?: number;
  /** The ports that the agent gave to the task. */
  readonly ports?: readonly TaskPort[];
}

/** A folder of the host in the guest. */
export interface TaskMount {
  /** The host's path. */
  readonly hostPath: string;
  /** The guest's. */
  readonly taskPath: string;
  /** Whether the guest may only read it. */
  readonly readOnly: boolean;
}

/** What a task is made from: the agent's part, and the author's. */
export interface TaskSpec {
  /** The identity, such as `<allocation>/<task>/<8 hexadecimal digits>`. */
  readonly id: TaskId;
  /** What the job calls the task. */
  readonly name: string;
  /** The allocation that it belongs to. */
  readonly allocId: string;
  /** What the agent reserved. */
  readonly resources: TaskResources;
  /**
   * What the job's author says: a `TaskConfig` for drivers of virtual machines. It comes from a user's
   * file, so the driver holds it to its schema.
   */
  readonly config: unknown;
  /** The environment, for the guest. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of the host. Only for drivers with the facet `mounts`. */
  readonly mounts?: readonly TaskMount[];
  /** The allocation's folder on the host; absolute. */
  readonly allocDir?: string;
  /** Where the task's output goes: named pipes. */
  readonly stdoutPath?: string;
  /** Where its error output goes. */
  readonly stderrPath?: string;
}

/** The states of a task. A paused guest is `running`: it has not ended. */
export const TASK_STATES = ["unknown", "running", "exited"] as const;

/** One of {@linkcode TASK_STATES}. */
export type TaskState = typeof TASK_STATES[number];

/** How a task ended. Successful: code 0, signal 0 and no error. */
export interface TaskExit {
  /** 0 if the guest switched itself off. */
  readonly exitCode: number;
  /** The signal that ended it; 0 if none did. */
  readonly signal: number;
  /** Whether the host had no memory left for it. Only where the host says so. */
  readonly oomKilled: boolean;
  /** What went wrong, for people; absent for a clean end. */
  readonly error?: string;
}

/** A task, as `inspectTask` tells it. */
export interface TaskStatus {
  /** The identity. */
  readonly id: TaskId;
  /** What the job calls it. */
  readonly name: string;
  /** The state. */
  readonly state: TaskState;
  /** When it started, in milliseconds on the driver's clock; kept over a recovery. */
  readonly startedAt: number;
  /** When it ended, not before it started; absent while it has not. */
  readonly completedAt?: number;
  /** How it ended; absent while it has not. */
  readonly exit?: TaskExit;
  /** What else the driver tells, such as {@linkcode MACHINE_ATTRIBUTE}. Without secrets. */
  readonly attributes: Readonly<Record<string, string>>;
  /** How it is reached, where that changed since the start. */
  readonly network?: TaskNetwork;
}

/** The attribute of a task with the hypervisor's name of its machine. */
export const MACHINE_ATTRIBUTE = "machine";

/** What `startTask` answers. */
export interface StartedTask {
  /** What `recoverTask` needs. */
  readonly handle: TaskHandle;
  /** How the task is reached, where the driver knows. */
  readonly network?: TaskNetwork;
}

/**
 * What the agent keeps of a task, so that another process of the driver can take it over. It goes
 * through bytes in between: see `encodeTaskHandle`.
 */
export interface TaskHandle {
  /** The version of `driverState`, from 1 on. */
  readonly version: number;
  /** What the task was made from. */
  readonly config: TaskSpec;
  /** The state when the handle was made. */
  readonly state: TaskState;
  /** The driver's own notes; opaque. */
  readonly driverState: Uint8Array;
}

/** One thing that happened to a task, for people. */
export interface TaskEvent {
  /** The task. */
  readonly taskId: TaskId;
  /** The allocation that it belongs to. */
  readonly allocId: string;
  /** What the job calls the task. */
  readonly taskName: string;
  /** When, in milliseconds on the driver's clock. */
  readonly timestamp: number;
  /** What happened, in a sentence. */
  readonly message: string;
  /** More about it. Without secrets. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The memory figures that a driver may measure, all in bytes. */
export const MEMORY_FIGURES = [
  "rss",
  "cache",
  "swap",
  "mappedFile",
  "usage",
  "maxUsage",
  "kernelUsage",
  "kernelMaxUsage",
] as const;

/** One of {@linkcode MEMORY_FIGURES}. */
export type MemoryFigure = typeof MEMORY_FIGURES[number];

/** The processor figures that a driver may measure. */
export const CPU_FIGURES = [
  "systemMode",
  "userMode",
  "totalTicks",
  "throttledPeriods",
  "throttledTime",
  "percent",
] as const;

/** One of {@linkcode CPU_FIGURES}. */
export type CpuFigure = typeof CPU_FIGURES[number];

/** What a task used: a figure is there exactly if it was measured. */
export interface TaskResourceUsage {
  /** When it was measured, in milliseconds on the driver's clock. */
  readonly timestamp: number;
  /** Memory in bytes. */
  readonly memory: Readonly<Partial<Record<MemoryFigure, number>>>;
  /**
   * Processors: `percent` of one core since the last sample, so 200 for two busy cores;
   * `systemMode` and `userMode` in percent, too; `totalTicks` in MHz; `throttledTime` in nanoseconds.
   */
  readonly cpu: Readonly<Partial<Record<CpuFigure, number>>>;
}
