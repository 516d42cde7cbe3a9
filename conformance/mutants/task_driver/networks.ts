/**
 * Mutants of the networks of tasks.
 *
 * @module
 */

import type { TaskSpec } from "../../../drivers/contract/mod.ts";
import { codeOf } from "../mutant.ts";
import { afterFailure, leaveBehind, onTasks, type TaskMutant } from "./task_mutant.ts";

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
    id: "task-address-is-of-the-oldest-lease",
    breaks: "task.net.address",
    why: "The leases were sorted with the newest first, and the last one was taken",
    mutate: onTasks((driver) => {
      const leases: string[] = [];
      return {
        startTask: async (...args) => {
          const started = await driver.startTask(...args);
          if (!started.network) return started;
          const [ip = ""] = [...leases, started.network.ip];
          leases.push(started.network.ip);
          return { ...started, network: { ...started.network, ip } };
        },
      };
    }),
  },
  {
    id: "task-network-that-fails-leaves-a-lease",
    breaks: "task.start.rollback",
    why: "The machine was taken back, and what had been reserved for it was not",
    mutate: onTasks((driver, world) => ({
      startTask: async (spec, options) =>
        await afterFailure(() => driver.startTask(spec, options), async () => {
          if ((spec.resources.ports ?? []).length > 0) await leaveBehind(world);
        }),
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
    id: "task-ports-are-told-and-not-mapped",
    breaks: "task.net.ports",
    why: "Rules for what comes from outside, and none for what the host itself sends",
    mutate: onTasks((driver) => ({
      startTask: async (spec, options) => {
        const { ports = [], ...resources } = spec.resources;
        if (ports.length !== 1) return await driver.startTask(spec, options);
        const config = Object(spec.config);
        const network_interface = (config.network_interface ?? [])
          .map(({ bridge: { name } }: { bridge: { name: string } }) => ({ bridge: { name } }));
        const without = { ...spec, resources, config: { ...config, network_interface } };
        const { network, ...started } = await driver.startTask(without, options);
        const portMap = Object.fromEntries(ports.map(({ label, to }) => [label, to]));
        return { ...started, ...(network && { network: { ...network, portMap } }) };
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
