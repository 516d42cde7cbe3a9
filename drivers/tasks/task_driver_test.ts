import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../backend/clock.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { DriverError, type TaskExit, type TaskSpec } from "../contract/mod.ts";
import type { EndReason, Sight, TaskMachines } from "./machines.ts";
import { taskDriver } from "./task_driver.ts";

const SPEC: TaskSpec = {
  id: "a/b/c",
  name: "b",
  allocId: "a",
  resources: { memoryMiB: 64, cpuset: "0" },
  config: {},
};

/** Machines that are as a test says. */
function fakeMachines(changed: Partial<TaskMachines> = {}): TaskMachines {
  return {
    plugin: { name: "fake", version: "1.0.0" },
    facets: [],
    capabilities: {
      sendSignals: false,
      exec: false,
      fsIsolation: "image",
      netIsolationModes: ["host"],
      mustInitiateNetwork: false,
      mountConfigs: "none",
      disableLogCollection: true,
      dynamicWorkloadUsers: false,
    },
    configSchema: { kind: "object", attributes: {} },
    taskConfigSchema: { kind: "object", attributes: {} },
    health: () => Promise.resolve({ health: "healthy", description: "Healthy", attributes: {} }),
    launch: ({ machine }) => Promise.resolve({ name: machine, id: "1" }),
    look: () => Promise.resolve({ state: "running" }),
    askToStop: () => Promise.resolve(),
    switchOff: () => Promise.resolve(true),
    remove: () => Promise.resolve(true),
    ...changed,
  };
}

const ENDS: Readonly<Record<EndReason, Omit<TaskExit, "error">>> = {
  "off": { exitCode: 0, signal: 0, oomKilled: false },
  "forced": { exitCode: 0, signal: 9, oomKilled: false },
  "crashed": { exitCode: 1, signal: 0, oomKilled: false },
  "killed": { exitCode: 0, signal: 9, oomKilled: false },
  "out-of-memory": { exitCode: 0, signal: 9, oomKilled: true },
};

for (const [reason, expected] of Object.entries(ENDS)) {
  Deno.test(`a machine that ended by "${reason}" ends its task like that`, async () => {
    using clock = new VirtualClock();
    let sight: Sight = { state: "running" };
    const machines = fakeMachines({ look: () => Promise.resolve(sight) });
    await using driver = taskDriver({ machines, clock, files: memoryFiles() });
    await driver.startTask(SPEC);
    sight = { state: "ended", reason: reason as EndReason };
    const { error, ...exit } = await driver.waitTask(SPEC.id);
    assertEquals(exit, expected);
    const isSuccess = reason === "off" || reason === "forced";
    assertEquals(error === undefined, isSuccess);
  });
}

Deno.test("a stop asks again and again, switches off in time, and ends although nothing answers", async () => {
  using clock = new VirtualClock();
  const asked: number[] = [];
  const machines = fakeMachines({
    askToStop: () => Promise.resolve(void asked.push(clock.now())),
    switchOff: () => new Promise(() => {}),
  });
  await using driver = taskDriver({ machines, clock, files: memoryFiles() });
  await driver.startTask(SPEC);
  const error = await assertRejects(
    () => driver.stopTask(SPEC.id, { timeoutMs: 5_000 }),
    DriverError,
  );
  assertEquals([error.code, asked, clock.now()], ["deadline-exceeded", [0, 2_000, 4_000], 20_000]);
});

Deno.test("a guest that refuses to hear is switched off at once", async () => {
  using clock = new VirtualClock();
  let sight: Sight = { state: "running" };
  const machines = fakeMachines({
    look: () => Promise.resolve(sight),
    askToStop: () =>
      Promise.reject(
        new DriverError({
          code: "failed-precondition",
          operation: "machine.stop",
          subject: "machine:m",
          message: "Cannot stop: it is paused",
        }),
      ),
    switchOff: () => {
      sight = { state: "ended", reason: "off" };
      return Promise.resolve(true);
    },
  });
  await using driver = taskDriver({ machines, clock, files: memoryFiles() });
  await driver.startTask(SPEC);
  await driver.stopTask(SPEC.id, { timeoutMs: 60_000 });
  assertEquals([clock.now(), (await driver.waitTask(SPEC.id)).signal], [0, 9]);
});

Deno.test("what failed below is told of the task, with what the hypervisor said", async () => {
  using clock = new VirtualClock();
  const below = new DriverError({
    code: "not-found",
    operation: "machines.create",
    subject: "image:1",
    message: "Cannot create",
    backend: { code: "E1", text: "no such image" },
  });
  const machines = fakeMachines({ launch: () => Promise.reject(below) });
  await using driver = taskDriver({ machines, clock, files: memoryFiles() });
  const error = await assertRejects(() => driver.startTask(SPEC), DriverError);
  assertEquals([error.code, error.subject, error.operation, error.backend?.code], [
    "failed-precondition",
    "task:a/b/c",
    "task.start",
    "E1",
  ]);
});

Deno.test("what was made is taken back, the last one first, when the network fails", async () => {
  using clock = new VirtualClock();
  const back: string[] = [];
  const machines = fakeMachines({
    taskConfigSchema: {
      kind: "object",
      attributes: {
        network_interface: {
          kind: "block_list",
          name: "network_interface",
          nested: {
            kind: "object",
            attributes: {
              bridge: {
                kind: "block",
                name: "bridge",
                nested: {
                  kind: "object",
                  attributes: { name: { kind: "attr", name: "name", type: "string" } },
                },
              },
            },
          },
        },
      },
    },
    launch: ({ machine }, undo) => {
      for (const what of ["disk", "machine"]) {
        undo.add(what, () => Promise.resolve(back.push(what)));
      }
      return Promise.resolve({ name: machine, id: "1" });
    },
    net: {
      init: () => Promise.resolve(),
      fingerprint: () => Promise.resolve({}),
      vmStartedBuild: () => Promise.reject(new Error("no lease")),
      vmTerminatedTeardown: () => Promise.resolve(),
    },
  });
  await using driver = taskDriver({ machines, clock, files: memoryFiles() });
  const config = { network_interface: [{ bridge: { name: "br0" } }] };
  await assertRejects(() => driver.startTask({ ...SPEC, config }), DriverError);
  assertEquals(back, ["machine", "disk"]);
  await assertRejects(() => driver.inspectTask(SPEC.id), DriverError);
});

Deno.test("measurements keep their pace, whatever a measurement takes", async () => {
  using clock = new VirtualClock();
  const machines = fakeMachines({
    usage: async () => {
      await clock.sleep(300);
      return { memory: { rss: 1 }, cpu: {} };
    },
  });
  await using driver = taskDriver({ machines, clock, files: memoryFiles() });
  await driver.startTask(SPEC);
  const stop = new AbortController();
  const stream = await driver.taskStats(SPEC.id, { intervalMs: 1_000, signal: stop.signal });
  const times: number[] = [];
  for await (const { timestamp } of stream) {
    times.push(timestamp);
    if (times.length === 3) break;
  }
  assertEquals(times, [300, 1_300, 2_300]);
});
