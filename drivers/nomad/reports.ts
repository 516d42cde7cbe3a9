/**
 * What a driver tells, on the wire: how tasks are and end, what they use, what happens, and how well the
 * driver is itself. What a host needs is always sent, even where it is zero: agents crash without it.
 *
 * @module
 */

import {
  HEALTHY,
  MACHINE_ATTRIBUTE,
  type TaskAttribute,
  type TaskCapabilities,
  type TaskEvent,
  type TaskExit,
  type TaskFingerprint,
  type TaskNetwork,
  type TaskResourceUsage,
  type TaskStatus,
} from "../contract/mod.ts";
import type { Draft, Message } from "./message_types.ts";
import { fromMs, numberOf, toMs, toTime, wordOf, WORDS, ZERO_TIME } from "./values.ts";

/** How a task ended, without the text of its error. */
export function toExit({ exitCode, signal, oomKilled }: TaskExit): Draft<"ExitResult"> {
  return { exitCode, signal, oomKilled };
}

/** How a task ended. */
export function fromExit(result: Message<"ExitResult"> | null, error = ""): TaskExit {
  const { exitCode = 0, signal = 0, oomKilled = false } = result ?? {};
  return { exitCode, signal, oomKilled, ...(error !== "" && { error }) };
}

/** How a task is reached. */
export function toNetwork(network: TaskNetwork | undefined): Draft<"NetworkOverride"> | undefined {
  if (!network) return undefined;
  const { portMap, ip: addr, autoAdvertise } = network;
  return { portMap, addr, autoAdvertise };
}

/** How a task is reached. */
export function fromNetwork(message: Message<"NetworkOverride"> | null): TaskNetwork | undefined {
  if (!message) return undefined;
  const { portMap, addr: ip, autoAdvertise } = message;
  return { portMap: { ...portMap }, ip, autoAdvertise };
}

const NOT_ENDED: TaskExit = { exitCode: 0, signal: 0, oomKilled: false };

/** A task, as it is inspected. */
export function toStatusMessage(task: TaskStatus): Draft<"InspectTaskResponse"> {
  const { id, name, state, startedAt, completedAt, exit = NOT_ENDED, attributes, network } = task;
  return {
    task: {
      id,
      name,
      state: numberOf("state", state),
      startedAt: fromMs(startedAt),
      completedAt: completedAt === undefined ? ZERO_TIME : fromMs(completedAt),
      result: toExit(exit),
    },
    driver: { attributes },
    networkOverride: toNetwork(network),
  };
}

/** A task, as it was inspected. The text of the error that ended it is not on the wire here. */
export function fromStatusMessage(message: Message<"InspectTaskResponse">): TaskStatus {
  const { id = "", name = "", state = 0, startedAt = null, completedAt = null, result = null } =
    message.task ?? {};
  const word = wordOf("state", state);
  const ended = toTime(completedAt);
  const network = fromNetwork(message.networkOverride);
  return {
    id,
    name,
    state: word,
    startedAt: toTime(startedAt) ?? 0,
    ...(word === "exited" && {
      ...(ended !== undefined && { completedAt: ended }),
      exit: fromExit(result),
    }),
    // A plugin of another make tells no machine: then the id stands for it.
    attributes: { [MACHINE_ATTRIBUTE]: id, ...message.driver?.attributes },
    ...(network && { network }),
  };
}

/** One measurement. */
export function toUsage(id: string, usage: TaskResourceUsage): Draft<"TaskStatsResponse"> {
  const { cpu, memory, timestamp } = usage;
  const counted = (figure: number | undefined): number | undefined =>
    figure === undefined ? undefined : Math.round(figure);
  return {
    stats: {
      id,
      timestamp: fromMs(timestamp),
      aggregate: {
        cpu: {
          ...cpu,
          throttledPeriods: counted(cpu.throttledPeriods),
          throttledTime: counted(cpu.throttledTime),
          measuredFields: measured(WORDS.cpu, cpu),
        },
        memory: {
          ...Object.fromEntries(WORDS.memory.map((figure) => [figure, counted(memory[figure])])),
          measuredFields: measured(WORDS.memory, memory),
        },
      },
    },
  };
}

function measured(words: readonly string[], figures: Readonly<Record<string, unknown>>): number[] {
  return words.flatMap((word, number) => figures[word] === undefined ? [] : [number]);
}

