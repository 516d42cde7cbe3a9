/**
 * How the mutants of task drivers are made.
 *
 * @module
 */

import {
  type Clock,
  DriverError,
  type ErrorCode,
  MACHINE_ATTRIBUTE,
  type OpenOptions,
  TASK_REASONS,
  type TaskDriver,
  type TaskHost,
  type TaskId,
  type TaskSpec,
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

/** Longer than any bound of the suite, and shorter than what a case may take. */
const TOO_LONG_MS = 200_000;

/** Fails when the call does, and long after it. */
export async function failingLate<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  return await afterFailure(call, () => clock.sleep(TOO_LONG_MS));
}

/** Calls that write down by whom an end was seen: what a driver knows whose state is set by others' calls. */
export function seenEnds(
  driver: TaskDriver,
): {
  readonly ended: ReadonlySet<TaskId>;
  readonly calls: Pick<TaskDriver, "waitTask" | "stopTask">;
} {
  const ended = new Set<TaskId>();
  const seen = async <T>(id: TaskId, call: Promise<T>): Promise<T> => {
    const answer = await call;
    ended.add(id);
    return answer;
  };
  return {
    ended,
    calls: {
      waitTask: (id, options) => seen(id, driver.waitTask(id, options)),
      stopTask: (id, options) => seen(id, driver.stopTask(id, options)),
    },
  };
}

/** Calls that write down which tasks this instance started, and which it took over. */
export function taken(driver: TaskDriver): {
  readonly started: ReadonlySet<TaskId>;
  readonly recovered: ReadonlyMap<TaskId, TaskSpec>;
  readonly calls: Pick<TaskDriver, "startTask" | "recoverTask">;
} {
  const started = new Set<TaskId>();
  const recovered = new Map<TaskId, TaskSpec>();
  return {
    started,
    recovered,
    calls: {
      startTask: async (spec, options) => {
        const answer = await driver.startTask(spec, options);
        started.add(spec.id);
        return answer;
      },
      recoverTask: async (handle, options) => {
        await driver.recoverTask(handle, options);
        recovered.set(handle.config.id, handle.config);
      },
    },
  };
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
