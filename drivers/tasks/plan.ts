/**
 * From a task's specification to a plan that a machine can be made from. What is wrong is found before
 * anything is made.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";
import type { Files } from "../backend/files.ts";
import type {
  Clock,
  NetworkInterfaceConfig,
  TaskConfig,
  TaskPluginConfig,
  TaskResources,
  TaskSpec,
} from "../contract/mod.ts";
import { countCores } from "./cpuset.ts";
import { assertReferences } from "./image_header.ts";
import { imagePaths } from "./image_paths.ts";
import type { TaskMachines, TaskPlan } from "./machines.ts";
import { machineName } from "./names.ts";
import { checkSchema } from "./schema_check.ts";

/** The longest identity that is taken, in UTF-16 units. */
const LONGEST_ID = 1024;

function invalid(why: string): Trouble {
  return new Trouble("invalid-argument", why);
}

/**
 * Checks a plugin's configuration.
 *
 * @throws {Trouble} `invalid-argument` naming the key
 */
export function checkedConfig(machines: TaskMachines, config: unknown): TaskPluginConfig {
  const checked = checkSchema(machines.configSchema, config) as TaskPluginConfig;
  machines.checkConfig?.(checked);
  return checked;
}

/**
 * Plans a task.
 *
 * @throws {Trouble} `invalid-argument` naming what is wrong; `unimplemented` for what tasks of this
 * driver cannot have; about the image as {@linkcode ImagePaths.resolve} says
 */
export async function planOf(
  { machines, files, clock, config }: {
    readonly machines: TaskMachines;
    readonly files: Pick<Files, "realPath" | "read" | "stat">;
    readonly clock: Clock;
    readonly config: TaskPluginConfig;
  },
  spec: TaskSpec,
): Promise<TaskPlan> {
  const { id, name, allocDir, mounts = [] } = spec;
  if (typeof id !== "string" || id === "" || id.length > LONGEST_ID) {
    throw invalid(`a task's id is a text of 1 to ${LONGEST_ID} letters`);
  }
  const task = checkSchema(machines.taskConfigSchema, spec.config) as TaskConfig;
  const resources: Partial<TaskResources> = spec.resources ?? {};
  checkMemory(resources.memoryMiB, machines.leastMemoryMiB ?? 1);
  checkInterfaces(task.network_interface ?? [], resources);
  if (mounts.length > 0 && !machines.facets.includes("mounts")) {
    throw new Trouble("unimplemented", "tasks of this driver cannot have folders of the host");
  }
  const { image_paths = [], data_dir } = config;
  const own = [data_dir, allocDir].filter((folder) => folder !== undefined);
  const images = imagePaths(files, {
    folders: [...image_paths, ...own],
    ...(allocDir === undefined ? {} : { base: `${allocDir}/${name}` }),
  });
  const cpus = countCores(resources.cpuset ?? "");
  const plan: TaskPlan = { spec, config: task, machine: machineName(id), cpus, images };
  machines.check?.(plan);
  if (task.image === undefined) return plan;
  const image = await images.resolve(task.image);
  await clock.hold(assertReferences(files, images, image));
  return { ...plan, image };
}

function checkMemory(memoryMiB: unknown, least: number): void {
  if (Number.isSafeInteger(memoryMiB) && Number(memoryMiB) >= least) return;
  throw invalid(`the memory must be a whole number of MiB from ${least}: ${String(memoryMiB)}`);
}

function checkInterfaces(
  interfaces: readonly NetworkInterfaceConfig[],
  { ports = [] }: Partial<TaskResources>,
): void {
  for (const [index, { bridge, macvtap }] of interfaces.entries()) {
    const key = `network_interface[${index}]`;
    if ((bridge === undefined) === (macvtap === undefined)) {
      throw invalid(`the key "${key}" must have "bridge" or "macvtap", and not both`);
    }
    for (const label of bridge?.ports ?? []) {
      if (ports.some((port) => port.label === label)) continue;
      const why = `${JSON.stringify(label)}, which is no port of the task`;
      throw invalid(`the key "${key}.bridge.ports" names ${why}`);
    }
  }
}
