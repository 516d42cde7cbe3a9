/**
 * Any driver that serves tasks as a plugin of Nomad: the program that an agent starts.
 *
 *     deno task nomad-plugin --driver libvirt [--set KEY=VALUE…]
 *
 * On its standard output is the handshake's one line and nothing else; its log is on standard error.
 *
 * @module
 */

import {
  type Backend,
  diskFiles,
  type DriverContext,
  epochClock,
  withDeadline,
} from "../drivers/backend/mod.ts";
import { userFolders } from "../drivers/backend/user_folders.ts";
import type { Clock, TaskDriver } from "../drivers/contract/mod.ts";
import {
  bridged,
  bridgeEnds,
  CONTEXT_KEY,
  handshakeLine,
  hostWants,
  type PluginContext,
  readContext,
  servePlugin,
} from "../drivers/nomad/mod.ts";
import { lazyBackend } from "./compose/lazy_backend.ts";
import { type AnyModule, loadModule } from "./compose/load_module.ts";
import { type Option, optionLines, readArguments, settingsOf } from "./commands/arguments.ts";
import { UsageError } from "./commands/usage.ts";

/** Whose tasks they are, where an agent starts the plugin. */
const OWNER = "nomad";
/** Tasks are made from files: nothing is ever fetched. */
const NO_LIST = "http://127.0.0.1:9/";

const OPTIONS: readonly Option[] = [
  { name: "driver", value: "NAME|./FILE.ts", help: "a driver that serves tasks" },
  { name: "set", value: "KEY=VALUE", many: true, help: "a setting of the driver; no secrets" },
  { name: "option", value: "KEY=VALUE", many: true, help: "the same as --set" },
];

const USAGE =
  `Is a plugin of Nomad. An agent starts it, not a person: name it in the agent's configuration,
or hold it to the contract with "deno task conformance --driver nomad:./PLUGIN".

  deno task nomad-plugin --driver libvirt [--set KEY=VALUE…]

${optionLines(OPTIONS)}`;

/** Writes a line of the log, as agents read it. */
function log(level: "info" | "error", message: string): void {
  const line = {
    "@level": level,
    "@message": message,
    "@module": "vmtck",
    // Agents read it only with six digits behind the seconds.
    "@timestamp": new Date().toISOString().replace("Z", "000Z"),
  };
  Deno.stderr.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

/** What the plugin works with, where nobody tells. */
function ownContext(driver: string, settings: Readonly<Record<string, string>>): PluginContext {
  return { owner: OWNER, imagesUrl: NO_LIST, ...userFolders({ driver }), settings };
}

/** What lies below the driver: a seam of the suite's, or the hypervisor, connected to when needed. */
function backendOf(
  module: AnyModule,
  { backend: target, settings }: PluginContext,
  clock: Clock,
): Backend {
  if (target !== undefined) return bridged(target);
  if (!("connect" in module)) throw new UsageError(`Driver "${module.name}" has no seam`);
  const connect = async (): Promise<Backend> => (await module.connect({ settings, clock })).backend;
  return withDeadline(lazyBackend(connect), { clock });
}

/** The driver, over what lies below it. */
async function opened(
  module: AnyModule,
  context: PluginContext,
  stack: AsyncDisposableStack,
): Promise<TaskDriver> {
  const clock = epochClock();
  const files = diskFiles({ clock });
  const { backend: _, ...given } = context;
  const about: Omit<DriverContext, "backend"> = { ...given, clock, files };
  const service = module.serves["task-driver"];
  if (!service) throw new UsageError(`Driver "${module.name}" does not serve tasks`);
  if ("open" in service) return stack.use(await service.open(about));
  const backend = stack.use(backendOf(module, context, clock));
  return stack.use(service.create({ ...about, backend }));
}

/** Settles when somebody wants the plugin to end. An interrupt is for the agent alone. */
function endWanted(target: string | undefined, stack: AsyncDisposableStack): Promise<void> {
  const wanted = Promise.withResolvers<void>();
  const stop = (): void => wanted.resolve();
  const ignore = (): void => {};
  Deno.addSignalListener("SIGINT", ignore);
  stack.defer(() => Deno.removeSignalListener("SIGINT", ignore));
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", stop);
    stack.defer(() => Deno.removeSignalListener("SIGTERM", stop));
  }
  if (target !== undefined) {
    const over = new AbortController();
    stack.defer(() => over.abort());
    // Without its seam the driver can do nothing more, and nobody else comes back to it.
    bridgeEnds(target, over.signal).then(stop);
  }
  return wanted.promise;
}

async function serve(
  args: readonly string[],
  wants: { readonly socketDir?: string; readonly isMultiplexing: boolean },
): Promise<void> {
  const { words, one, all } = readArguments(args, OPTIONS);
  const driver = one("driver");
  if (driver === undefined || words.length > 0) {
    throw new UsageError("Name a driver that serves tasks: --driver libvirt [--set KEY=VALUE…]");
  }
  const settings = settingsOf([...all("set"), ...all("option")]);
  const context = readContext(Deno.env.get(CONTEXT_KEY)) ?? ownContext(driver, settings);
  await using stack = new AsyncDisposableStack();
  const module = await loadModule(driver);
  const tasks = await opened(
    module,
    { ...context, settings: { ...context.settings, ...settings } },
    stack,
  );
  const served = stack.use(await servePlugin(tasks, wants));
  const wanted = endWanted(context.backend, stack);
  Deno.stdout.writeSync(new TextEncoder().encode(`${handshakeLine(served.socket, wants)}\n`));
  log("info", `Serving tasks of driver "${module.name}"`);
  await Promise.race([served.asked, wanted]);
}

/** Runs the program and answers its exit status. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    Deno.stdout.writeSync(new TextEncoder().encode(USAGE));
    return 0;
  }
  const wants = hostWants((key) => Deno.env.get(key));
  if ("refused" in wants) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${wants.refused}\n`));
    return 1;
  }
  try {
    await serve(args, wants);
    return 0;
  } catch (error) {
    log("error", error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
