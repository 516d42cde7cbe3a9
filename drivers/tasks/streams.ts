/**
 * The streams of a task driver. Each reader has one of its own and takes the next item when it likes;
 * nothing is done for a reader that does not ask.
 *
 * @module
 */

import { type About, driverError } from "../backend/driver_errors.ts";
import type { Clock, TaskFingerprint, TaskResourceUsage } from "../contract/mod.ts";
import type { TaskMachines } from "./machines.ts";
import type { Task } from "./tasks.ts";

/** Sleeps until a time; answers whether the signal did not come first. */
async function sleepUntil(clock: Clock, time: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(Math.max(0, time - clock.now()), { signal });
  } catch {
    return false;
  }
  return !signal.aborted;
}

/** How well the driver is: at once, and when it changes. */
export async function* fingerprints(
  { machines, clock, periodMs, signal }: {
    readonly machines: TaskMachines;
    readonly clock: Clock;
    readonly periodMs: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<TaskFingerprint> {
  let last = "";
  while (!signal.aborted) {
    const due = clock.now() + periodMs;
    const seen = await fingerprint(machines, signal);
    if (signal.aborted) return;
    const text = JSON.stringify(seen);
    if (text !== last) yield seen;
    last = text;
    if (!await sleepUntil(clock, due, signal)) return;
  }
}

async function fingerprint(machines: TaskMachines, signal: AbortSignal): Promise<TaskFingerprint> {
  const about: About = { operation: "task.fingerprint", subject: "driver:", signal };
  try {
    const seen = await machines.health({ signal });
    if (seen.health === "undetected") return { ...seen, attributes: {} };
    const networks = await machines.net?.fingerprint({ signal }) ?? {};
    return { ...seen, attributes: { ...seen.attributes, ...networks } };
  } catch (error) {
    const { message } = driverError(error, about, machines.meaningOf);
    return { health: "unhealthy", description: message, attributes: {} };
  }
}

/** What a task uses, once per interval until it ends. A measurement that fails is left out. */
export async function* usages(
  { machines, clock, task, intervalMs, signal }: {
    readonly machines: TaskMachines;
    readonly clock: Clock;
    readonly task: Task;
    readonly intervalMs: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<TaskResourceUsage> {
  let last: TaskResourceUsage | undefined;
  let due = clock.now();
  while (!signal.aborted) {
    const usage = await machines.usage?.(task.note, last, { signal }).catch(() => undefined);
    const sight = await task.observer.look({ signal }).catch(() => undefined);
    if (signal.aborted || sight?.state === "ended" || sight?.state === "gone") return;
    if (usage) {
      last = { timestamp: clock.now(), ...usage };
      yield last;
    }
    // A reader that was slow gets the next one in time, not all that it missed.
    due = Math.max(due + intervalMs, clock.now());
    if (!await sleepUntil(clock, due, signal)) return;
  }
}
