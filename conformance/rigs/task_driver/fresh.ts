/**
 * Makes what cases of tasks start from.
 *
 * @module
 */

import {
  type CallOptions,
  type Clock,
  MACHINE_ATTRIBUTE,
  type StartedTask,
  type TaskConfig,
  type TaskDriver,
  type TaskId,
  type TaskPluginConfig,
  type TaskSpec,
  type TestFiles,
  type TestImages,
} from "../../../drivers/contract/mod.ts";
import { messageOf } from "../../engine/check.ts";
import type { Names } from "../../engine/names.ts";
import { HarnessError } from "../../engine/subject.ts";

/** What a task of the suite has, unless a case says otherwise. */
const MEMORY_MIB = 192;

/** The folder of the images that tasks may be made from, below the suite's own. */
const FOLDER = "images";

/** What a task is made from, with some parts of it said otherwise. */
export interface SpecOverrides extends Partial<Omit<TaskSpec, "config" | "resources">> {
  /** Parts of the author's configuration. */
  readonly config?: TaskConfig;
  /** Parts of what is reserved. */
  readonly resources?: Partial<TaskSpec["resources"]>;
}

/** A task that runs. */
export interface RunningTask extends StartedTask {
  /** Its id. */
  readonly id: TaskId;
  /** What it was made from. */
  readonly spec: TaskSpec;
  /** The hypervisor's name of its machine. */
  readonly machine: string;
}

/**
 * Makes tasks with names of their own. All that is made through a driver of the case is written to the
 * ledger before, and removed when the case ends.
 */
export interface TaskFresh {
  /** A new label, different from all others of the run. */
  label(): string;
  /** A new task's id, as an agent makes one; of that task name, or a new one. */
  id(name?: string): TaskId;
  /** A host TCP port that nobody listens on. */
  port(): number;
  /** The plugin's configuration: images of the suite's folder are allowed. */
  config(): Promise<TaskPluginConfig>;
  /** Configures a driver. Done by {@linkcode task} for the case's own. */
  configured(driver: TaskDriver): Promise<TaskDriver>;
  /** The path of an image in the allowed folder. */
  image(which: "blank" | "guest"): Promise<string>;
  /** What a task with the blank disk is made from: nothing boots, and it obeys nobody. */
  spec(overrides?: SpecOverrides): Promise<TaskSpec>;
  /** What a task with the guest's disk and an interface is made from. */
  guestSpec(overrides?: SpecOverrides): Promise<TaskSpec>;
  /** A running task with the blank disk. */
  task(overrides?: SpecOverrides, options?: CallOptions): Promise<RunningTask>;
  /** A running task with the guest's disk, whose guest has an address. */
  guest(overrides?: SpecOverrides): Promise<RunningTask>;
  /** Starts a task by a driver that is configured. */
  started(driver: TaskDriver, spec: TaskSpec): Promise<RunningTask>;
  /** The hypervisor's name of a task's machine. */
  machineOf(driver: TaskDriver, id: TaskId): Promise<string>;
  /** A bridge that tasks can have an interface on. */
  bridge(): Promise<string>;
}

/** What {@linkcode freshTasks} works with. */
export interface FreshTasksInit {
  /** The tracked driver. */
  readonly driver: TaskDriver;
  /** The case's names. */
  readonly names: Names;
  /** The contents of the images. */
  readonly images: TestImages;
  /** The suite's files. */
  readonly files: TestFiles;
  /** Time. */
  readonly clock: Clock;
}

/** Makes the resources of one attempt at a case. */
export function freshTasks({ driver, names, images, files, clock }: FreshTasksInit): TaskFresh {
  const paths = new Map<string, Promise<string>>();
  const image = (which: "blank" | "guest"): Promise<string> => {
    const known = paths.get(which);
    if (known) return known;
    const written = clock.hold(write(files, images, which));
    paths.set(which, written);
    return written;
  };
  const config = async (): Promise<TaskPluginConfig> => {
    const path = await image("blank");
    return { image_paths: [path.slice(0, path.lastIndexOf(FOLDER) + FOLDER.length)] };
  };
  const configured = async (one: TaskDriver): Promise<TaskDriver> => {
    await one.setConfig({ config: await config() });
    await one.init?.();
    return one;
  };
  let own: Promise<TaskDriver> | undefined;
  const ready = (): Promise<TaskDriver> => own ??= configured(driver);
  let found: Promise<string> | undefined;
  const bridge = (): Promise<string> => found ??= ready().then(bridgeOf);
  const machineOf = async (one: TaskDriver, id: TaskId): Promise<string> => {
    const { attributes } = await one.inspectTask(id);
    const machine = attributes[MACHINE_ATTRIBUTE];
    if (machine !== undefined) return machine;
    throw new HarnessError(`The task "${id}" does not tell its machine`);
  };
  const fresh: TaskFresh = {
    label: () => names.label(63),
    id: (name = names.label(63)) => `${names.label(63)}/${name}/${digits(names)}`,
    port: () => names.port(),
    config,
    configured,
    image,
    bridge,
    machineOf,
    spec: async ({ config: author = {}, resources, ...others } = {}) => {
      const id = others.id ?? fresh.id();
      const [allocId = id, name = id] = id.split("/");
      return {
        ...{ id, name, allocId },
        resources: { memoryMiB: MEMORY_MIB, cpuset: "0", ...resources },
        config: { image: author.image ?? await image("blank"), ...author },
        ...others,
      };
    },
    guestSpec: async ({ config: author, ...others } = {}) => {
      const bridges = [{ bridge: { name: await bridge() } }];
      const path = await image("guest");
      return await fresh.spec({
        config: { image: path, network_interface: bridges, ...author },
        ...others,
      });
    },
    task: async (overrides) => await fresh.started(await ready(), await fresh.spec(overrides)),
    guest: async (overrides) =>
      await fresh.started(await ready(), await fresh.guestSpec(overrides)),
    started: async (one, spec) => {
      const started = await one.startTask(spec);
      return { ...started, id: spec.id, spec, machine: await machineOf(one, spec.id) };
    },
  };
  return fresh;
}

/** Eight hexadecimal digits, as an agent puts them behind a task's name. */
function digits(names: Names): string {
  return [...names.label(9)].map((letter) => (letter.codePointAt(0) ?? 0).toString(16)).join("")
    .slice(-8);
}

async function write(
  files: TestFiles,
  images: TestImages,
  which: "blank" | "guest",
): Promise<string> {
  try {
    return await files.write(`${FOLDER}/${which}.img`, await images[which]());
  } catch (error) {
    throw new HarnessError(`Cannot get the ${which} image: ${messageOf(error)}`, { cause: error });
  }
}

/** The first bridge that a driver tells of. */
async function bridgeOf(driver: TaskDriver): Promise<string> {
  const stop = new AbortController();
  try {
    for await (const { attributes } of driver.fingerprint({ signal: stop.signal })) {
      for (const [key, { value }] of Object.entries(attributes)) {
        if (key.endsWith(".bridge_name") && typeof value === "string") return value;
      }
      break;
    }
  } finally {
    stop.abort();
  }
  throw new Error("The driver's fingerprint names no bridge");
}
