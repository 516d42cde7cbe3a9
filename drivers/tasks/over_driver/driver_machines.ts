/**
 * The machines of tasks, made by a `Driver`.
 *
 * @module
 */

import { Trouble } from "../../backend/driver_errors.ts";
import {
  type CallOptions,
  type Driver,
  isDriverError,
  type Machine,
  type MachineRef,
  type PowerState,
  type Schema,
  type TaskCapabilities,
  type TaskFacet,
  type TaskFingerprint,
  type TaskId,
} from "../../contract/mod.ts";
import { isAbsolute } from "../image_paths.ts";
import type { Undo } from "../../backend/undo.ts";
import type { MachineNote, Sight, TaskMachines, TaskPlan } from "../machines.ts";
import { machineName } from "../names.ts";
import { driverNet } from "./driver_net.ts";
import type { LocalImages } from "./local_images.ts";
import { CONFIG_SCHEMA, DEFAULT_NETWORK, taskConfigSchema } from "./schemas.ts";

/** The version of the plugin. */
const VERSION = "0.1.0";
/** How long a machine may take from power-on until it runs. */
const START_MS = 60_000;

const CAPABILITIES: TaskCapabilities = {
  sendSignals: false,
  exec: false,
  fsIsolation: "image",
  netIsolationModes: ["host"],
  mustInitiateNetwork: false,
  mountConfigs: "none",
  disableLogCollection: true,
  dynamicWorkloadUsers: false,
};

/** What an adapter can do to a task's machine beyond what a `Driver` does. */
export interface Tailoring {
  /** The facets that tasks have by it. */
  readonly facets: readonly TaskFacet[];
  /** The keys of a task's configuration that it brings about. */
  readonly keys: Readonly<Record<string, Schema>>;
  /** Checks, without any side effect, what a schema cannot say. @throws {Trouble} `invalid-argument` */
  check(plan: TaskPlan): Promise<void>;
  /** Changes a machine that was made, before it is switched on for the first time. */
  apply(machine: Machine, plan: TaskPlan, options: CallOptions): Promise<void>;
}

/** Each task has a cluster of its own, and in it one machine of the same name. */
export function refOf(name: string): MachineRef {
  return { cluster: name, name };
}

/** Settles as the promise does, but for what is not there: with undefined then. */
async function ifThere<T>(asked: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isDriverError(error) && error.code === "not-found") return undefined;
    throw error;
  }
}

/** Whether there was something to remove. */
async function wasThere(removal: Promise<unknown>): Promise<boolean> {
  return await ifThere(removal.then(() => true)) ?? false;
}

function facetsOf(driver: Driver): TaskFacet[] {
  const all: TaskFacet[] = ["images", "graceful-stop", "address", "events"];
  return driver.machineFacets.includes("forwards") ? [...all, "ports"] : all;
}

