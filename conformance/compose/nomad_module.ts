/**
 * `--driver nomad:./PLUGIN`: the module whose task driver is a plugin's process.
 *
 * @module
 */

import {
  BackendError,
  type DriverContext,
  type DriverModule,
  type PlainModule,
} from "../../drivers/backend/mod.ts";
import {
  type Clock,
  TASK_FACETS,
  type TaskDriver,
  type TaskFacet,
} from "../../drivers/contract/mod.ts";
import {
  type BaseConfig,
  bridge,
  connect,
  type Connection,
  CONTEXT_KEY,
  nomadDriver,
  type PluginContext,
  type Said,
} from "../../drivers/nomad/mod.ts";
import { driverNames, loadDriver } from "../../drivers/registry.ts";
import { withGuest } from "./guest_build.ts";
import { unknownName, UsageError } from "../commands/usage.ts";

/** What such a driver is called. */
const NAME = "nomad";

type Settings = Readonly<Record<string, string>>;

/** The settings that are about the plugin, and not for the driver below it. */
const KEYS = ["args", "below", "config", "facets", "task"] as const;

/** What the user says about a plugin. */
interface PluginOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly config: BaseConfig;
  readonly task: BaseConfig;
  readonly facets?: readonly TaskFacet[];
  /** What is left, for the driver below. */
  readonly settings: Settings;
}

/** The words of a line; a list in JSON where a word has a space in it. @throws {UsageError} */
function wordsOf(text = ""): readonly string[] {
  if (!text.startsWith("[")) return text.split(" ").filter((word) => word !== "");
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((word) => typeof word === "string")) return list;
  } catch {
    // Told below.
  }
  throw new UsageError(`The setting "args" is no list of texts in JSON: "${text}"`);
}

/** A file with a table in JSON. @throws {UsageError} */
async function tableOf(key: "config" | "task", path: string | undefined): Promise<BaseConfig> {
  if (path === undefined) return {};
  try {
    const table: unknown = JSON.parse(await Deno.readTextFile(path));
    if (typeof table === "object" && table !== null && !Array.isArray(table)) {
      return table as BaseConfig;
    }
  } catch (cause) {
    // What a parser says quotes the file, which may hold secrets.
    const why = cause instanceof SyntaxError ? "it is no JSON" : "it cannot be read";
    throw new UsageError(`Cannot use the file of setting "${key}", "${path}": ${why}`);
  }
  throw new UsageError(`The file of setting "${key}" holds no table: "${path}"`);
}

/** The facets that a user claims. @throws {UsageError} */
function facetsOf(text: string): TaskFacet[] {
  return text.split(",").map((name) => {
    const facet = TASK_FACETS.find((it) => it === name);
    if (facet === undefined) throw unknownName("facet", name, TASK_FACETS);
    return facet;
  });
}

async function optionsOf(path: string, settings: Settings): Promise<PluginOptions> {
  const rest = Object.entries(settings).filter(([key]) => !KEYS.some((it) => it === key));
  return {
    path,
    args: wordsOf(settings.args),
    config: await tableOf("config", settings.config),
    task: await tableOf("task", settings.task),
    ...(settings.facets !== undefined && { facets: facetsOf(settings.facets) }),
    settings: Object.fromEntries(rest),
  };
}

/** When clocks started; told once for each, so that all instances tell the same times. */
const epochs = new WeakMap<Clock, number>();

/** Milliseconds from the Unix epoch to a clock's own start. */
function epochOf(clock: Clock): number {
  const epoch = epochs.get(clock) ?? performance.timeOrigin + performance.now() - clock.now();
  epochs.set(clock, epoch);
  return epoch;
}

/** What a plugin says, with the facets that the user claims for it. */
function claimed(said: Said, { facets }: PluginOptions): Said {
  return facets ? { ...said, facets } : said;
}

/** Starts a plugin for one instance. @throws {BackendError} */
function started(
  { path, args }: PluginOptions,
  { clock, context, folder }: {
    readonly clock: Clock;
    readonly context?: PluginContext;
    readonly folder?: string;
  },
): Promise<Connection> {
  const env = context && { [CONTEXT_KEY]: JSON.stringify(context) };
  return connect({ path, args, env, clock, folder });
}

