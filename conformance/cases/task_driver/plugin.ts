/**
 * Cases about the plugin: what it says of itself, and its configuration.
 *
 * @module
 */

import { TASK_API_VERSION } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";

const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Cases about what a plugin says of itself. */
export const TASK_PLUGIN_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.plugin.unconfigured",
    title: "The plugin tells what it is before it is configured",
    why: "Agents read schemas from a process that they never configure",
    checks: {
      info: "task.plugin.unconfigured",
      "config-schema": "task.plugin.unconfigured",
      "task-schema": "task.plugin.unconfigured",
      capabilities: "task.plugin.unconfigured",
      type: "task.plugin.info",
      name: "task.plugin.info",
      "api-version": "task.plugin.info",
      version: "task.plugin.info",
      "config-object": "task.plugin.schema",
      "task-object": "task.plugin.schema",
    },
    async run({ driver, check }) {
      const info = await check.succeeds("info", "pluginInfo", () => driver.pluginInfo());
      const config = await check
        .succeeds("config-schema", "configSchema", () => driver.configSchema());
      const task = await check
        .succeeds("task-schema", "taskConfigSchema", () => driver.taskConfigSchema());
      await check.succeeds("capabilities", "capabilities", () => driver.capabilities());
      check.equal("type", "type", info.type, "driver");
      check.holds("name", "name", info.name !== "", "a name", info.name);
      const versions = info.apiVersions;
      const speaks = versions.includes(TASK_API_VERSION);
      check.holds(
        "api-version",
        "API versions",
        speaks,
        `${TASK_API_VERSION} among them`,
        versions,
      );
      const { version } = info;
      check.holds("version", "version", SEMVER.test(version), "a semantic version", version);
      check.equal("config-object", "the root of the schema", config.kind, "object");
      check.equal("task-object", "the root of the schema", task.kind, "object");
    },
  },
  {
    id: "task.capabilities.honest",
    title: "The capabilities stay, and say which calls are there",
    why: "A driver that declares exec and panics when it is called takes all its tasks along",
    checks: {
      stable: "task.capabilities.stable",
      signals: "task.capabilities.facets",
      exec: "task.capabilities.facets",
      networks: "task.capabilities.facets",
    },
    async run({ driver, fresh, check }) {
      const before = await driver.capabilities();
      await fresh.task();
      check.equal("stable", "capabilities", await driver.capabilities(), before);
      const { sendSignals, exec, mustInitiateNetwork } = before;
      check.equal("signals", "sendSignals", sendSignals, driver.signals !== undefined);
      check.equal("exec", "exec", exec, driver.exec !== undefined);
      check.equal("networks", "networks", mustInitiateNetwork, driver.networks !== undefined);
    },
  },
  {
    id: "task.capabilities.undeclared",
    title: "A call that is not declared is unimplemented",
    why: "Success without an effect is believed, and a panic takes all tasks along",
    needs: ["wire"],
    checks: { refused: "task.capabilities.undeclared" },
    async run({ driver, wire, check }) {
      const calls = [
        ...(driver.signals ? [] : ["signalTask"] as const),
        ...(driver.exec ? [] : ["execTask"] as const),
        ...(driver.networks ? [] : ["createNetwork"] as const),
      ];
      const refusal = { code: "unimplemented", subject: "driver:" } as const;
      await check.refused("refused", async () => {
        for (const call of calls) await wire().callUndeclared(call);
      }, refusal);
    },
  },
  {
    id: "task.open.no-effect",
    title: "Opening, configuring and disposing make nothing",
    why: "Agents start a plugin three times before they use it once",
    needs: ["host"],
    checks: { opened: "task.open.no-effect", disposed: "task.open.no-effect" },
    async run({ another, fresh, host, check }) {
      const before = await host.inventory();
      const other = await another();
      await other.setConfig({ config: await fresh.config() });
      await other.setConfig({ config: await fresh.config() });
      check.equal("opened", "inventory", await host.inventory(), before);
      await other[Symbol.asyncDispose]();
      check.equal("disposed", "inventory", await host.inventory(), before);
    },
  },
  {
    id: "task.dispose",
    title: "Disposing ends waits and streams, and the task runs on",
    why: "An upgrade of the plugin must not end what it runs",
    checks: {
      wait: "task.dispose",
      events: "task.dispose",
      fingerprints: "task.dispose",
      running: "task.dispose",
    },
    async run({ driver, fresh, stored, successor, settled, read, check }) {
      const other = await successor();
      const { id, handle } = await fresh.started(other, await fresh.spec());
      const { signal } = new AbortController();
      const wait = other.waitTask(id);
      const events = read(await other.taskEvents({ signal }), Infinity);
      const fingerprints = read(other.fingerprint({ signal }), Infinity);
      // Heard from now on: the wait may be refused before the driver is gone.
      const ends = settled<unknown>([wait, events, fingerprints]);
      await other.inspectTask(id);
      await other[Symbol.asyncDispose]();
      const [waited, heard, seen] = await ends;
      check.holds("wait", "wait", waited?.error !== undefined, "it is refused", waited?.value);
      check.equal("events", "what the stream of events threw", heard?.error, undefined);
      check.equal("fingerprints", "what the stream threw", seen?.error, undefined);
      await fresh.configured(driver);
      await driver.recoverTask(stored(handle));
      check.equal("running", "state", (await driver.inspectTask(id)).state, "running");
    },
  },
];

