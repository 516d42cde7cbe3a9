/**
 * What a task is made from, and its handle, on the wire.
 *
 * @module
 */

import type {
  Schema,
  TaskHandle,
  TaskMount,
  TaskPort,
  TaskResources,
  TaskSpec,
} from "../contract/mod.ts";
import { decode } from "./codec.ts";
import type { Draft, Message } from "./message_types.ts";
import { packConfig, unpackConfig } from "./schemas.ts";
import type { About } from "./status.ts";
import { copyOf, invalid, numberOf, whole, wordOf } from "./values.ts";

const MIB = 1024 * 1024;

/** What the agent adds for a task whose folder it knows, as jobs expect it. */
function agentEnv({ allocDir, allocId, name }: TaskSpec): Record<string, string> {
  if (allocDir === undefined) return {};
  return {
    NOMAD_ALLOC_ID: allocId,
    NOMAD_TASK_NAME: name,
    NOMAD_ALLOC_DIR: `${allocDir}/alloc`,
    NOMAD_TASK_DIR: `${allocDir}/${name}/local`,
    NOMAD_SECRETS_DIR: `${allocDir}/${name}/secrets`,
  };
}

/**
 * A task for the wire.
 *
 * @throws {DriverError} `invalid-argument` for what the plugin API cannot say
 */
export function toTaskConfig(
  spec: TaskSpec,
  { schema, config, about }: { schema: Schema; config: unknown; about: About },
): Draft<"TaskConfig"> {
  const { id, name, allocId, env, allocDir, stdoutPath, stderrPath, mounts = [] } = spec;
  return {
    id,
    name,
    allocId,
    allocDir,
    stdoutPath,
    stderrPath,
    env: { ...agentEnv(spec), ...env },
    mounts: mounts.map(({ hostPath, taskPath, readOnly }) => ({
      hostPath,
      taskPath,
      readonly: readOnly,
    })),
    resources: toResources(spec.resources, about),
    msgpackDriverConfig: packConfig(schema, config),
  };
}

function toResources(
  { memoryMiB, memoryMaxMiB = 0, cpuset, cpuShares = 0, ports = [] }: TaskResources,
  about: About,
): Draft<"Resources"> {
  const memoryMb = whole(memoryMiB, "memory in MiB", about);
  const shares = whole(cpuShares, "share of the processors", about);
  return {
    allocated: {
      cpu: { cpuShares: shares },
      memory: { memoryMb, memoryMaxMb: whole(memoryMaxMiB, "highest memory in MiB", about) },
    },
    linux: { cpusetCpus: cpuset, cpuShares: shares, memoryLimitBytes: memoryMb * MIB },
    ports: ports.map(({ label, value, to, hostIp, protocol = "tcp" }) => {
      if (protocol !== "tcp") throw invalid(about, `its ports have no protocol: "${protocol}"`);
      return {
        label,
        value: whole(value, "port", about),
        to: whole(to, "guest's port", about),
        hostIp,
      };
    }),
  };
}

/** Leaves out what is empty: on the wire that is the same as absent. */
function filled<K extends string>(key: K, value: string): { [P in K]?: string } {
  return (value === "" ? {} : { [key]: value }) as { [P in K]?: string };
}

/** A task from the wire. @throws {Error} if its configuration is no MessagePack */
export function fromTaskConfig(message: Message<"TaskConfig">): TaskSpec {
  const { id, name, allocId, env, mounts } = message;
  return {
    id,
    name,
    allocId,
    resources: fromResources(message.resources),
    config: unpackConfig(message.msgpackDriverConfig) ?? {},
    ...(Object.keys(env).length > 0 && { env: { ...env } }),
    ...(mounts.length > 0 && { mounts: mounts.map(fromMount) }),
    ...filled("allocDir", message.allocDir),
    ...filled("stdoutPath", message.stdoutPath),
    ...filled("stderrPath", message.stderrPath),
  };
}

function fromMount({ hostPath, taskPath, readonly }: Message<"Mount">): TaskMount {
  return { hostPath, taskPath, readOnly: readonly };
}

function fromPort({ label, value, to, hostIp }: Message<"PortMapping">): TaskPort {
  return { label, value, to, hostIp };
}

function fromResources(message: Message<"Resources"> | null): TaskResources {
  const { memory, cpu } = message?.allocated ?? {};
  return {
    memoryMiB: memory?.memoryMb ?? 0,
    ...(memory && memory.memoryMaxMb > 0 && { memoryMaxMiB: memory.memoryMaxMb }),
    cpuset: message?.linux?.cpusetCpus ?? "",
    ...(cpu && cpu.cpuShares > 0 && { cpuShares: cpu.cpuShares }),
    ...(message && message.ports.length > 0 && { ports: message.ports.map(fromPort) }),
  };
}

/** A handle from the wire. @throws {Error} if its configuration is no MessagePack */
export function fromHandle(message: Message<"TaskHandle">): TaskHandle {
  const { version, config, state, driverState } = message;
  return {
    version,
    config: fromTaskConfig(config ?? decode("TaskConfig", new Uint8Array())),
    state: wordOf("state", state),
    driverState: copyOf(driverState),
  };
}

/**
 * A handle for the wire; its configuration has been through the schema already. A handle that is none
 * goes there, too: the driver has to refuse it.
 */
export function toHandle(
  handle: Partial<TaskHandle> | null | undefined,
  { schema, about }: { schema: Schema; about: About },
): Draft<"TaskHandle"> | undefined {
  if (!handle) return undefined;
  const { version = 0, config: spec, state = "unknown", driverState } = handle;
  return {
    version: whole(version, "version of the handle", about),
    config: spec && toTaskConfig(spec, { schema, config: spec.config, about }),
    state: numberOf("state", state),
    driverState,
  };
}
