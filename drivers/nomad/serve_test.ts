import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DriverError, type TaskDriver } from "../contract/mod.ts";
import { Channel } from "./channel.ts";
import { servePlugin } from "./serve.ts";

const ABOUT = { operation: "task.test", subject: "task:t1" } as const;

/** A driver of which only what a test needs is there. */
const DRIVER = {
  taskFacets: ["images", "events"],
  capabilities: () =>
    Promise.resolve({
      sendSignals: false,
      exec: false,
      fsIsolation: "image",
      netIsolationModes: ["host", "group"],
      mustInitiateNetwork: false,
      mountConfigs: "none",
      disableLogCollection: true,
      dynamicWorkloadUsers: false,
    }),
  setConfig: ({ config, agent }) =>
    Promise.reject(
      new DriverError({
        code: "invalid-argument",
        operation: "task.setConfig",
        subject: "driver:x",
        message: JSON.stringify({ config, agent }),
      }),
    ),
} as Partial<TaskDriver> as TaskDriver;

Deno.test("a plugin is healthy, and tells what its driver declares, the mounts too", async () => {
  await using served = await servePlugin(DRIVER);
  using channel = new Channel(`unix:${served.socket}`);
  const health = await channel.call("health", "Check", { service: "plugin" }, ABOUT);
  assertEquals(health.status, 1);
  const { message, metadata } = await channel.ask("driver", "Capabilities", {}, ABOUT);
  assertEquals(metadata.get("vmtck-facets"), ["images,events"]);
  assertEquals(message.capabilities, {
    sendSignals: false,
    exec: false,
    fsIsolation: 2,
    networkIsolationModes: [0, 1],
    mustCreateNetwork: false,
    mountConfigs: 1,
    disableLogCollection: true,
    dynamicWorkloadUsers: false,
  });
});

Deno.test("calls of facets that the driver lacks are unimplemented", async () => {
  await using served = await servePlugin(DRIVER);
  using channel = new Channel(`unix:${served.socket}`);
  const calls = [
    () => channel.call("driver", "SignalTask", {}, ABOUT),
    () => channel.call("driver", "ExecTask", {}, ABOUT),
    () => channel.call("driver", "CreateNetwork", {}, ABOUT),
    () => channel.call("driver", "DestroyNetwork", {}, ABOUT),
  ];
  for (const call of calls) {
    assertEquals((await assertRejects(call, DriverError)).code, "unimplemented");
  }
});

Deno.test("requests without what they are about are refused", async () => {
  await using served = await servePlugin(DRIVER);
  using channel = new Channel(`unix:${served.socket}`);
  const calls = [
    () => channel.call("driver", "StartTask", {}, ABOUT),
    () => channel.call("driver", "RecoverTask", {}, ABOUT),
    () => channel.call("base", "SetConfig", { msgpackConfig: new Uint8Array([0xc1]) }, ABOUT),
  ];
  for (const call of calls) {
    assertEquals((await assertRejects(call, DriverError)).code, "invalid-argument");
  }
});

Deno.test("the agent's part of a configuration arrives, without the cores that are disabled", async () => {
  await using served = await servePlugin(DRIVER);
  using channel = new Channel(`unix:${served.socket}`);
  const cores = [{ coreId: 0 }, { coreId: 1, disable: true }];
  const driver = { clientMinPort: 14_000, clientMaxPort: 14_512, topology: { cores } };
  const call = () => channel.call("base", "SetConfig", { nomadConfig: { driver } }, ABOUT);
  const { message } = await assertRejects(call, DriverError);
  assertEquals(JSON.parse(message), { agent: { minPort: 14_000, maxPort: 14_512, cores: [0] } });
});

Deno.test("a host asks a plugin to end, and the socket goes", async () => {
  const served = await servePlugin(DRIVER);
  assertMatch(served.socket, /plugin-[^/]+\/p\.sock$/);
  using channel = new Channel(`unix:${served.socket}`);
  await channel.call("controller", "Shutdown", {}, ABOUT);
  await served.asked;
  await served[Symbol.asyncDispose]();
  await assertRejects(() => Deno.lstat(served.socket), Deno.errors.NotFound);
});

Deno.test({
  name: "a second connection works beside the first",
  fn: async () => {
    await using served = await servePlugin(DRIVER);
    using one = new Channel(`unix:${served.socket}`);
    using other = new Channel(`unix:${served.socket}`);
    for (const channel of [one, other, one]) {
      await channel.call("driver", "Capabilities", {}, ABOUT);
    }
  },
});