/** Cases about configurations. */
export const TASK_CONFIG_CASES: readonly Case<"task-driver">[] = [
  {
    id: "task.config.again",
    title: "An equal configuration again changes nothing",
    why: "Agents configure a process twice and more",
    needs: ["host"],
    checks: {
      again: "task.config.again",
      inventory: "task.config.again",
      running: "task.config.again",
      starts: "task.config.again",
    },
    async run({ driver, fresh, host, check }) {
      const { id } = await fresh.task();
      const before = await host.inventory();
      await check.succeeds("again", "setConfig", async () => {
        await driver.setConfig({ config: await fresh.config() });
        await driver.init?.();
      });
      check.equal("inventory", "inventory", await host.inventory(), before);
      check.equal("running", "state", (await driver.inspectTask(id)).state, "running");
      const spec = await fresh.spec();
      await check.succeeds("starts", "startTask", () => driver.startTask(spec));
    },
  },
  {
    id: "task.config.invalid",
    title: "A configuration that cannot be is refused, and the old one stays",
    why: "A check the wrong way round let bad configurations pass and good ones fail",
    checks: {
      type: "task.config.invalid",
      unknown: "task.config.invalid",
      version: "task.config.invalid",
      kept: "task.config.invalid",
    },
    async run({ driver, fresh, check }) {
      await fresh.configured(driver);
      const { name } = await driver.pluginInfo();
      const wrong = { code: "invalid-argument", subject: `driver:${name}` } as const;
      const set = (config: unknown, apiVersion?: string) => () =>
        driver.setConfig({ config, ...(apiVersion !== undefined && { apiVersion }) });
      await check.refused("version", set(await fresh.config(), "v0.0.7"), wrong);
      await check.refused("type", set({ image_paths: 7 }), wrong);
      await check.refused("unknown", set({ no_such_key: "x" }), wrong);
      const spec = await fresh.spec();
      await check.succeeds("kept", "startTask", () => driver.startTask(spec));
    },
  },
  {
    id: "task.config.no-agent",
    title: "A configuration with and without the agent's part is enough",
    why: "Agents leave their part away while they only validate",
    checks: { without: "task.config.no-agent", with: "task.config.no-agent" },
    async run({ driver, fresh, check }) {
      const config = await fresh.config();
      await check.succeeds("without", "setConfig", () => driver.setConfig({ config }));
      const agent = { minPort: 14_000, maxPort: 14_512, cores: [0, 1] };
      const settings = { config, agent, apiVersion: TASK_API_VERSION };
      await check.succeeds("with", "setConfig", () => driver.setConfig(settings));
    },
  },
];
