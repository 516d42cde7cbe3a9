/**
 * Mutants of disks, and of what a guest is given.
 *
 * @module
 */

import type { TaskConfig } from "../../../drivers/contract/mod.ts";
import { codeOf } from "../mutant.ts";
import { type MutateTasks, onTasks, type TaskMutant } from "./task_mutant.ts";

/** Leaves keys of a task's configuration away, after they were accepted. */
function ignoring(...keys: readonly (keyof TaskConfig)[]): MutateTasks {
  return onTasks((driver) => ({
    startTask: async (spec, options) => {
      const config = { ...Object(spec.config) };
      for (const key of keys) {
        if (typeof config[key] === "string" || Array.isArray(config[key]) || config[key] > 1) {
          delete config[key];
        }
      }
      return await driver.startTask({ ...spec, config }, options);
    },
  }));
}

/** The mutants. */
export const TASK_GUEST_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-image-headers-are-not-read",
    breaks: "task.image.headers",
    why: "The path was allowed, and the hypervisor opened what the header names",
    mutate: onTasks((driver, { files, images }) => ({
      startTask: async (spec, options) => {
        try {
          return await driver.startTask(spec, options);
        } catch (error) {
          const path = String(Object(spec.config).image);
          if (codeOf(error) !== "permission-denied" || !path.endsWith(".qcow2")) throw error;
          const image = await files.write("images/followed.img", await images.blank());
          return await driver.startTask({ ...spec, config: { image } }, options);
        }
      },
    })),
  },
  {
    id: "task-disk-size-is-not-applied",
    breaks: "task.disk.size",
    why: "Checked, and never applied",
    mutate: ignoring("primary_disk_size"),
  },
  {
    id: "task-disk-size-wraps-around",
    breaks: "task.disk.size",
    why: "The number of bytes has 64 bits: what is too large became small",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const config: TaskConfig = Object(spec.config);
        const { primary_disk_size: size = 0 } = config;
        if (size < 2 ** 44) return await driver.startTask(spec, options);
        const wrapped = { ...config, primary_disk_size: 64 };
        return await driver.startTask({ ...spec, config: wrapped }, options);
      },
    })),
  },
  {
    id: "task-hostname-is-made-up",
    breaks: "task.guest.hostname",
    why: "The driver's own name for the machine, whatever the job says",
    mutate: ignoring("hostname"),
  },
  {
    id: "task-commands-are-parsed-and-ignored",
    breaks: "task.guest.effect",
    why: "The reference parses the time zone, and does nothing with it",
    mutate: ignoring("cmds"),
  },
  {
    id: "task-user-data-takes-the-place-of-commands",
    breaks: "task.guest.effect",
    why: "Two documents with one list each, and the guest reads the last one",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const { cmds, ...config }: TaskConfig = Object(spec.config);
        const given = config.user_data === undefined && cmds ? { ...config, cmds } : config;
        return await driver.startTask({ ...spec, config: given }, options);
      },
    })),
  },
  {
    id: "task-status-tells-the-configuration",
    breaks: "task.guest.secrets",
    why: "The configuration was told as it was, for people to look at",
    mutate: onTasks((driver) => {
      const configs = new Map<string, string>();
      return {
        startTask: async (spec, options) => {
          configs.set(spec.id, JSON.stringify(spec.config));
          return await driver.startTask(spec, options);
        },
        inspectTask: async (id, options) => {
          const status = await driver.inspectTask(id, options);
          const config = configs.get(id) ?? "";
          return { ...status, attributes: { ...status.attributes, config } };
        },
      };
    }),
  },
];
