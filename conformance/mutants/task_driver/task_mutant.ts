/**
 * How the mutants of task drivers are made.
 *
 * @module
 */

import {
  DriverError,
  type ErrorCode,
  MACHINE_ATTRIBUTE,
  type OpenOptions,
  TASK_REASONS,
  type TaskDriver,
  type TaskHost,
  type TaskId,
  type World,
} from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import { codeOf, type Mutant } from "../mutant.ts";

/** A mutant of a task driver. */
export type TaskMutant = Mutant<"task-driver">;

/** How the mutants of task drivers change a world. */
export type MutateTasks = (world: World<"task-driver">) => World<"task-driver">;

/** Changes every task driver that is opened. */
export function onTasks(
  change: (
    driver: TaskDriver,
    world: World<"task-driver">,
    options: OpenOptions,
  ) => Partial<TaskDriver>,
): MutateTasks {
  return (world) =>
    withMembers(world, {
      open: async (options) => {
        const driver = await world.open(options);
        return withMembers(driver, change(driver, world, options));
      },
    });
}

/** Changes every task driver that is opened, and the ways behind its back. */
export function onTasksAndHost(
  change: (
    driver: TaskDriver,
    seen: ReadonlySet<string>,
  ) => Partial<TaskDriver>,
  watched: "pause" | "vanish" | "turnOff",
): MutateTasks {
  return (world) => {
    const seen = new Set<string>();
    const { host } = world;
    const watch = host?.[watched];
    if (!host || !watch) return world;
    const changed: TaskHost = withMembers(host, {
      [watched]: async (machine: string) => {
        seen.add(machine);
        await watch.call(host, machine);
      },
    });
    return withMembers(world, {
      host: changed,
      open: async (options) => {
        const driver = await world.open(options);
        return withMembers(driver, change(driver, seen));
      },
    });
  };
}

/** An error about a task, for mutants that refuse what they should not. */
export function taskError(code: ErrorCode, id: TaskId, reason?: string): DriverError {
  return new DriverError({
    code,
    operation: "task.mutant",
    subject: `task:${id}`,
    message: `Cannot go on with "${id}": a mutant is at work`,
    ...(reason !== undefined && { reason }),
  });
}

/** There is no such task, says a mutant. */
export function noTask(id: TaskId): DriverError {
  return taskError("not-found", id, TASK_REASONS.notFound);
}

/** Goes on as if all were well where a call is refused with that code. */
export async function forgiving(code: ErrorCode, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}

/** Does something more when a call fails, and fails then. */
export async function afterFailure<T>(
  call: () => Promise<T>,
  more: (error: unknown) => Promise<unknown> | unknown,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    await more(error);
    throw error;
  }
}

let planted = 0;

/** Leaves something on the host that nobody will remove. */
export async function leaveBehind(world: World<"task-driver">): Promise<void> {
  await world.host?.plantMachine?.(`left-behind-${planted++}`);
}

/** The hypervisor's name of a task's machine. */
export async function machineOf(driver: TaskDriver, id: TaskId): Promise<string> {
  return (await driver.inspectTask(id)).attributes[MACHINE_ATTRIBUTE] ?? "";
}

/** A task's end that is none of its own. */
export const CLEAN = { exitCode: 0, signal: 0, oomKilled: false } as const;
