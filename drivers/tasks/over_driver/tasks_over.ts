/**
 * A task driver over any `Driver`.
 *
 * @module
 */

import type { Json, Methods } from "../../backend/backend.ts";
import type { DriverContext } from "../../backend/module.ts";
import type { Driver, TaskDriver } from "../../contract/mod.ts";
import type { TaskMachines } from "../machines.ts";
import { taskDriver } from "../task_driver.ts";
import { driverMachines, type Tailoring } from "./driver_machines.ts";
import { localImages } from "./local_images.ts";

/** What an adapter can add. */
export interface TasksOverOptions {
  /** What a machine uses; a `Driver` does not tell. */
  readonly usage?: TaskMachines["usage"];
  /** How commands run in guests, if tasks are to have that. */
  readonly exec?: TaskMachines["exec"];
  /** What else tasks can ask for. */
  readonly tailoring?: Tailoring;
}

/** The machines with what a `Driver` does not have. */
function extended(
  machines: TaskMachines,
  { usage, exec }: Pick<TasksOverOptions, "usage" | "exec">,
): TaskMachines {
  return {
    ...machines,
    ...(usage && { facets: [...machines.facets, "stats"], usage }),
    ...(exec && { capabilities: { ...machines.capabilities, exec: true }, exec }),
  };
}

/**
 * Makes a task driver whose machines a driver makes. That driver gets folders of its own, so that its
 * images are the files of tasks, and nobody else's.
 */
export function tasksOver<M extends Methods, E extends Json>(
  context: DriverContext<M, E>,
  create: (context: DriverContext<M, E>) => Driver,
  { tailoring, ...extras }: TasksOverOptions = {},
): TaskDriver {
  const { clock, files } = context;
  const below = (path: string): string => `${path}${path.includes("\\") ? "\\" : "/"}tasks`;
  const [configDir, cacheDir] = [below(context.configDir), below(context.cacheDir)];
  const driver = create({ ...context, configDir, cacheDir });
  const images = localImages({ images: driver.images, files, configDir, clock });
  const machines = extended(driverMachines(driver, images, tailoring), extras);
  const tasks = taskDriver({ machines, clock, files });
  return {
    ...tasks,
    async [Symbol.asyncDispose]() {
      await tasks[Symbol.asyncDispose]();
      await driver[Symbol.asyncDispose]();
    },
  };
}
