/**
 * Mutants of plugins: what they say of themselves, their configuration and health.
 *
 * @module
 */

import type { TaskFingerprint } from "../../../drivers/contract/mod.ts";
import {
  CLEAN,
  forgiving,
  leaveBehind,
  onTasks,
  taskError,
  type TaskMutant,
} from "./task_mutant.ts";

async function* mapped<T>(
  stream: AsyncIterable<T>,
  map: (item: T) => Promise<T> | T,
): AsyncGenerator<T> {
  for await (const item of stream) yield await map(item);
}

/** The mutants. */
export const TASK_PLUGIN_MUTANTS: readonly TaskMutant[] = [
  {
    id: "task-info-needs-a-configuration",
    breaks: "task.plugin.unconfigured",
    why: "The information is read off a configuration that is not there yet",
    mutate: onTasks((driver) => {
      let configured = false;
      return {
        setConfig: async (...args) => {
          await driver.setConfig(...args);
          configured = true;
        },
        pluginInfo: async (options) => {
          if (!configured) throw taskError("internal", "");
          return await driver.pluginInfo(options);
        },
      };
    }),
  },
  {
    id: "task-plugin-has-no-version",
    breaks: "task.plugin.info",
    why: "A build without a tag",
    mutate: onTasks((driver) => ({
      pluginInfo: async () => ({ ...await driver.pluginInfo(), version: "dev" }),
    })),
  },
  {
    id: "task-schema-is-a-single-value",
    breaks: "task.plugin.schema",
    why: "Without a schema, the runner of tasks fails",
    mutate: onTasks(() => ({
      taskConfigSchema: () =>
        Promise.resolve({ kind: "attr", name: "config", type: "any" } as const),
    })),
  },
  {
    id: "task-capabilities-change",
    breaks: "task.capabilities.stable",
    why: "The reference's server never copied two of the flags",
    mutate: onTasks((driver) => {
      let count = 0;
      return {
        capabilities: async () => {
          const told = await driver.capabilities();
          return count++ === 0 ? told : { ...told, disableLogCollection: false };
        },
      };
    }),
  },
  {
    id: "task-exec-is-declared-and-absent",
    breaks: "task.capabilities.facets",
    why: "A flag that nobody held to the method",
    mutate: onTasks((driver) => ({
      exec: undefined,
      capabilities: async () => ({ ...await driver.capabilities(), exec: true }),
    })),
  },
  {
    id: "task-driver-makes-things-when-configured",
    breaks: "task.open.no-effect",
    why: "Pools and chains were made by the configuration, which agents try out first",
    mutate: onTasks((driver, world) => ({
      setConfig: async (...args) => {
        await driver.setConfig(...args);
        await leaveBehind(world);
      },
    })),
  },
  {
    id: "task-dispose-answers-waits",
    breaks: "task.dispose",
    why: "A wait that nobody answers any more is taken for an end",
    mutate: onTasks((driver) => {
      let disposed = false;
      return {
        waitTask: async (...args) => {
          try {
            return await driver.waitTask(...args);
          } catch (error) {
            if (disposed) return CLEAN;
            throw error;
          }
        },
        [Symbol.asyncDispose]: async () => {
          disposed = true;
          await driver[Symbol.asyncDispose]();
        },
      };
    }),
  },
  {
    id: "task-configuration-again-makes-things-again",
    breaks: "task.config.again",
    why: "Each configuration opened another connection and defined another pool",
    mutate: onTasks((driver, world) => {
      let count = 0;
      return {
        setConfig: async (...args) => {
          await driver.setConfig(...args);
          if (count++ > 0) await leaveBehind(world);
        },
      };
    }),
  },
  {
    id: "task-configuration-is-never-refused",
    breaks: "task.config.invalid",
    why: "A check the wrong way round",
    mutate: onTasks((driver) => ({
      setConfig: async (...args) =>
        await forgiving("invalid-argument", () => driver.setConfig(...args)),
    })),
  },
  {
    id: "task-configuration-that-fails-replaces",
    breaks: "task.config.invalid",
    why: "The configuration was taken over before it was checked",
    mutate: onTasks((driver) => ({
      setConfig: async (...args) => {
        try {
          await driver.setConfig(...args);
        } catch (error) {
          await driver.setConfig({ config: {} });
          throw error;
        }
      },
    })),
  },
  {
    id: "task-configuration-needs-the-agent",
    breaks: "task.config.no-agent",
    why: "The agent's part was read without a look at whether it is there",
    mutate: onTasks((driver) => ({
      setConfig: async (settings, options) => {
        if (settings.agent === undefined) throw taskError("internal", "");
        await driver.setConfig(settings, options);
      },
    })),
  },
  {
    id: "task-attributes-have-names-of-their-own",
    breaks: "task.fingerprint.attributes",
    why: "Two drivers of one node told the same names",
    mutate: onTasks((driver) => ({
      fingerprint: (options) =>
        mapped(driver.fingerprint(options), ({ attributes, ...seen }) => ({
          ...seen,
          attributes: { ...attributes, version: { value: "1.0" } },
        })),
    })),
  },
  {
    id: "task-fingerprint-waits-a-period",
    breaks: "task.fingerprint.at-once",
    why: "A ticker's first tick comes after its period",
    mutate: onTasks((driver, world) => ({
      fingerprint: (options) =>
        (async function* (): AsyncGenerator<TaskFingerprint> {
          await world.clock.sleep(30_000, options);
          yield* driver.fingerprint(options);
        })(),
    })),
  },
  {
    id: "task-fingerprint-is-undetected-for-everything",
    breaks: "task.fingerprint.unhealthy",
    why: "Any error was told as undetected, without a text",
    mutate: onTasks((driver) => ({
      fingerprint: (options) =>
        mapped(
          driver.fingerprint(options),
          (seen) =>
            seen.health === "unhealthy"
              ? { health: "undetected", description: "", attributes: {} }
              : seen,
        ),
    })),
  },
  {
    id: "task-fingerprint-has-one-reader",
    breaks: "task.fingerprint.readers",
    why: "All readers share the first one's context",
    mutate: onTasks((driver) => {
      let first: AbortSignal | undefined;
      return {
        fingerprint: ({ signal }) => {
          first ??= signal;
          return driver.fingerprint({ signal: AbortSignal.any([signal, first]) });
        },
      };
    }),
  },
  {
    id: "task-fingerprint-is-told-again-and-again",
    breaks: "task.fingerprint.quiet",
    why: "Every tick tells all, whether or not it is news",
    mutate: onTasks((driver) => ({
      fingerprint: (options) =>
        (async function* (): AsyncGenerator<TaskFingerprint> {
          for await (const seen of driver.fingerprint(options)) yield* [seen, seen];
        })(),
    })),
  },
];
