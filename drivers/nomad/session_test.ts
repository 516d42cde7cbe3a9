import { assertEquals, assertRejects } from "@std/assert";
import { BackendError } from "../backend/backend.ts";
import { systemClock } from "../backend/clock.ts";
import { DriverError, type Schema } from "../contract/mod.ts";
import { Channel } from "./channel.ts";
import type { Connection, Said } from "./connection.ts";
import { nomadDriver } from "./driver.ts";
import { evaluated } from "./session.ts";

const SAID: Said = {
  info: { name: "x", type: "driver", apiVersions: ["v0.1.0"], version: "1.0.0" },
  capabilities: {
    sendSignals: true,
    exec: false,
    fsIsolation: "image",
    netIsolationModes: ["host"],
    mustInitiateNetwork: false,
    mountConfigs: "none",
    disableLogCollection: true,
    dynamicWorkloadUsers: false,
  },
  facets: ["stats"],
  isOurs: false,
};
const SCHEMA: Schema = {
  kind: "object",
  attributes: { image: { kind: "attr", name: "image", type: "string", required: true } },
};

/** A connection to nowhere, which counts how often it is ended. */
function connection(): Connection & { ended: number } {
  return {
    ended: 0,
    said: SAID,
    taskSchema: SCHEMA,
    channel: new Channel("unix:/nowhere/p.sock"),
    plugin: {
      target: "unix:/nowhere/p.sock",
      ended: new Promise(() => {}),
      log: () => [],
      printed: () => [],
      interrupt: () => Promise.resolve(),
      kill: () => Promise.resolve(),
    },
    byHand: () => Promise.resolve({ exitCode: 1, stdout: "", stderr: "" }),
    [Symbol.asyncDispose]() {
      this.ended++;
      this.channel[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

const clock = systemClock();

Deno.test("a driver has the facets that its plugin declares, and no others", () => {
  const driver = nomadDriver({ said: SAID, clock, connect: () => Promise.reject() });
  assertEquals(driver.taskFacets, ["stats"]);
  assertEquals([driver.signals !== undefined, driver.exec, driver.networks], [
    true,
    undefined,
    undefined,
  ]);
});

Deno.test("a plugin is started by the first call, once, and ended with the driver", async () => {
  let started = 0;
  const one = connection();
  const driver = nomadDriver({
    said: SAID,
    clock,
    connect() {
      started++;
      return Promise.resolve(one);
    },
  });
  assertEquals(started, 0);
  await Promise.all([driver.pluginInfo(), driver.taskConfigSchema()]);
  await driver[Symbol.asyncDispose]();
  assertEquals([started, one.ended], [1, 1]);
  const late = await assertRejects(() => driver.pluginInfo(), DriverError);
  assertEquals([late.code, started], ["canceled", 1]);
});

Deno.test("a plugin that runs already is ended with the driver, even if it was never asked", async () => {
  const opened = connection();
  const driver = nomadDriver({ said: SAID, clock, opened, connect: () => Promise.reject() });
  await driver[Symbol.asyncDispose]();
  assertEquals(opened.ended, 1);
});

Deno.test("a plugin that cannot be started is unavailable, and is tried again", async () => {
  let started = 0;
  const driver = nomadDriver({
    said: SAID,
    clock,
    connect() {
      started++;
      return Promise.reject(new BackendError("unreachable", "spawn", "Cannot start it"));
    },
  });
  const first = await assertRejects(() => driver.init?.() ?? Promise.resolve(), DriverError);
  const second = await assertRejects(() => driver.capabilities(), DriverError);
  assertEquals([first.code, second.code, started], ["unavailable", "unavailable", 2]);
});

Deno.test("a configuration that does not fit the plugin's schema is refused before it is sent", async () => {
  await using opened = connection();
  await using driver = nomadDriver({ said: SAID, clock, opened, connect: () => Promise.reject() });
  const spec = {
    id: "a/b/c",
    name: "b",
    allocId: "a",
    resources: { memoryMiB: 64, cpuset: "0" },
  };
  for (const config of [{}, { image: 7 }, { image: "/i", other: 1 }, "text"]) {
    const start = () => driver.startTask({ ...spec, config });
    const { code, subject } = await assertRejects(start, DriverError);
    assertEquals([code, subject], ["invalid-argument", "task:a/b/c"]);
  }
});

Deno.test("the user's part of a configuration is below the caller's", () => {
  const base = { image: "/base" };
  assertEquals(evaluated(SCHEMA, {}, base), { image: "/base" });
  assertEquals(evaluated(SCHEMA, undefined, base), { image: "/base" });
  assertEquals(evaluated(SCHEMA, { image: "/own" }, base), { image: "/own" });
});
