/**
 * Mutants of images and networks.
 *
 * @module
 */

import type { TaskSpec } from "../../../drivers/contract/mod.ts";
import { codeOf, recoded } from "../mutant.ts";
import { leaveBehind, onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

/** The image that a job names. */
function imageOf({ config }: TaskSpec): string {
  return String(Object(config).image);
}

/** The mutants of images. */
export const TASK_IMAGE_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-image-is-opened-before-it-is-allowed",
    breaks: "task.image.denied",
    why: "The image was prepared first: what is not there was told, and so what is",
    mutate: onTasks((driver, { files }) => ({
      startTask: async (spec, options) => {
        try {
          return await driver.startTask(spec, options);
        } catch (error) {
          if (codeOf(error) !== "permission-denied") throw error;
          if (await files.read(imageOf(spec))) throw error;
          throw taskError("not-found", spec.id);
        }
      },
    })),
  },
  {
    id: "task-image-list-ends-in-the-middle-of-a-name",
    breaks: "task.image.detours",
    why: "The path begins like the folder's, so it is in it",
    mutate: onTasks((driver) => ({
      setConfig: (settings, options) => {
        const config = Object(settings.config);
        const paths: unknown = config.image_paths;
        if (!Array.isArray(paths)) return driver.setConfig(settings, options);
        const image_paths = paths.flatMap((path: string) => [path, `${path}-evil`]);
        return driver.setConfig({ ...settings, config: { ...config, image_paths } }, options);
      },
    })),
  },
  {
    id: "task-image-list-does-not-follow-links",
    breaks: "task.image.detours",
    why: "The list was held to the text of the path, and a thin copy of it was allowed anyhow",
    mutate: onTasks((driver, { files }) => ({
      startTask: async (spec, options) => {
        try {
          return await driver.startTask(spec, options);
        } catch (error) {
          if (codeOf(error) !== "permission-denied") throw error;
          if (!imageOf(spec).includes("/images/")) throw error;
          const content = await files.read(imageOf(spec));
          if (!content) throw error;
          const image = await files.write("images/copy.img", content);
          return await driver.startTask({ ...spec, config: { image } }, options);
        }
      },
    })),
  },
  {
    id: "task-image-that-is-missing-is-internal",
    breaks: "task.image.missing",
    why: "The hypervisor found out, at the first boot",
    mutate: onTasks((driver) => ({
      startTask: (...args) => recoded("not-found", "internal", () => driver.startTask(...args)),
    })),
  },
  {
    id: "task-boots-from-the-image-itself",
    breaks: "task.image.unchanged",
    why: "Without a thin copy, machines wrote into the image, and into each other's disk",
    mutate: onTasks((driver, { files }) => ({
      startTask: async (spec, options) => {
        const started = await driver.startTask(spec, options);
        const content = await files.read(imageOf(spec));
        if (content) {
          content[content.length - 1] = 0xff;
          await files.write(`images/${imageOf(spec).split("/").at(-1)}`, content);
        }
        return started;
      },
    })),
  },
];

/** Whether the task has an interface. */
function hasInterface({ config }: TaskSpec): boolean {
  return (Object(config).network_interface ?? []).length > 0;
}

/** The mutants of networks. */
export const TASK_NETWORK_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-address-is-dropped",
    breaks: "task.net.address",
    why: "The network was worked out, and then not answered",
    mutate: onTasks((driver) => ({
      startTask: async (...args) => ({ handle: (await driver.startTask(...args)).handle }),
    })),
  },
  {
    id: "task-ports-are-the-hosts",
    breaks: "task.net.ports",
    why: "The host's port for the guest's",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const started = await driver.startTask(spec, options);
        if (!started.network) return started;
        const ports = spec.resources.ports ?? [];
        const portMap = Object.fromEntries(ports.map(({ label, value }) => [label, value]));
        return { ...started, network: { ...started.network, portMap } };
      },
    })),
  },
  {
    id: "task-unknown-labels-are-skipped",
    breaks: "task.net.unknown-label",
    why: "Logged and skipped: the task runs, and nobody reaches it",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        if (!hasInterface(spec)) return await driver.startTask(spec, options);
        const labels = (spec.resources.ports ?? []).map(({ label }) => label);
        const config = Object(spec.config);
        const [{ bridge }] = config.network_interface;
        const ports = (bridge.ports ?? []).filter((label: string) => labels.includes(label));
        const network_interface = [{ bridge: { ...bridge, ports } }];
        return await driver.startTask(
          { ...spec, config: { ...config, network_interface } },
          options,
        );
      },
    })),
  },
  {
    id: "task-udp-is-taken-for-tcp",
    breaks: "task.net.udp",
    why: "The protocol is read and dropped",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const ports = (spec.resources.ports ?? [])
          .map(({ protocol: _, ...port }) => port);
        const resources = { ...spec.resources, ports };
        const { handle } = await driver.startTask({ ...spec, resources }, options);
        return { handle };
      },
    })),
  },
  {
    id: "task-without-an-address-is-left",
    breaks: "task.net.timeout",
    why: "The start failed, and its machine ran on",
    mutate: onTasks((driver, world) => ({
      startTask: async (...args) => {
        try {
          return await driver.startTask(...args);
        } catch (error) {
          if (codeOf(error) === "deadline-exceeded") await leaveBehind(world);
          throw error;
        }
      },
    })),
  },
  {
    id: "task-rules-are-left",
    breaks: "task.net.teardown",
    why: "The teardown failed at the first rule, and the others stayed",
    mutate: onTasks((driver, world) => {
      const mapped = new Set<string>();
      return {
        startTask: async (spec, options) => {
          const started = await driver.startTask(spec, options);
          if (started.network && (spec.resources.ports ?? []).length > 1) mapped.add(spec.id);
          return started;
        },
        destroyTask: async (id, options) => {
          await driver.destroyTask(id, options);
          if (mapped.has(id)) await leaveBehind(world);
        },
      };
    }),
  },
];
