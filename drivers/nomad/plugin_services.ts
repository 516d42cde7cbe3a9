/**
 * Any task driver as the services of a plugin: what Nomad asks of it, and what go-plugin does.
 *
 * @module
 */

import { DriverError, type TaskDriver, type TaskPluginSettings } from "../contract/mod.ts";
import { execStreaming } from "./exec_service.ts";
import { FACETS_KEY } from "./facets.ts";
import type { Message } from "./message_types.ts";
import {
  toCapabilities,
  toEvent,
  toExit,
  toFingerprint,
  toNetwork,
  toStatusMessage,
  toUsage,
} from "./reports.ts";
import { toSpec, unpackConfig } from "./schemas.ts";
import type { Handlers } from "./socket_server.ts";
import { fromHandle, fromTaskConfig, toHandle } from "./specs.ts";
import { toMs } from "./values.ts";

/** The kind of plugin that is a task driver. */
const DRIVER_PLUGIN = 2;

/** The service of every plugin of Nomad. */
export function baseService(driver: TaskDriver): Handlers<"base"> {
  return {
    async PluginInfo(_request, { signal }) {
      const { name, version, apiVersions } = await driver.pluginInfo({ signal });
      return {
        type: DRIVER_PLUGIN,
        name,
        pluginVersion: version,
        pluginApiVersions: apiVersions,
      };
    },
    ConfigSchema: async (_request, { signal }) => ({
      spec: toSpec(await driver.configSchema({ signal })),
    }),
    async SetConfig(request, { signal }) {
      await driver.setConfig(settingsOf(request), { signal });
      return {};
    },
  };
}

/** Reads what only the sender can have got wrong. @throws {DriverError} `invalid-argument` */
function readable<T>(operation: string, subject: DriverError["subject"], read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = `Cannot read the configuration as MessagePack: ${
      cause instanceof Error ? cause.message : cause
    }`;
    throw new DriverError({ code: "invalid-argument", operation, subject, message, cause });
  }
}

function settingsOf(request: Message<"SetConfigRequest">): TaskPluginSettings {
  const { msgpackConfig, nomadConfig, pluginApiVersion } = request;
  const config = readable("task.setConfig", "driver:", () => unpackConfig(msgpackConfig));
  const agent = nomadConfig?.driver;
  const cores = agent?.topology?.cores.filter(({ disable }) => !disable).map((it) => it.coreId);
  return {
    ...(config !== undefined && { config }),
    ...(pluginApiVersion !== "" && { apiVersion: pluginApiVersion }),
    ...(agent && {
      agent: {
        minPort: agent.clientMinPort,
        maxPort: agent.clientMaxPort,
        ...(cores && { cores }),
      },
    }),
  };
}

function absent(operation: string, what: string): DriverError {
  return new DriverError({
    code: "invalid-argument",
    operation,
    subject: "task:",
    message: `Cannot do "${operation}": the request has no ${what}`,
  });
}

function undeclared(operation: string): DriverError {
  return new DriverError({
    code: "unimplemented",
    operation,
    subject: "driver:",
    message: `Cannot do "${operation}": the driver does not declare it`,
  });
}

/** The service of a driver plugin. Calls of facets that the driver lacks are `unimplemented`. */
export function driverService(driver: TaskDriver): Handlers<"driver"> {
  return { ...aboutDriver(driver), ...aboutTasks(driver), ...facetCalls(driver) };
}

function aboutDriver(driver: TaskDriver): Handlers<"driver"> {
  return {
    async Init(_request, { signal }) {
      await driver.init?.({ signal });
      return {};
    },
    async Shutdown(_request, { signal }) {
      await driver.shutdown?.({ signal });
      return {};
    },
    TaskConfigSchema: async (_request, { signal }) => ({
      spec: toSpec(await driver.taskConfigSchema({ signal })),
    }),
    async Capabilities(_request, { signal, say }) {
      say(FACETS_KEY, driver.taskFacets.join(","));
      return toCapabilities(await driver.capabilities({ signal }));
    },
    async *Fingerprint(_request, { signal }) {
      for await (const it of driver.fingerprint({ signal })) yield toFingerprint(it);
    },
    async TaskEvents(_request, { signal }) {
      return mapped(await driver.taskEvents({ signal }), toEvent);
    },
  };
}

async function* mapped<T, U>(items: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield map(item);
}

function aboutTasks(driver: TaskDriver): Handlers<"driver"> {
  return {
    async StartTask({ task }, { signal }) {
      if (!task) throw absent("task.start", "task");
      const spec = readable("task.start", `task:${task.id}`, () => fromTaskConfig(task));
      const { handle, network } = await driver.startTask(spec, { signal });
      const schema = await driver.taskConfigSchema({ signal });
      const about = { operation: "task.start", subject: `task:${task.id}` } as const;
      return { handle: toHandle(handle, { schema, about }), networkOverride: toNetwork(network) };
    },
    async RecoverTask({ handle }, { signal }) {
      if (!handle) throw absent("task.recover", "handle");
      const id = handle.config?.id ?? "";
      const read = readable("task.recover", `task:${id}`, () => fromHandle(handle));
      await driver.recoverTask(read, { signal });
      return {};
    },
    async WaitTask({ taskId }, { signal }) {
      const exit = await driver.waitTask(taskId, { signal });
      return { result: toExit(exit), err: exit.error };
    },
    async StopTask({ taskId, timeout, signal: signalName }, { signal }) {
      const timeoutMs = toMs(timeout);
      await driver.stopTask(taskId, { timeoutMs, signal, ...(signalName && { signalName }) });
      return {};
    },
    async DestroyTask({ taskId, force }, { signal }) {
      await driver.destroyTask(taskId, { force, signal });
      return {};
    },
    InspectTask: async ({ taskId }, { signal }) =>
      toStatusMessage(await driver.inspectTask(taskId, { signal })),
    async TaskStats({ taskId, collectionInterval }, { signal }) {
      const usages = await driver.taskStats(taskId, {
        intervalMs: toMs(collectionInterval),
        signal,
      });
      return mapped(usages, (usage) => toUsage(taskId, usage));
    },
  };
}

function facetCalls({ signals, exec, networks }: TaskDriver): Handlers<"driver"> {
  return {
    async SignalTask({ taskId, signal: name }, { signal }) {
      if (!signals) throw undeclared("task.signal");
      await signals.signalTask(taskId, name, { signal });
      return {};
    },
    async ExecTask({ taskId, command, timeout }, { signal }) {
      if (!exec) throw undeclared("task.exec");
      const timeoutMs = toMs(timeout);
      const { stdout, stderr, exit } = await exec.execTask(taskId, command, { timeoutMs, signal });
      return { stdout, stderr, result: toExit(exit) };
    },
    ExecTaskStreaming: (requests, { signal }) => {
      if (!exec) throw undeclared("task.execStreaming");
      return execStreaming(exec, requests, signal);
    },
    async CreateNetwork({ allocId }, { signal }) {
      if (!networks) throw undeclared("task.createNetwork");
      const { path, created } = await networks.createNetwork(allocId, { signal });
      return { isolation: { path, mode: 1 }, created };
    },
    async DestroyNetwork({ allocId, isolation }, { signal }) {
      if (!networks) throw undeclared("task.destroyNetwork");
      if (isolation) await networks.destroyNetwork(allocId, { signal });
      return {};
    },
  };
}