function figuresOf<W extends string>(
  words: readonly W[],
  message: (Readonly<Record<W, number>> & { readonly measuredFields: readonly number[] }) | null,
): Partial<Record<W, number>> {
  const figures: Partial<Record<W, number>> = {};
  for (const number of message?.measuredFields ?? []) {
    const word = words[number];
    if (message && word !== undefined) figures[word] = message[word];
  }
  return figures;
}

/** One measurement: what is not said to be measured is not there. */
export function fromUsage({ stats }: Message<"TaskStatsResponse">): TaskResourceUsage {
  const { cpu = null, memory = null } = stats?.aggregate ?? {};
  return {
    timestamp: toMs(stats?.timestamp ?? null),
    memory: figuresOf(WORDS.memory, memory),
    cpu: figuresOf(WORDS.cpu, cpu),
  };
}

/** One event. */
export function toEvent(event: TaskEvent): Draft<"DriverTaskEvent"> {
  return { ...event, timestamp: fromMs(event.timestamp) };
}

/** One event. */
export function fromEvent(message: Message<"DriverTaskEvent">): TaskEvent {
  const { annotations, timestamp, ...texts } = message;
  return { ...texts, timestamp: toMs(timestamp), annotations: { ...annotations } };
}

function toAttribute({ value, unit }: TaskAttribute): Draft<"Attribute"> {
  if (typeof value === "string") return { text: value };
  if (typeof value === "boolean") return { bool: value };
  return Number.isSafeInteger(value) ? { int: value, unit } : { float: value, unit };
}

function fromAttribute({ text, bool, int, float, unit }: Message<"Attribute">): TaskAttribute {
  const value = text ?? bool ?? int ?? float ?? "";
  return { value, ...(unit !== "" && { unit }) };
}

/** How well the driver is. */
export function toFingerprint(
  { health, description, attributes }: TaskFingerprint,
): Draft<"FingerprintResponse"> {
  const entries = Object.entries(attributes).map(([key, it]) => [key, toAttribute(it)]);
  return {
    health: numberOf("health", health),
    healthDescription: description,
    attributes: Object.fromEntries(entries),
  };
}

/** How well the driver is; an error means that it is not, whatever else it says. */
export function fromFingerprint(message: Message<"FingerprintResponse">): TaskFingerprint {
  const { err, healthDescription } = message;
  if (err !== "") return { health: "unhealthy", description: err, attributes: {} };
  const health = wordOf("health", message.health);
  const entries = Object.entries(message.attributes).map(([key, it]) => [key, fromAttribute(it)]);
  return {
    health,
    description: healthDescription === "" && health === "healthy" ? HEALTHY : healthDescription,
    attributes: Object.fromEntries(entries),
  };
}

/** What the driver declares. */
export function toCapabilities(capabilities: TaskCapabilities): Draft<"CapabilitiesResponse"> {
  const { sendSignals, exec, disableLogCollection, dynamicWorkloadUsers } = capabilities;
  return {
    capabilities: {
      sendSignals,
      exec,
      disableLogCollection,
      dynamicWorkloadUsers,
      fsIsolation: numberOf("fsIsolation", capabilities.fsIsolation),
      networkIsolationModes: capabilities.netIsolationModes.map((it) =>
        numberOf("netIsolation", it)
      ),
      mustCreateNetwork: capabilities.mustInitiateNetwork,
      mountConfigs: numberOf("mounts", capabilities.mountConfigs),
    },
  };
}

/** What the driver declares. */
export function fromCapabilities(message: Message<"CapabilitiesResponse">): TaskCapabilities {
  const said = message.capabilities;
  return {
    sendSignals: said?.sendSignals ?? false,
    exec: said?.exec ?? false,
    fsIsolation: wordOf("fsIsolation", said?.fsIsolation ?? 0),
    netIsolationModes: (said?.networkIsolationModes ?? []).map((it) => wordOf("netIsolation", it)),
    mustInitiateNetwork: said?.mustCreateNetwork ?? false,
    mountConfigs: wordOf("mounts", said?.mountConfigs ?? 0),
    disableLogCollection: said?.disableLogCollection ?? false,
    dynamicWorkloadUsers: said?.dynamicWorkloadUsers ?? false,
  };
}
