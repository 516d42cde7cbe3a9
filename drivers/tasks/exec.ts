/**
 * Commands in the guests of tasks.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { CallOptions, Clock, ExecResult } from "../contract/mod.ts";
import type { TaskMachines } from "./machines.ts";
import { assertTimeout } from "./stop.ts";
import type { Task } from "./tasks.ts";
import { within } from "./within.ts";

/** What a command runs with. */
export interface Executing {
  /** Runs it. */
  readonly exec: NonNullable<TaskMachines["exec"]>;
  /** Time. */
  readonly clock: Clock;
  /** In whose guest. */
  readonly task: Task;
}

/** Runs a command in a task's guest. @throws {Trouble} what `TaskExec` names */
export async function runCommand(
  { exec, clock, task }: Executing,
  argv: readonly string[],
  { timeoutMs = 0, signal }: CallOptions & { readonly timeoutMs?: number },
): Promise<ExecResult> {
  assertTimeout(timeoutMs);
  if (argv.length === 0) throw new Trouble("invalid-argument", "there is no command to run");
  const { state } = await task.observer.look({ signal });
  if (state !== "running") throw new Trouble("failed-precondition", "the task does not run");
  const run = (signal?: AbortSignal) => exec(task.note, [...argv], { signal });
  const { exitCode, stdout, stderr } = timeoutMs === 0
    ? await run(signal)
    : await within({ clock, ms: timeoutMs, signal, what: "the command" }, run);
  const utf8 = new TextEncoder();
  return {
    stdout: utf8.encode(stdout),
    stderr: utf8.encode(stderr),
    exit: { exitCode, signal: 0, oomKilled: false },
  };
}
