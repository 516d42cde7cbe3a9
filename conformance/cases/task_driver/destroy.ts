/**
 * Cases about destroying tasks.
 *
 * @module
 */

import { isDriverError, type TaskId } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import type { TaskContext } from "../../rigs/task_driver/context.ts";
import { ENDS, notFound, refusal } from "./refusals.ts";

/** Destroys a task with force: nothing but what was on the host before it is there then. */
async function leavesNothing(
  id: TaskId,
  before: readonly string[],
  { driver, host, check }: Pick<TaskContext, "driver" | "host" | "check">,
): Promise<void> {
  const destroy = (): Promise<void> => driver.destroyTask(id, { force: true });
  await check.succeeds("destroyed", "destroyTask", destroy);
  check.equal("inventory", "inventory", await host.inventory(), before);
}

/** Cases about destroying. */
export const TASK_DESTROY_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.destroy.running",
    title: "Destroying a running task without force is refused, and it runs on",
    why: "A guard that asks the wrong way round",
    needs: ["host"],
    checks: {
      refused: "task.destroy.running",
      state: "task.destroy.running",
      inventory: "task.destroy.running",
      wait: "task.destroy.running",
    },
    async run({ driver, fresh, host, settled, check }) {
      const { id } = await fresh.task();
      const before = await host.inventory();
      const wait = settled([driver.waitTask(id)]);
      const destroy = (): Promise<void> => driver.destroyTask(id);
      await check.refused("refused", destroy, refusal("failed-precondition", id));
      check.equal("state", "state", (await driver.inspectTask(id)).state, "running");
      check.equal("inventory", "inventory", await host.inventory(), before);
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("wait", "end", (await wait)[0]?.value, ENDS.forced);
    },
  },
  {
    id: "task.destroy.force",
    title: "Destroying with force removes a running task without a trace",
    why: "Agents always use it, and never look at its errors: what it leaves, nobody sees",
    needs: ["host"],
    checks: {
      destroyed: "task.destroy.force",
      inventory: "task.destroy.force",
      again: "task.destroy.again",
      "again-inventory": "task.destroy.again",
    },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id } = await fresh.task();
      const destroy = (): Promise<void> => driver.destroyTask(id, { force: true });
      await check.succeeds("destroyed", "destroyTask", destroy);
      check.equal("inventory", "inventory", await host.inventory(), before);
      await check.refused("again", destroy, notFound(id));
      check.equal("again-inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.destroy.clean",
    title: "A task that was stopped and destroyed leaves nothing",
    why: "Thin copies were never deleted",
    needs: ["host"],
    checks: { inventory: "task.destroy.clean" },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id } = await fresh.task();
      await driver.stopTask(id, { timeoutMs: 0 });
      await driver.destroyTask(id);
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.destroy.forgotten",
    title: "A destroyed task is unknown to every call, and its id can be used again",
    why: "Kept under one name and deleted under another: tasks lived in the map for ever",
    checks: {
      inspect: "task.destroy.forgotten",
      wait: "task.destroy.forgotten",
      stop: "task.destroy.forgotten",
      destroy: "task.destroy.forgotten",
      again: "task.destroy.forgotten",
      machine: "task.destroy.forgotten",
    },
    async run({ driver, fresh, check }) {
      const { id, spec } = await fresh.task();
      await driver.destroyTask(id, { force: true });
      await check.refused("inspect", () => driver.inspectTask(id), notFound(id));
      await check.refused("wait", () => driver.waitTask(id), notFound(id));
      await check.refused("stop", () => driver.stopTask(id, { timeoutMs: 0 }), notFound(id));
      await check.refused("destroy", () => driver.destroyTask(id), notFound(id));
      await check.succeeds("again", "startTask", () => driver.startTask(spec));
      check.equal("machine", "state", (await driver.inspectTask(id)).state, "running");
    },
  },
  {
    id: "task.destroy.dead",
    title: "A task that ended unseen is destroyed without force",
    why: "Its state changed only while somebody waited",
    needs: ["host.turnOff"],
    checks: { destroyed: "task.destroy.dead", inventory: "task.destroy.dead" },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id, machine } = await fresh.task();
      await host.turnOff(machine);
      await check.succeeds("destroyed", "destroyTask", () => driver.destroyTask(id));
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.destroy.vanished",
    title: "Destroying succeeds although the machine is gone, and removes the rest",
    why: "The machine was not found, so its rules and leases stayed for ever",
    needs: ["host.vanish"],
    checks: { destroyed: "task.destroy.vanished", inventory: "task.destroy.vanished" },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id, machine } = await fresh.task();
      await host.vanish(machine);
      await leavesNothing(id, before, { driver, host, check });
    },
  },
  {
    id: "task.destroy.paused",
    title: "Destroying with force removes a paused task",
    why: "A machine that is paused is neither running nor off",
    needs: ["host.pause"],
    checks: { destroyed: "task.destroy.paused", inventory: "task.destroy.paused" },
    async run({ driver, fresh, host, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id, machine } = await fresh.task();
      await host.pause(machine);
      await leavesNothing(id, before, { driver, host, check });
    },
  },
  {
    id: "task.destroy.race",
    title: "Destroys and stops at the same time leave nothing",
    why: "A stop in flight met a task that was gone, and the plugin ended with all its tasks",
    needs: ["host"],
    checks: {
      errors: "task.destroy.race",
      destroyed: "task.destroy.race",
      inventory: "task.destroy.race",
      unknown: "task.destroy.race",
    },
    async run({ driver, fresh, host, settled, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id } = await fresh.task();
      const destroys = [1, 2].map(() => driver.destroyTask(id, { force: true }));
      const others = [
        driver.stopTask(id, { timeoutMs: 5_000 }),
        driver.stopTask(id, { timeoutMs: 0 }),
        driver.waitTask(id),
      ];
      const results = await settled<unknown>([...destroys, ...others]);
      const odd = results.flatMap(({ error }) => {
        if (error === undefined) return [];
        return isDriverError(error) && error.code === "not-found" ? [] : [String(error)];
      });
      check.equal("errors", "errors other than not-found", odd, []);
      const done = results.slice(0, destroys.length)
        .filter(({ error }) => error === undefined).length;
      check.equal("destroyed", "destroys that succeeded", done, 1);
      check.equal("inventory", "inventory", await host.inventory(), before);
      await check.refused("unknown", () => driver.inspectTask(id), notFound(id));
    },
  },
  {
    id: "task.destroy.neighbour",
    title: "Destroying one task changes no other",
    why: "A name that begins alike, an image that both were made from",
    needs: ["host.fingerprint"],
    checks: {
      state: "task.destroy.neighbour",
      untouched: "task.destroy.neighbour",
      wait: "task.destroy.neighbour",
    },
    async run({ driver, fresh, host, settled, check }) {
      const name = fresh.label();
      const a = await fresh.task({ id: fresh.id(name), name });
      const b = await fresh.task({ id: `${a.id}0`, name });
      const before = await host.fingerprint(b.machine);
      const wait = settled([driver.waitTask(b.id)]);
      await driver.destroyTask(a.id, { force: true });
      check.equal("state", "state", (await driver.inspectTask(b.id)).state, "running");
      check.equal("untouched", "machine", await host.fingerprint(b.machine), before);
      await driver.stopTask(b.id, { timeoutMs: 0 });
      check.equal("wait", "end", (await wait)[0]?.value, ENDS.forced);
    },
  },
  {
    id: "task.destroy.orphan",
    title: "Destroying with force removes what an instance that died left",
    why: "Where taking over failed, it is the agent's last call about that task",
    needs: ["host"],
    checks: { destroyed: "task.destroy.orphan", inventory: "task.destroy.orphan" },
    async run({ driver, fresh, host, successor, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const dying = await successor();
      const { id } = await fresh.started(dying, await fresh.spec());
      await dying[Symbol.asyncDispose]();
      await leavesNothing(id, before, { driver, host, check });
    },
  },
];
