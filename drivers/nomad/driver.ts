/**
 * The task driver that is a plugin's process: the client's side of the plugin API.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import {
  type CallOptions,
  isDriverError,
  type Schema,
  TASK_API_VERSION,
  type TaskDriver,
  type TaskPluginSettings,
} from "../contract/mod.ts";
import type { Draft } from "./message_types.ts";
import { execOf, networksOf, signalsOf } from "./optional_calls.ts";
import { fromCapabilities } from "./reports.ts";
import { packConfig } from "./schemas.ts";
import { evaluated, Session, type SessionOptions } from "./session.ts";
import { streamCalls } from "./stream_calls.ts";
import { taskCalls } from "./task_calls.ts";
import { wireOf } from "./wire.ts";

/** Makes the driver. Has no side effect: the plugin is started by the first call. */
export function nomadDriver(options: SessionOptions): TaskDriver {
  const session = new Session(options);
  const { capabilities, facets } = options.said;
  return {
    taskFacets: facets,
    ...driverCalls(session),
    ...taskCalls(session),
    ...streamCalls(session),
    wire: wireOf(session),
    ...(capabilities.sendSignals && { signals: signalsOf(session) }),
    ...(capabilities.exec && { exec: execOf(session) }),
    ...(capabilities.mustInitiateNetwork && { networks: networksOf(session) }),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

/** The calls about the driver itself. */
type DriverCalls = Required<
  Pick<
    TaskDriver,
    | "pluginInfo"
    | "configSchema"
    | "taskConfigSchema"
    | "capabilities"
    | "setConfig"
    | "init"
    | "shutdown"
  >
>;

/** The schema of a plugin that takes no configuration. */
const NOTHING: Schema = { kind: "object", attributes: {} };

function driverCalls(session: Session): DriverCalls {
  const call = (method: "Init" | "Shutdown", name: string, { signal }: CallOptions) =>
    session.run(session.aboutDriver(name), signal, async ({ channel }, options) => {
      try {
        await channel.call("driver", method, {}, options);
      } catch (error) {
        // A plugin need not have it.
        if (!(isDriverError(error) && error.code === "unimplemented")) throw error;
      }
    });
  return {
    pluginInfo: ({ signal } = {}) =>
      session.run(session.aboutDriver("pluginInfo"), signal, ({ said }) => said.info),
    configSchema: ({ signal } = {}) =>
      session.run(
        session.aboutDriver("configSchema"),
        signal,
        ({ configSchema = NOTHING }) => configSchema,
      ),
    taskConfigSchema: ({ signal } = {}) =>
      session.run(
        session.aboutDriver("taskConfigSchema"),
        signal,
        ({ taskSchema }) => taskSchema,
      ),
    capabilities: ({ signal } = {}) =>
      session.run(
        session.aboutDriver("capabilities"),
        signal,
        async ({ channel }, options) =>
          fromCapabilities(await channel.call("driver", "Capabilities", {}, options)),
      ),
    setConfig: (settings, options = {}) => setConfig(session, settings, options),
    init: (options = {}) => call("Init", "init", options),
    shutdown: (options = {}) => call("Shutdown", "shutdown", options),
  };
}

function setConfig(
  session: Session,
  { config, apiVersion = TASK_API_VERSION, agent }: TaskPluginSettings,
  { signal }: CallOptions,
): Promise<void> {
  return session.run(session.aboutDriver("setConfig"), signal, async (connection, options) => {
    const { channel, configSchema: schema } = connection;
    if (!schema && config !== undefined) {
      throw new Trouble("invalid-argument", "the plugin takes no configuration");
    }
    const request: Draft<"SetConfigRequest"> = {
      pluginApiVersion: apiVersion,
      nomadConfig: agent && {
        driver: {
          clientMinPort: agent.minPort,
          clientMaxPort: agent.maxPort,
          topology: agent.cores && { cores: agent.cores.map((coreId) => ({ coreId })) },
        },
      },
      msgpackConfig: schema &&
        packConfig(schema, evaluated(schema, config, session.options.config)),
    };
    await channel.call("base", "SetConfig", request, options);
  });
}
