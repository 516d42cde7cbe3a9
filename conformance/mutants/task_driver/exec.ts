/**
 * Mutants of commands in tasks.
 *
 * @module
 */

import type { TaskDriver, TaskExec } from "../../../drivers/contract/mod.ts";
import { onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

/** Changes how commands run. */
const onExec = (change: (exec: TaskExec) => TaskExec["execTask"]): TaskMutant["mutate"] =>
  onTasks(({ exec }): Partial<TaskDriver> => exec ? { exec: { execTask: change(exec) } } : {});

/** The mutants of commands. */
export const TASK_EXEC_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-command-that-fails-is-an-error",
    breaks: "task.exec.result",
    why: "The code of a command taken for that of the way to it",
    mutate: onExec((exec) => async (id, ...args) => {
      const result = await exec.execTask(id, ...args);
      if (result.exit.exitCode !== 0) throw taskError("internal", id);
      return result;
    }),
  },
  {
    id: "task-command-goes-through-a-shell",
    breaks: "task.exec.result",
    why: "The words of a command, joined by blanks",
    mutate: onExec((exec) => (id, argv, options) =>
      exec.execTask(id, argv.length > 0 ? ["sh", "-c", argv.join(" ")] : argv, options)
    ),
  },
  {
    id: "task-command-has-no-end",
    breaks: "task.exec.timeout",
    why: "The timeout of the call was never read",
    mutate: onExec((exec) => (id, argv, { signal } = {}) => exec.execTask(id, argv, { signal })),
  },
];
