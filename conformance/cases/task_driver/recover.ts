/**
 * Cases about inspecting tasks, and about taking them over.
 *
 * @module
 */

import type { TaskHandle } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { ENDS, notFound } from "./refusals.ts";

/** Cases about inspecting. */
export const TASK_INSPECT_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.inspect.fields",
    title: "A task tells its id, its name, its start, and its end once it has ended",
    why: "A time that is zero was taken for an end in the year 1",
    checks: {
      id: "task.inspect.fields",
      name: "task.inspect.fields",
      "no-end": "task.inspect.fields",
      "no-exit": "task.inspect.fields",
      started: "task.inspect.fields",
      ended: "task.inspect.fields",
      exit: "task.inspect.fields",
      copy: "task.inspect.copy",
      "exit-copy": "task.inspect.copy",
      "wait-copy": "task.inspect.copy",
    },
    async run({ driver, fresh, check }) {
      const { id, spec } = await fresh.task();
      const running = await driver.inspectTask(id);
      check.equal("id", "id", running.id, id);
      check.equal("name", "name", running.name, spec.name);
      check.equal("no-end", "completedAt", running.completedAt, undefined);
      check.equal("no-exit", "exit", running.exit, undefined);
      await driver.stopTask(id, { timeoutMs: 0 });
      const ended = await driver.inspectTask(id);
      check.equal("started", "startedAt", ended.startedAt, running.startedAt);
      const { completedAt = -Infinity, startedAt } = ended;
      const inOrder = completedAt >= startedAt;
      check.holds("ended", "completedAt", inOrder, `at least ${startedAt}`, completedAt);
      check.equal("exit", "exit", ended.exit, ENDS.forced);
      Object.assign(ended, { state: "running" });
      Object.assign(ended.exit ?? {}, { exitCode: 7 });
      check.equal("copy", "state", (await driver.inspectTask(id)).state, "exited");
      const waited = await driver.waitTask(id);
      check.equal("exit-copy", "end", waited, ENDS.forced);
      Object.assign(waited, { exitCode: 7 });
      check.equal("wait-copy", "end", await driver.waitTask(id), ENDS.forced);
    },
  },
  {
    id: "task.inspect.live",
    title: "A task that ended while nobody waited is told as such",
    why: "Its state changed only while somebody waited",
    needs: ["host.turnOff"],
    checks: { state: "task.inspect.live", exit: "task.inspect.live" },
    async run({ driver, fresh, host, check }) {
      const { id, machine } = await fresh.task();
      await host.turnOff(machine);
      const { state, exit } = await driver.inspectTask(id);
      check.equal("state", "state", state, "exited");
      check.equal("exit", "exit", exit, ENDS.clean);
    },
  },
];

/** A handle with something in it that no driver wrote. */
function spoilt(handle: TaskHandle): Readonly<Record<string, TaskHandle>> {
  return {
    zero: { ...handle, version: 0 },
    newer: { ...handle, version: handle.version + 1_000 },
    damaged: { ...handle, driverState: new Uint8Array([0xff, 0x00, 0x7b]) },
    empty: { ...handle, driverState: new Uint8Array() },
    cut: { ...handle, driverState: handle.driverState.slice(0, -1) },
    nameless: { ...handle, config: { ...handle.config, id: "" } },
  };
}

