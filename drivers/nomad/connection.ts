/**
 * A plugin that was started and is understood.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import {
  type Clock,
  isDriverError,
  type ProgramEnd,
  type Schema,
  TASK_API_VERSION,
  type TaskCapabilities,
  type TaskFacet,
  type TaskPluginInfo,
} from "../contract/mod.ts";
import { Channel } from "./channel.ts";
import { FACETS_KEY, guessedFacets, saidFacets } from "./facets.ts";
import type { Message } from "./message_types.ts";
import { launch, type LaunchOptions, type PluginProcess, startByHand } from "./process.ts";
import { fromCapabilities } from "./reports.ts";
import { fromSpec } from "./schemas.ts";

/** The kind of plugin that is a task driver. */
const DRIVER_PLUGIN = 2;
/** How long a plugin may take to say what it is. */
const ASK_MS = 30_000;
/** How long a plugin may take over its last call, as agents wait. */
const SHUTDOWN_MS = 2_000;

/** What a plugin says of itself, before anything is asked of it. */
export interface Said {
  /** What it is. */
  readonly info: TaskPluginInfo;
  /** What it declares. */
  readonly capabilities: TaskCapabilities;
  /** What its tasks can do. */
  readonly facets: readonly TaskFacet[];
  /** Whether it is a plugin of ours, which tells at once that it took up a stream. */
  readonly isOurs: boolean;
}

/** A plugin that runs. Disposing of it ends it; its tasks run on. */
export interface Connection extends AsyncDisposable {
  /** To its services. */
  readonly channel: Channel;
  /** What it said. */
  readonly said: Said;
  /** The schema of its configuration; absent if it takes none. */
  readonly configSchema?: Schema;
  /** The schema of a task's. */
  readonly taskSchema: Schema;
  /** Its process. */
  readonly plugin: Omit<PluginProcess, typeof Symbol.asyncDispose>;
  /** Starts it once more as a person would. */
  byHand(): Promise<ProgramEnd>;
}

const ABOUT = { operation: "nomad.connect", subject: "driver:nomad" } as const;

/**
 * Starts a plugin, and asks what it is.
 *
 * @throws {BackendError} if it cannot be started, or is no task driver; it is gone by then
 */
export async function connect(options: LaunchOptions): Promise<Connection> {
  await using stack = new AsyncDisposableStack();
  const plugin = stack.use(await launch(options));
  stack.defer(() => shutdown(plugin.target, options.clock));
  const channel = stack.use(new Channel(plugin.target));
  const stdio = new AbortController();
  const printed = readOutput(channel, stdio.signal);
  stack.defer(async () => {
    stdio.abort();
    await printed;
  });
  const facts = await within(options, (signal) => ask(channel, { ...options, signal }));
  const kept = stack.move();
  return {
    ...facts,
    channel,
    plugin,
    byHand: () => startByHand(options),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Asks with a deadline. @throws {BackendError} `unreachable` or `timeout`; and what the work throws */
async function within<T>(
  { path, clock, signal }: LaunchOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const late = new AbortController();
  clock.sleep(ASK_MS, { signal: over.signal }).then(() => late.abort(), () => {});
  try {
    return await work(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
  } catch (cause) {
    if (!isDriverError(cause) || signal?.aborted) throw cause;
    const what = `Plugin "${path}" does not say what it is`;
    if (late.signal.aborted) {
      throw new BackendError("timeout", cause.code, `${what} within ${ASK_MS / 1000} s`, { cause });
    }
    const why = cause.backend?.text || cause.message;
    throw new BackendError("unreachable", cause.code, `${what}: ${why}`, { cause });
  } finally {
    over.abort();
  }
}

/** What a plugin prints is read, as some wait for that, and dropped. */
async function readOutput(channel: Channel, signal: AbortSignal): Promise<void> {
  const { messages } = channel.stream("stdio", "StreamStdio", {}, { ...ABOUT, signal });
  try {
    for await (const _ of messages);
  } catch {
    // Plugins need not have it.
  }
}

interface Facts {
  readonly said: Said;
  readonly configSchema?: Schema;
  readonly taskSchema: Schema;
}

async function ask(channel: Channel, { path, signal }: LaunchOptions): Promise<Facts> {
  const options = { ...ABOUT, signal };
  const info = infoOf(await channel.call("base", "PluginInfo", {}, options), path);
  const [config, task, { message, metadata }] = await Promise.all([
    channel.call("base", "ConfigSchema", {}, options),
    channel.call("driver", "TaskConfigSchema", {}, options),
    channel.ask("driver", "Capabilities", {}, options),
  ]);
  const capabilities = fromCapabilities(message);
  const taskSchema = fromSpec(task.spec);
  const ours = saidFacets(metadata.get(FACETS_KEY)[0]?.toString());
  const facets = ours ?? guessedFacets(taskSchema, capabilities);
  return {
    said: { info, capabilities, facets, isOurs: ours !== undefined },
    taskSchema,
    ...(config.spec && { configSchema: fromSpec(config.spec) }),
  };
}

/** @throws {BackendError} `unreachable` if it is no task driver, or one of another version */
function infoOf(message: Message<"PluginInfoResponse">, path: string): TaskPluginInfo {
  const { type, name, pluginApiVersions: apiVersions, pluginVersion: version } = message;
  const other = (what: string): BackendError =>
    new BackendError("unreachable", "plugin-info", `Plugin "${path}" ${what}`);
  if (type !== DRIVER_PLUGIN) throw other(`is no task driver, but of type ${type}`);
  if (!apiVersions.includes(TASK_API_VERSION)) {
    const versions = apiVersions.join(", ") || "none";
    throw other(`speaks the plugin API in version ${versions}, not ${TASK_API_VERSION}`);
  }
  return { type: "driver", name, apiVersions, version };
}

/**
 * Asks a plugin to end. What it answers does not matter: it may be gone already. By a connection of its
 * own: where a server says goodbye to one with calls behind it, Deno may crash.
 */
async function shutdown(target: string, clock: Clock): Promise<void> {
  using channel = new Channel(target);
  const over = new AbortController();
  const late = new AbortController();
  clock.sleep(SHUTDOWN_MS, { signal: over.signal }).then(() => late.abort(), () => {});
  const options = { ...ABOUT, operation: "nomad.shutdown", signal: late.signal };
  await channel.call("driver", "Shutdown", {}, options).catch(() => {});
  await channel.call("controller", "Shutdown", {}, options).catch(() => {});
  over.abort();
}
