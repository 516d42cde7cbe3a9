/**
 * Stopping a task, and removing it.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import type { CallOptions, Clock, TaskId } from "../contract/mod.ts";
import { noSuchTask } from "./errors.ts";
import type { TaskMachines } from "./machines.ts";
import type { Task, Tasks } from "./tasks.ts";
import { within } from "./within.ts";

/** How long switching off may take beyond what the guest was given. */
const GRACE_MS = 15_000;

/** After how long the guest is asked again: one that is still booting hears nothing. */
const ASK_AGAIN_MS = 2_000;

/** What stopping needs. */
export interface Stopping {
  /** The machines. */
  readonly machines: TaskMachines;
  /** Time. */
  readonly clock: Clock;
  /** The tasks. */
  readonly tasks: Tasks;
}

/** Checks a timeout. @throws {Trouble} `invalid-argument` */
export function assertTimeout(timeoutMs: unknown): void {
  if (typeof timeoutMs === "number" && Number.isFinite(timeoutMs) && timeoutMs >= 0) return;
  const why = `the timeout must be a number of milliseconds from 0: ${String(timeoutMs)}`;
  throw new Trouble("invalid-argument", why);
}

/** Asks the guest to end, waits, and switches its machine off. */
export async function stop(
  stopping: Stopping,
  task: Task,
  { timeoutMs, signal }: CallOptions & { readonly timeoutMs: number },
): Promise<void> {
  if (task.exit) return;
  const { clock } = stopping;
  const deadline = clock.now() + timeoutMs;
  while (!task.exit && clock.now() < deadline) {
    if (!await hearsOf(stopping, task, deadline - clock.now(), signal)) break;
    const left = Math.max(0, deadline - clock.now());
    await endsUntil(clock, task, Math.min(left, ASK_AGAIN_MS), signal);
  }
  if (task.exit) return;
  stopping.tasks.tell(task, "Task is switched off");
  await forceOff(stopping, task, signal);
}

/** Asks the guest; answers whether it is worth waiting for. */
async function hearsOf(
  { machines, clock }: Stopping,
  task: Task,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const about: About = { operation: "task.stop", subject: `task:${task.spec.id}`, signal };
  try {
    const what = "Asking the guest";
    await within(
      { clock, ms, signal, what },
      (signal) => machines.askToStop(task.note, { signal }),
    );
    return true;
  } catch (error) {
    const { code, retryable } = driverError(error, about, machines.meaningOf);
    if (code === "canceled") throw error;
    // A guest that is paused, or has ended, hears nothing.
    return code !== "failed-precondition" || retryable;
  }
}

/** Waits until the task has ended, or the time is over. */
async function endsUntil(
  clock: Clock,
  task: Task,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const what = "The guest's own end";
  await within({ clock, ms, signal, what }, (signal) => task.observer.ended(signal))
    .catch((error) => {
      signal?.throwIfAborted();
      if (!(error instanceof Trouble) || error.code !== "deadline-exceeded") throw error;
    });
}

/** Switches a task's machine off, and sees it off. */
export async function forceOff(
  { machines, clock }: Stopping,
  task: Task,
  signal?: AbortSignal,
): Promise<void> {
  const what = "Switching the machine off";
  await within({ clock, ms: GRACE_MS, signal, what }, async (signal) => {
    const before = task.isForced;
    task.isForced = true;
    const was = await machines.switchOff(task.note, { signal });
    if (!was && !task.exit) task.isForced = before;
    await task.observer.look({ signal }).catch(() => {});
    if (!task.exit) await task.observer.ended(signal);
  });
}

/** Removes a task. */
export async function destroy(
  stopping: Stopping,
  id: TaskId,
  { force = false, signal }: CallOptions & { readonly force?: boolean },
): Promise<void> {
  const { machines, tasks } = stopping;
  const task = tasks.find(id);
  if (!task) {
    if (force && await machines.remove(id, undefined, { signal })) return;
    throw noSuchTask();
  }
  if (!force) {
    const { state } = await task.observer.look({ signal });
    if (state === "running" || state === "unknown") {
      throw new Trouble("failed-precondition", "it runs; stop it first, or use force");
    }
  }
  await seeOff(stopping, task, signal);
  const { teardown } = task;
  if (teardown) await machines.net?.vmTerminatedTeardown({ teardown }, { signal });
  await machines.remove(id, task.note, { signal });
  tasks.tell(task, "Task was removed");
  tasks.forget(id);
}

/** Switches off what still runs, so that whoever waits hears of the end; removing does the rest. */
async function seeOff(stopping: Stopping, task: Task, signal?: AbortSignal): Promise<void> {
  try {
    await task.observer.look({ signal });
    if (!task.exit) await forceOff(stopping, task, signal);
  } catch {
    signal?.throwIfAborted();
  }
}