/** Cases about taking tasks over. */
export const TASK_RECOVER_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.recover.goes-on",
    title: "Another instance takes a task over, and all calls go on",
    why: "The handle had lost what it was made from, and the task was lost with it",
    checks: {
      bytes: "task.recover.bytes",
      recovered: "task.recover.bytes",
      state: "task.recover.goes-on",
      machine: "task.recover.goes-on",
      started: "task.recover.started-at",
      wait: "task.recover.goes-on",
      destroyed: "task.recover.goes-on",
    },
    async run({ driver, fresh, stored, successor, settled, check }) {
      const { id, handle, machine } = await fresh.task();
      const { startedAt } = await driver.inspectTask(id);
      await check.answers("bytes", "handle", () => shown(stored(handle)), shown(handle));
      await driver[Symbol.asyncDispose]();
      const other = await successor();
      await check.succeeds("recovered", "recoverTask", () => other.recoverTask(stored(handle)));
      const status = await other.inspectTask(id);
      check.equal("state", "state", status.state, "running");
      check.equal("machine", "machine", await fresh.machineOf(other, id), machine);
      check.equal("started", "startedAt", status.startedAt, startedAt);
      const wait = settled([other.waitTask(id)]);
      await other.stopTask(id, { timeoutMs: 0 });
      check.equal("wait", "end", (await wait)[0]?.value, ENDS.forced);
      await check.succeeds("destroyed", "destroyTask", () => other.destroyTask(id));
    },
  },
  {
    id: "task.recover.teardown",
    title: "A task that was taken over is destroyed without a trace, its ports included",
    why: "What the rules were had another type after it went through bytes, so they stayed",
    needs: ["host", "task.ports"],
    boots: true,
    checks: { destroyed: "task.recover.teardown", inventory: "task.recover.teardown" },
    async run({ driver, fresh, host, stored, successor, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const ports = [{ label: "ssh", value: fresh.port(), to: 22, hostIp: "127.0.0.1" }];
      const image = await fresh.image("guest");
      const bridge = { name: await fresh.bridge(), ports: ["ssh"] };
      const { id, handle } = await fresh.task({
        resources: { ports },
        config: { image, network_interface: [{ bridge }] },
      });
      await driver[Symbol.asyncDispose]();
      const other = await successor();
      await other.recoverTask(stored(handle));
      const destroy = (): Promise<void> => other.destroyTask(id, { force: true });
      await check.succeeds("destroyed", "destroyTask", destroy);
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.recover.graceful",
    title: "A guest ends in order after its task was taken over, too",
    why: "The way to the guest was the first process's own, and the second one cut the power",
    needs: ["task.graceful-stop", "task.address"],
    boots: true,
    checks: { end: "task.recover.graceful" },
    async run({ driver, fresh, stored, successor, check }) {
      const { id, handle } = await fresh.guest();
      await driver[Symbol.asyncDispose]();
      const other = await successor();
      await other.recoverTask(stored(handle));
      await other.stopTask(id, { timeoutMs: 120_000 });
      check.equal("end", "end", await other.waitTask(id), ENDS.clean);
    },
  },
  {
    id: "task.recover.again",
    title: "Taking over a task that is known changes nothing",
    why: "A second observer, and a second result",
    needs: ["host"],
    checks: {
      again: "task.recover.again",
      twice: "task.recover.again",
      inventory: "task.recover.again",
      wait: "task.recover.again",
    },
    async run({ driver, fresh, host, stored, settled, check }) {
      const { id, handle } = await fresh.task();
      const before = await host.inventory();
      const wait = settled([driver.waitTask(id)]);
      await check.succeeds("again", "recoverTask", () => driver.recoverTask(stored(handle)));
      await check.succeeds("twice", "recoverTask", () => driver.recoverTask(stored(handle)));
      check.equal("inventory", "inventory", await host.inventory(), before);
      await driver.stopTask(id, { timeoutMs: 0 });
      check.equal("wait", "end", (await wait)[0]?.value, ENDS.forced);
    },
  },
  {
    id: "task.recover.exited",
    title: "A task that ended in the meantime is taken over as ended, and is not started again",
    why: "After a restart of the host, finished tasks ran again",
    needs: ["host.turnOff"],
    checks: {
      recovered: "task.recover.exited",
      state: "task.recover.exited",
      wait: "task.recover.exited",
    },
    async run({ driver, fresh, host, stored, successor, check }) {
      const { id, handle, machine } = await fresh.task();
      await driver[Symbol.asyncDispose]();
      await host.turnOff(machine);
      const other = await successor();
      await check.succeeds("recovered", "recoverTask", () => other.recoverTask(stored(handle)));
      check.equal("state", "state", (await other.inspectTask(id)).state, "exited");
      check.equal("wait", "exit code", (await other.waitTask(id)).exitCode, 0);
    },
  },
  {
    id: "task.recover.gone",
    title: "A task whose machine is gone is not-found, and what is left of it can be removed",
    why: "The agent starts it anew, where the old one's disk and rules are in the way",
    needs: ["host.vanish"],
    checks: {
      refused: "task.recover.gone",
      unknown: "task.recover.gone",
      inventory: "task.destroy.orphan",
    },
    async run({ driver, fresh, host, stored, successor, settled, check }) {
      await fresh.configured(driver);
      const before = await host.inventory();
      const { id, handle, machine } = await fresh.task();
      await driver[Symbol.asyncDispose]();
      await host.vanish(machine);
      const other = await successor();
      await check.refused("refused", () => other.recoverTask(stored(handle)), notFound(id));
      await check.refused("unknown", () => other.inspectTask(id), notFound(id));
      await settled([other.destroyTask(id, { force: true })]);
      check.equal("inventory", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.recover.bad",
    title: "A handle that is none is refused, and changes nothing",
    why: "The version was never looked at, and what was missing ended the plugin",
    needs: ["host"],
    checks: {
      zero: "task.recover.bad",
      newer: "task.recover.bad",
      damaged: "task.recover.bad",
      empty: "task.recover.bad",
      cut: "task.recover.bad",
      nameless: "task.recover.bad",
      inventory: "task.recover.bad",
      unknown: "task.recover.bad",
    },
    async run({ fresh, host, stored, successor, check }) {
      const { id, handle } = await fresh.task();
      const before = await host.inventory();
      const other = await successor();
      for (const [which, bad] of Object.entries(spoilt(handle))) {
        await check.refused(which, () => other.recoverTask(stored(bad)), {
          code: "invalid-argument",
          subject: `task:${bad.config.id}`,
        });
      }
      check.equal("inventory", "inventory", await host.inventory(), before);
      await check.refused("unknown", () => other.inspectTask(id), notFound(id));
    },
  },
  {
    id: "task.recover.foreign",
    title: "A handle never leads to a machine that is not its task's",
    why: "A process id that was used again: the old task's end was somebody else's",
    needs: ["host.fingerprint"],
    checks: {
      "other-task": "task.recover.foreign",
      "old-handle": "task.recover.foreign",
      untouched: "task.recover.foreign",
    },
    async run({ driver, fresh, host, stored, successor, check }) {
      const a = await fresh.task();
      const b = await fresh.task();
      const other = await successor();
      const mixed = { ...a.handle, config: b.handle.config };
      await check.refused("other-task", () => other.recoverTask(stored(mixed)), {
        code: "invalid-argument",
        subject: `task:${b.id}`,
      });
      await driver.destroyTask(a.id, { force: true });
      const anew = await fresh.started(driver, a.spec);
      const before = await host.fingerprint(anew.machine);
      await check.refused("old-handle", () => other.recoverTask(stored(a.handle)), notFound(a.id));
      check.equal("untouched", "machine", await host.fingerprint(anew.machine), before);
    },
  },
];

/** A handle as JSON shows it. */
function shown({ driverState, ...rest }: TaskHandle): unknown {
  return { ...rest, driverState: [...driverState] };
}
