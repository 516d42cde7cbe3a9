/**
 * What a case of the `task-driver` contract gets.
 *
 * @module
 */

import type { TaskDriver, TaskFacet, TaskHandle, TaskWire } from "../../../drivers/contract/mod.ts";
import { decodeTaskHandle, DriverError, encodeTaskHandle } from "../../../drivers/contract/mod.ts";
import type { CommonContext } from "../../case.ts";
import { messageOf } from "../../engine/check.ts";
import { HarnessError } from "../../engine/subject.ts";
import { commonContext, type ContextParts } from "../rig.ts";
import { freshTasks, type TaskFresh } from "./fresh.ts";

/** The facets of a task driver that a case can need. */
export type TaskNeed = "signals" | "exec" | "networks" | "wire" | `task.${TaskFacet}`;

/** What a case gets. */
export interface TaskContext extends CommonContext<"task-driver"> {
  /** The driver under test, not configured yet; what is started through it is tracked. */
  readonly driver: TaskDriver;
  /** Makes tasks. */
  readonly fresh: TaskFresh;
  /** Another instance on the same host, of the same owner, configured. */
  successor(): Promise<TaskDriver>;
  /** A handle after it was stored: the same, by way of its bytes. One that has none is the failure of its driver. */
  stored(handle: TaskHandle): TaskHandle;
  /** The wire of the driver under test, or of another one; for needs `wire`. */
  wire(other?: TaskDriver): TaskWire;
  /**
   * Whether a call settles while a task is looked at, a hundred times, one after the other. That is long
   * for what needs no time to pass, however busy the machine is, and short for who waits for a tick.
   */
  settlesWithin(call: Promise<unknown>, look: () => Promise<unknown>): Promise<boolean>;
  /** Reads so many items of a stream, or all that there are before it ends. */
  read<T>(stream: AsyncIterable<T>, count: number): Promise<T[]>;
}

/** @throws {DriverError} `internal` for what a driver should not have made a handle of */
function throughBytes(handle: TaskHandle): TaskHandle {
  try {
    return decodeTaskHandle(encodeTaskHandle(handle));
  } catch (cause) {
    throw new DriverError({
      code: "internal",
      operation: "task.storeHandle",
      subject: `task:${handle?.config?.id ?? ""}`,
      message: `Cannot store the handle of the task as bytes: ${messageOf(cause)}`,
      cause,
    });
  }
}

/** How often a case looks while a call should settle. */
const LOOKS = 100;

/** Lets what has come in meanwhile be heard, such as the answer of a process. */
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What the case's function gets. */
export function taskContext(parts: ContextParts<"task-driver">): TaskContext {
  const { stage: { world }, subject: driver, names } = parts;
  const common = commonContext(parts);
  const { images, files, clock } = world;
  const fresh = freshTasks({ driver, names, images, files, clock });
  return {
    ...common,
    driver,
    fresh,
    successor: async () => await fresh.configured(await common.another()),
    stored: throughBytes,
    wire: ({ wire } = driver) => {
      if (wire) return wire;
      throw new HarnessError("A case asks for the wire without the need for it");
    },
    async settlesWithin(call, look) {
      let isSettled = false;
      const settle = (): void => void (isSettled = true);
      call.then(settle, settle);
      for (let looks = 0; looks < LOOKS && !isSettled; looks++) {
        await look().catch(() => {});
        await clock.hold(turnOfTheLoop());
      }
      return isSettled;
    },
    async read(stream, count) {
      const items = [];
      for await (const item of stream) {
        items.push(item);
        if (items.length >= count) break;
      }
      return items;
    },
  };
}
