/**
 * Mutants of images.
 *
 * @module
 */

import type { TaskConfig, TaskPluginSettings, TaskSpec } from "../../../drivers/contract/mod.ts";
import { codeOf, recoded } from "../mutant.ts";
import { type MutateTasks, onTasks, taskError, type TaskMutant } from "./task_mutant.ts";

/** The image that a job names. */
function imageOf({ config }: TaskSpec): string {
  return String(Object(config).image);
}

/** Copies a file that a job names into the allowed folder, and uses the copy. */
function copiedFirst(
  key: "image" | "user_data",
  isFor: (config: TaskConfig) => boolean,
): MutateTasks {
  return onTasks((driver, { files }) => ({
    startTask: async (spec, options) => {
      const config: TaskConfig = Object(spec.config);
      const content = isFor(config) ? await files.read(config[key] ?? "") : undefined;
      if (!content) return await driver.startTask(spec, options);
      const copy = await files.write(`images/copy-of-${key}`, content);
      return await driver.startTask({ ...spec, config: { ...config, [key]: copy } }, options);
    },
  }));
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
    id: "task-image-list-ignores-case",
    breaks: "task.image.detours",
    why: "The reference compares with both in lower case, on file systems that tell them apart",
    mutate: onTasks((driver) => ({
      setConfig: (settings, options) => {
        const config = Object(settings.config);
        const paths: unknown = config.image_paths;
        if (!Array.isArray(paths)) return driver.setConfig(settings, options);
        const image_paths = paths.flatMap((path: string) => [
          path,
          path.replace(/[^/]+$/, (name) => name.toUpperCase()),
        ]);
        return driver.setConfig({ ...settings, config: { ...config, image_paths } }, options);
      },
    })),
  },
  {
    id: "task-thin-copy-is-made-before-it-is-allowed",
    breaks: "task.image.denied",
    why: "The copy's path took the image's place, and the copy is in an allowed folder",
    mutate: copiedFirst("image", ({ use_thin_copy }) => use_thin_copy === true),
  },
  {
    id: "task-user-data-is-read-from-anywhere",
    breaks: "task.image.denied",
    why: "The path of the image was held to the list, and that of the user data was not",
    mutate: copiedFirst("user_data", () => true),
  },
  {
    id: "task-folders-are-added-to-one-list",
    breaks: "task.image.own",
    why: "The list of a start was made by appending to the one that all starts share",
    mutate: onTasks((driver) => {
      const folders: string[] = [];
      let settings: TaskPluginSettings = {};
      return {
        setConfig: async (given, options) => {
          await driver.setConfig(given, options);
          settings = given;
        },
        startTask: async (spec, options) => {
          if (spec.allocDir !== undefined) {
            folders.push(spec.allocDir);
            const config = Object(settings.config);
            const image_paths = [...config.image_paths ?? [], ...folders];
            await driver.setConfig({ ...settings, config: { ...config, image_paths } });
          }
          return await driver.startTask(spec, options);
        },
      };
    }),
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
