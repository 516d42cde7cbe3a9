/**
 * Cases about starting tasks.
 *
 * @module
 */

import { isDriverError, type TaskSpec } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { notFound, refusal } from "./refusals.ts";

/** How many tasks are started at once. */
const SEVERAL = 4;

/** Cases about starting tasks. */
export const TASK_START_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.start.running",
    title: "A started task runs, and its handle says what it is",
    why: "Version 0 of a handle means one from before handles had versions",
    checks: {
      state: "task.start.running",
      version: "task.start.handle",
      config: "task.start.handle",
      "handle-state": "task.start.handle",
      notes: "task.start.handle",
    },
    async run({ driver, fresh, check }) {
      const { id, handle, spec } = await fresh.task();
      check.equal("state", "state", (await driver.inspectTask(id)).state, "running");
      const { version, config, state, driverState } = handle;
      const isVersion = Number.isSafeInteger(version) && version >= 1;
      check.holds("version", "version", isVersion, "a whole number from 1", version);
      check.equal("config", "the task", { id: config.id, name: config.name }, {
        id: spec.id,
        name: spec.name,
      });
      check.equal("handle-state", "state", state, "running");
      check.holds("notes", "bytes", driverState.length > 0, "some", driverState.length);
    },
  },
  {
    id: "task.start.exists",
    title: "A second start of an id is refused, and the task runs on",
    why: "The second machine has the first one's disk",
    needs: ["host"],
    checks: {
      refused: "task.start.exists",
      inventory: "task.start.exists",
      running: "task.start.exists",
      "after-stop": "task.start.exists",
    },
    async run({ driver, fresh, host, check }) {
      const { id, spec } = await fresh.task();
      const before = await host.inventory();
      const again = (): Promise<unknown> => driver.startTask(spec);
      await check.refused("refused", again, refusal("already-exists", id));
      check.equal("inventory", "inventory", await host.inventory(), before);
      check.equal("running", "state", (await driver.inspectTask(id)).state, "running");
      await driver.stopTask(id, { timeoutMs: 0 });
      await check.refused("after-stop", again, refusal("already-exists", id));
    },
  },
  {
    id: "task.start.race",
    title: "Of two starts of one id at once, one succeeds",
    why: "Look first, then make: both look, both make",
    needs: ["host"],
    checks: {
      one: "task.start.race",
      other: "task.start.race",
      machines: "task.start.race",
      running: "task.start.race",
    },
    async run({ driver, fresh, host, settled, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const count = async (): Promise<number> =>
        (await host.inventory()).filter((entry) => entry.startsWith("machine:")).length;
      const before = await count();
      const results = await settled([driver.startTask(spec), driver.startTask(spec)]);
      const errors = results.flatMap(({ error }) => error === undefined ? [] : [error]);
      check.equal("one", "how many failed", errors.length, 1);
      const [error] = errors;
      const code = isDriverError(error) ? error.code : error;
      check.equal("other", "the other one's error", code, "already-exists");
      check.equal("machines", "machines", await count() - before, 1);
      check.equal("running", "state", (await driver.inspectTask(spec.id)).state, "running");
    },
  },
  {
    id: "task.start.concurrent",
    title: "Several tasks start at once, each with a machine of its own",
    why:
      "A list of paths that all starts share, and a pool that refreshes while another one writes",
    checks: { all: "task.start.concurrent", machines: "task.start.concurrent" },
    async run({ driver, fresh, settled, check }) {
      await fresh.configured(driver);
      const specs: TaskSpec[] = [];
      while (specs.length < SEVERAL) specs.push(await fresh.spec());
      const results = await settled(specs.map((spec) => driver.startTask(spec)));
      const errors = results.flatMap(({ error }) => error === undefined ? [] : [String(error)]);
      check.equal("all", "errors", errors, []);
      const machines = new Set<string>();
      for (const { id } of specs) machines.add(await fresh.machineOf(driver, id));
      check.equal("machines", "different machines", machines.size, SEVERAL);
    },
  },
  {
    id: "task.start.invalid",
    title: "A specification that cannot be is refused before anything is made",
    why: "A size that nobody could read ended the whole plugin, and all its tasks with it",
    needs: ["host"],
    checks: {
      unknown: "task.start.invalid",
      type: "task.start.invalid",
      empty: "task.start.invalid",
      memory: "task.start.invalid",
      fraction: "task.start.invalid",
      cores: "task.start.invalid",
      junk: "task.start.invalid",
      inventory: "task.start.invalid",
      alive: "task.start.invalid",
    },
    async run({ driver, fresh, host, check }) {
      const { id } = await fresh.task();
      const before = await host.inventory();
      const spec = await fresh.spec();
      const bad: Record<string, Partial<TaskSpec>> = {
        unknown: { config: { ...Object(spec.config), no_such_key: 1 } },
        type: { config: { image: 7 } },
        empty: { config: null },
        memory: { resources: { ...spec.resources, memoryMiB: 0 } },
        fraction: { resources: { ...spec.resources, memoryMiB: 100.5 } },
        cores: { resources: { ...spec.resources, cpuset: "" } },
        junk: { resources: { ...spec.resources, cpuset: "1-0" } },
      };
      for (const [which, part] of Object.entries(bad)) {
        const start = (): Promise<unknown> => driver.startTask({ ...spec, ...part });
        await check.refused(which, start, refusal("invalid-argument", spec.id));
      }
      check.equal("inventory", "inventory", await host.inventory(), before);
      check.equal("alive", "the other task", (await driver.inspectTask(id)).state, "running");
    },
  },
  {
    id: "task.start.failed-id",
    title: "A task whose start failed is unknown, and can be started",
    why: "The entry in the map stayed, and with it the name",
    checks: {
      inspect: "task.start.failed-id",
      wait: "task.start.failed-id",
      destroy: "task.start.failed-id",
      again: "task.start.failed-id",
    },
    async run({ driver, fresh, settled, check }) {
      await fresh.configured(driver);
      const spec = await fresh.spec();
      const { id } = spec;
      const path = await fresh.image("blank");
      const missing = { ...spec, config: { image: `${path}.missing` } };
      await settled([driver.startTask(missing)]);
      await check.refused("inspect", () => driver.inspectTask(id), notFound(id));
      await check.refused("wait", () => driver.waitTask(id), notFound(id));
      await check.refused("destroy", () => driver.destroyTask(id, { force: true }), notFound(id));
      await check.succeeds("again", "startTask", () => driver.startTask(spec));
    },
  },
  {
    id: "task.start.size",
    title: "The machine has the memory and the processors that were reserved",
    why: "One unit in the configuration, another one in the hypervisor",
    needs: ["host.size"],
    checks: { memory: "task.start.size", processors: "task.start.size" },
    async run({ fresh, host, check }) {
      const { machine } = await fresh.task({ resources: { memoryMiB: 256, cpuset: "0-1" } });
      const { memoryMiB, cpus } = await host.size(machine);
      check.equal("memory", "MiB", memoryMiB, 256);
      check.equal("processors", "processors", cpus, 2);
    },
  },
  {
    id: "task.start.mounts",
    title: "A folder of the host is not left away in silence",
    why: "The task ran without its data, and wrote where nobody looks",
    checks: { told: "task.start.mounts" },
    async run({ driver, fresh, settled, check }) {
      await fresh.configured(driver);
      const path = await fresh.image("blank");
      const hostPath = path.slice(0, path.lastIndexOf("/"));
      const mounts = [{ hostPath, taskPath: "/data", readOnly: true }];
      const [{ error } = {}] = await settled([driver.startTask(await fresh.spec({ mounts }))]);
      const claims = driver.taskFacets.includes("mounts");
      const code = isDriverError(error) ? error.code : undefined;
      const isTold = claims ? error === undefined : code === "unimplemented";
      const expected = claims ? "the task starts" : "unimplemented";
      check.holds("told", "start with a mount", isTold, expected, code ?? "it started");
    },
  },
  {
    id: "task.start.isolated",
    title: "A start that waits for its guest holds up no other task",
    why: "One lock for all: while a guest boots, nothing can be stopped",
    needs: ["task.address"],
    boots: true,
    checks: { soon: "task.start.isolated", state: "task.start.isolated" },
    async run({ driver, fresh, clock, check }) {
      const { id } = await fresh.task();
      const spec = await fresh.guestSpec();
      const begun = clock.now();
      // Told when it happens, not when it is looked at.
      const start = driver.startTask(spec).then(() => clock.now() - begun);
      // It is under way by then.
      await driver.inspectTask(id);
      await driver.stopTask(id, { timeoutMs: 0 });
      const stopped = clock.now() - begun;
      check.equal("state", "state", (await driver.inspectTask(id)).state, "exited");
      const started = await start;
      check.holds(
        "soon",
        "milliseconds of the stop",
        stopped < started,
        `before ${started}`,
        stopped,
      );
    },
  },
  {
    id: "task.start.ids",
    title: "Whatever its id, a task has a machine of its own",
    why: "The machine was named by a part of the id, so two tasks met in one machine",
    checks: { all: "task.start.ids", machines: "task.start.ids" },
    async run({ driver, fresh, settled, check }) {
      await fresh.configured(driver);
      const [alloc, name] = [fresh.label(), fresh.label()];
      const ids = [
        `${alloc}/${name}/1`,
        `${alloc}/${name}-1`,
        `${alloc}/${name}/1 `,
        `${alloc} ${name} ü漢`,
        `${alloc}/${name}/${"1".repeat(150)}`,
        `${alloc}/${name}/${"1".repeat(151)}`,
      ];
      const specs = [];
      for (const id of ids) specs.push(await fresh.spec({ id, name }));
      const results = await settled(specs.map((spec) => fresh.started(driver, spec)));
      const bad = results.flatMap(({ error }) => {
        if (error === undefined) return [];
        return isDriverError(error) && error.code === "invalid-argument" ? [] : [String(error)];
      });
      check.equal("all", "errors other than invalid-argument", bad, []);
      const machines = results.flatMap(({ value }) => value?.machine ?? []);
      check.equal("machines", "different machines", new Set(machines).size, machines.length);
    },
  },
];