/** The machines that a driver makes for tasks. */
export function driverMachines(
  driver: Driver,
  images: LocalImages,
  tailoring?: Tailoring,
): TaskMachines {
  // A driver connects at its first call: once, however many tasks are started at once.
  let connected: Promise<unknown> | undefined;
  const nameOf = (id: TaskId): string => machineName(id, driver.nameRule.maxLength);
  const ref = ({ more }: MachineNote): MachineRef => refOf(String(more));
  // A handle keeps nothing but the identity, so that it is asked for once.
  const handles = new Map<string, Machine>();
  const get = async (note: MachineNote, signal?: AbortSignal): Promise<Machine | undefined> => {
    const known = handles.get(note.id);
    if (known) return known;
    const machine = await ifThere(driver.machines.get(ref(note), { signal }));
    if (machine?.id !== note.id) return undefined;
    handles.set(note.id, machine);
    return machine;
  };
  return {
    plugin: { name: driver.name, version: VERSION },
    facets: [...facetsOf(driver), ...tailoring?.facets ?? []],
    capabilities: CAPABILITIES,
    configSchema: CONFIG_SCHEMA,
    taskConfigSchema: taskConfigSchema(tailoring?.keys),
    net: driverNet(driver),
    checkConfig: ({ data_dir, image_paths = [] }) => {
      assertAbsolute("data_dir", data_dir);
      for (const [index, path] of image_paths.entries()) {
        assertAbsolute(`image_paths[${index}]`, path);
      }
    },
    check: ({ config }) => {
      const name = config.network_interface?.[0]?.bridge?.name;
      if (name === undefined || name === DEFAULT_NETWORK) return;
      const why = `there is no bridge ${JSON.stringify(name)}, only "${DEFAULT_NETWORK}"`;
      throw new Trouble("invalid-argument", `the key "network_interface[0].bridge.name": ${why}`);
    },
    health: async (options) => await healthOf(driver, options.signal),
    async launch(plan, undo, { signal }) {
      const { spec, cpus, image = "" } = plan;
      const name = nameOf(spec.id);
      await tailoring?.check(plan);
      await (connected ??= driver.status());
      const at = refOf(name);
      undo.add(`image of ${name}`, () => images.release(spec.id, {}));
      const version = await images.provide(image, spec.id, { signal });
      if (driver.networks) await makeNetwork(driver.networks, at.cluster, undo, signal);
      const { memoryMiB } = spec.resources;
      const made = await driver.machines.create(
        { ...at, image: version, memoryMiB, cpus },
        { signal },
      );
      undo.add(`machine:${name}`, () => wasThere(driver.machines.delete(at, { force: true })));
      await tailoring?.apply(made, plan, { signal });
      const { state } = await made.start({ signal });
      handles.set(made.id, made);
      if (state !== "running") await running(made, signal);
      return { name: driver.qualifiedMachineName(at), id: made.id, more: name };
    },
    async look(note, { signal }): Promise<Sight> {
      const status = await ifThere((await get(note, signal))?.status({ signal }));
      return status ? sightOf(status.state, status.error?.message) : { state: "gone" };
    },
    changes: driver.events && ((signal) => changesOf(driver, signal)),
    async askToStop(note, { signal }) {
      await ifThere((await get(note, signal))?.stop({ signal }));
    },
    async switchOff(note, { signal }) {
      const change = await ifThere((await get(note, signal))?.forceStop({ signal }));
      return change?.changed ?? false;
    },
    async remove(id, note, { signal }) {
      const at = refOf(nameOf(id));
      const had = await wasThere(driver.machines.delete(at, { force: true, signal }));
      const { networks } = driver;
      const hadNetwork = networks && await wasThere(networks.delete(at.cluster, { signal }));
      await images.release(id, { signal });
      if (note) handles.delete(note.id);
      return hadNetwork || had;
    },
  };
}

/** Waits until a machine runs. @throws {Trouble} if it does not */
async function running(machine: Machine, signal: AbortSignal | undefined): Promise<void> {
  const { verdict, error } = await machine.wait("running", { timeoutMs: START_MS, signal });
  if (verdict === "reached") return;
  throw new Trouble(error?.code ?? "deadline-exceeded", error?.message ?? "It does not run");
}

function assertAbsolute(key: string, path: string | undefined): void {
  if (path === undefined || isAbsolute(path)) return;
  const why = `must be an absolute path: ${JSON.stringify(path)}`;
  throw new Trouble("invalid-argument", `the key "${key}" ${why}`);
}

/** Makes a task's network, unless it is there, left by a process that died. */
async function makeNetwork(
  networks: NonNullable<Driver["networks"]>,
  cluster: string,
  undo: Undo,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Nobody else's is removed: a network with a machine in it stays.
  const back = (): Promise<boolean> => wasThere(networks.delete(cluster));
  try {
    await networks.create({ cluster }, { signal });
  } catch (error) {
    if (isDriverError(error) && error.code === "already-exists") return;
    undo.add(`network:${cluster}`, back);
    throw error;
  }
  undo.add(`network:${cluster}`, back);
}

/** What a machine's state means for its task. One that is saved, or of which nobody knows, may go on. */
function sightOf(state: PowerState, detail: string | undefined): Sight {
  switch (state) {
    case "stopped":
      return { state: "ended", reason: "off" };
    case "error":
      return { state: "ended", reason: "crashed", ...(detail === undefined ? {} : { detail }) };
    case "absent":
      return { state: "gone" };
    case "saved":
    case "unknown":
      return { state: "unknown" };
    default:
      return { state: "running" };
  }
}

async function* changesOf({ events }: Driver, signal: AbortSignal): AsyncGenerator<unknown> {
  if (events) yield* await events.subscribe({ signal });
}

async function healthOf(driver: Driver, signal?: AbortSignal): Promise<TaskFingerprint> {
  const prefix = `driver.${driver.name}`;
  const status = await driver.status({ signal });
  if (status.state === "error") {
    return { health: "unhealthy", description: status.error.message, attributes: {} };
  }
  const facts = Object.entries(status.facts).map(([key, value]) => {
    return [`${prefix}.${key.replaceAll(/[^A-Za-z0-9_.]+/g, "_")}`, { value }] as const;
  });
  const attributes = { [prefix]: { value: true }, ...Object.fromEntries(facts) };
  return { health: "healthy", description: "Healthy", attributes };
}
