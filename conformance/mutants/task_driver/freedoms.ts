/**
 * Conforming task drivers that use the freedoms that the contract leaves. The suite must not fail any.
 *
 * @module
 */

import {
  TASK_REASONS,
  type TaskDriver,
  type TaskEvent,
  type TaskId,
} from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import type { Freedom } from "../freedoms.ts";
import { mapErrors } from "../mutant.ts";
import { type MutateTasks, onTasks, taskError } from "./task_mutant.ts";

/** A freedom of task drivers. */
type TaskFreedom = Freedom<"task-driver">;

/** How much longer each call takes. */
const SLOW_MS = 200;

/** How much later than it happened an end is noticed: a driver without events looks every minute. */
const LATE_MS = 60_000;

/** The same driver, whose calls take longer; what a wait answers comes at once all the same. */
function slowed(driver: TaskDriver, wait: () => Promise<void>): Partial<TaskDriver> {
  const slow = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => async (...args: A) => {
    const answer = await call(...args);
    await wait();
    return answer;
  };
  return {
    pluginInfo: slow((...args: Parameters<TaskDriver["pluginInfo"]>) => driver.pluginInfo(...args)),
    setConfig: slow((...args: Parameters<TaskDriver["setConfig"]>) => driver.setConfig(...args)),
    startTask: slow((...args: Parameters<TaskDriver["startTask"]>) => driver.startTask(...args)),
    recoverTask: slow((...args: Parameters<TaskDriver["recoverTask"]>) =>
      driver.recoverTask(...args)
    ),
    stopTask: slow((...args: Parameters<TaskDriver["stopTask"]>) => driver.stopTask(...args)),
    destroyTask: slow((...args: Parameters<TaskDriver["destroyTask"]>) =>
      driver.destroyTask(...args)
    ),
    inspectTask: slow((...args: Parameters<TaskDriver["inspectTask"]>) =>
      driver.inspectTask(...args)
    ),
  };
}

/** A driver without any facet. */
const bare: MutateTasks = onTasks(() => ({
  taskFacets: [],
  taskStats: (id) => Promise.reject(taskError("unimplemented", id, TASK_REASONS.noStats)),
}));

/** Drivers that the suite must pass. */
export const TASK_FREEDOMS: readonly TaskFreedom[] = [
  {
    id: "task-slow",
    contract: "task-driver",
    uses: "a call may take as long as it likes",
    mutate: onTasks((driver, { clock }) => slowed(driver, () => clock.sleep(SLOW_MS))),
  },
  {
    id: "task-ends-are-noticed-late",
    contract: "task-driver",
    uses: "nothing says how soon an end is noticed that nobody asked for",
    mutate: onTasks((driver, { clock }) => {
      const known = new Set<TaskId>();
      return {
        stopTask: async (id, options) => {
          known.add(id);
          await driver.stopTask(id, options);
        },
        waitTask: async (id, options) => {
          const exit = await driver.waitTask(id, options);
          if (!known.has(id)) await clock.sleep(LATE_MS, { signal: options?.signal });
          known.add(id);
          return exit;
        },
      };
    }),
  },
  {
    id: "task-other-messages",
    contract: "task-driver",
    uses: "the text of an error is for people, in any language",
    mutate: (world) =>
      withMembers(world, {
        open: async (options) =>
          mapErrors(await world.open(options), (error) => {
            if (error instanceof Error) error.message = "Algo ha fallado";
            return error;
          }),
      }),
  },
  {
    id: "task-without-facets",
    contract: "task-driver",
    uses: "every facet is optional",
    claims: (claims) => ({
      ...claims,
      ...(claims["task-driver"] && {
        "task-driver": { ...claims["task-driver"], subject: { taskFacets: [] } },
      }),
    }),
    mutate: bare,
  },
  {
    id: "task-events-in-other-words",
    contract: "task-driver",
    uses: "what an event says is for people",
    mutate: onTasks((driver) => ({
      taskEvents: async (options) => {
        const stream = await driver.taskEvents(options);
        return (async function* (): AsyncGenerator<TaskEvent> {
          for await (const event of stream) yield { ...event, message: "Ha pasado algo" };
        })();
      },
    })),
  },
  {
    id: "task-without-init",
    contract: "task-driver",
    uses: "init and shutdown are optional",
    mutate: onTasks(() => ({ init: undefined, shutdown: undefined })),
  },
];