/** The part of an instance's context that a plugin of ours is told. */
function contextFor(
  { owner, imagesUrl, cacheDir, configDir }: Omit<DriverContext, "backend">,
  { settings }: PluginOptions,
  backend?: string,
): PluginContext {
  return {
    owner,
    imagesUrl,
    cacheDir,
    configDir,
    settings,
    ...(backend !== undefined && { backend }),
  };
}

/** The folder of an instance's world, where that is one on disk: what is in it goes with it. */
async function folderOf(
  { cacheDir }: Pick<DriverContext, "cacheDir">,
): Promise<string | undefined> {
  const folder = cacheDir.slice(0, cacheDir.lastIndexOf("/"));
  try {
    return (await Deno.lstat(folder)).isDirectory ? folder : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A plugin of any make: nothing is known of what lies below it. */
function aloneModule(options: PluginOptions): PlainModule {
  return {
    name: NAME,
    serves: {
      "task-driver": {
        async open(context): Promise<TaskDriver> {
          const { clock } = context;
          const folder = await folderOf(context);
          const told = { clock, context: contextFor(context, options), folder };
          const opened = await started(options, told);
          const said = claimed(opened.said, options);
          const connect = (): Promise<Connection> => started(options, told);
          return nomadDriver({ ...options, said, clock, epochMs: epochOf(clock), connect, opened });
        },
      },
    },
  };
}

/** What a plugin says, asked of a process that is ended again, as agents do at first. */
async function askedOnce(options: PluginOptions, clock: Clock): Promise<Said> {
  await using connection = await started(options, { clock });
  return claimed(connection.said, options);
}

/**
 * A plugin of ours over the seam of a driver that the suite has in its own process: there faults are
 * planned, and there are the ways behind the plugin's back.
 */
function overModule(below: DriverModule, options: PluginOptions): DriverModule {
  const service = below.serves["task-driver"];
  if (!service) throw new UsageError(`Driver "${below.name}" does not serve tasks`);
  let said: Said | undefined;
  return {
    ...below,
    name: NAME,
    // The processes are real, and so is their time.
    time: "real",
    async connect({ settings: _, ...others }) {
      said = await askedOnce(options, others.clock);
      if (!said.isOurs) {
        throw new BackendError(
          "unreachable",
          "seam",
          `Plugin "${options.path}" does not take its seam from the suite: leave out "below"`,
        );
      }
      const settings = await withGuest(below.name, options.settings);
      return await below.connect({ ...others, settings });
    },
    serves: {
      "task-driver": {
        create(context): TaskDriver {
          if (!said) throw new TypeError("Cannot open an instance before the host is connected to");
          const { clock } = context;
          return nomadDriver({
            ...options,
            said,
            clock,
            epochMs: epochOf(clock),
            connect: () => startedOver(context, options),
          });
        },
        host: service.host,
      },
    },
  };
}

/** Starts a plugin whose driver stands on the seam of this process. */
async function startedOver(
  context: DriverContext,
  options: PluginOptions,
): Promise<Connection> {
  const { clock, backend } = context;
  await using stack = new AsyncDisposableStack();
  const folder = await folderOf(context);
  const { target } = stack.use(await bridge(backend, { folder }));
  const connection = stack.use(
    await started(options, { clock, context: contextFor(context, options, target), folder }),
  );
  const kept = stack.move();
  return { ...connection, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/**
 * The module for a plugin, by its path. With the setting `below`, its driver stands on a seam of the
 * suite's.
 *
 * @throws {UsageError} if a setting is wrong
 */
export async function nomadModule(
  path: string,
  settings: Settings,
): Promise<DriverModule | PlainModule> {
  const options = await optionsOf(path, settings);
  const { below } = settings;
  if (below === undefined) return aloneModule(options);
  const module = await loadDriver(below);
  if (!module) throw unknownName("driver", below, driverNames());
  return overModule(module, options);
}

/** This project's own plugin, over the reference driver: where mutants of plugins are planted. */
export async function pluginOverMemory(): Promise<DriverModule> {
  const { pathname } = new URL("../../hw-runners/nomad-plugin", import.meta.url);
  const options = await optionsOf(decodeURIComponent(pathname), { args: "--driver memory" });
  const memory = await loadDriver("memory");
  if (!memory) throw new TypeError("There is no reference driver");
  return overModule(memory, options);
}
