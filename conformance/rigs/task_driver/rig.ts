/**
 * How the engine holds a task driver to the cases of its contract.
 *
 * @module
 */

import type { TaskDriver } from "../../../drivers/contract/mod.ts";
import type { HostResource } from "../../engine/ledger.ts";
import { type Tracker, withMembers } from "../../engine/tracker.ts";
import type { Rig } from "../rig.ts";
import { taskContext } from "./context.ts";

/** The same driver, with all tasks written down before they are started. */
function trackedTasks(driver: TaskDriver, owner: string, tracker: Tracker): TaskDriver {
  const resource = (id: string): HostResource => ({ kind: "task", owner, id });
  return withMembers(driver, {
    startTask: (spec, options) =>
      tracker.make(resource(spec.id), () => driver.startTask(spec, options)),
    async destroyTask(id, options): Promise<void> {
      await driver.destroyTask(id, options);
      tracker.gone(resource(id));
    },
  });
}

/** The rig. A driver has no list of its tasks: what is left, only the host can tell. */
export const TASK_DRIVER_RIG: Rig<"task-driver"> = {
  claims(need, driver) {
    if (need === "signals" || need === "exec" || need === "networks" || need === "wire") {
      return driver[need] !== undefined;
    }
    const facets: readonly string[] = driver.taskFacets ?? [];
    return facets.includes(need.slice("task.".length));
  },
  tracked: trackedTasks,
  context: taskContext,
  async remove(resource, driver) {
    if (resource.kind === "task") await driver.destroyTask(resource.id, { force: true });
  },
  listed: () => Promise.resolve([]),
};
