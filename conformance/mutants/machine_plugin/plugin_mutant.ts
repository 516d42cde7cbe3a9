/**
 * How the mutants of machine plugins are made.
 *
 * @module
 */

import {
  type CallOptions,
  DriverError,
  type ErrorCode,
  isDriverError,
  type MachineAnswer,
  type MachinePlugin,
  type MachineRequest,
  PluginError,
  type PluginSpi,
  type World,
} from "../../../drivers/contract/mod.ts";
import { BackendError, type Json } from "../../../drivers/backend/backend.ts";
import type { DriverContext } from "../../../drivers/backend/module.ts";
import { withMembers } from "../../engine/tracker.ts";
import { mapErrors, type Mutant } from "../mutant.ts";

/** A mutant of a machine plugin. */
export type PluginMutant = Mutant<"machine-plugin">;
type PluginWorld = World<"machine-plugin">;
/** How the mutants of machine plugins change a world. */
export type MutatePlugin = (world: PluginWorld) => PluginWorld;
/** A defect below the plugin. */
export type Below = NonNullable<PluginMutant["below"]>;

/** Changes every plugin that is opened. */
export function onPlugin(
  change: (plugin: MachinePlugin, world: PluginWorld) => Partial<MachinePlugin>,
): MutatePlugin {
  return (world) =>
    withMembers(world, {
      open: async (options) => {
        const plugin = await world.open(options);
        return withMembers(plugin, change(plugin, world));
      },
    });
}

/** Changes the session by name. */
export function onSpi(change: (spi: PluginSpi) => Partial<PluginSpi>): MutatePlugin {
  return onPlugin(({ spi }) => spi ? { spi: withMembers(spi, change(spi)) } : {});
}

/** Replaces errors. */
export function onErrors(map: (error: unknown) => unknown): MutatePlugin {
  return (world) =>
    withMembers(world, { open: async (options) => mapErrors(await world.open(options), map) });
}

/** Replaces the code of every error that has one of the codes, and perhaps that reason. */
export function recode(from: ErrorCode, to: ErrorCode, reason?: string): MutatePlugin {
  return onErrors((error) => {
    if (!isDriverError(error) || error.code !== from) return error;
    if (reason !== undefined && error.reason !== reason) return error;
    const init = { ...error.toJSON(), code: to, retryable: undefined };
    // What is known all the same stays known.
    return error instanceof PluginError
      ? new PluginError({ ...init, response: error.response })
      : new DriverError(init);
  });
}

/** Mutants that tell one kind of error with another code, a line each. */
export function recodings(
  rows:
    readonly (readonly [id: string, breaks: string, why: string, ...Parameters<typeof recode>])[],
): PluginMutant[] {
  return rows.map(([id, breaks, why, ...codes]) => ({ id, breaks, why, mutate: recode(...codes) }));
}

/** Changes every plugin that is opened; all of a world remember the same names. */
export function remembering(
  change: (plugin: MachinePlugin, names: Set<string>) => Partial<MachinePlugin>,
): MutatePlugin {
  return (world) => {
    const names = new Set<string>();
    return onPlugin((plugin) => change(plugin, names))(world);
  };
}

/** What one of the calls about a machine was refused with, and who was asked what. */
interface Refused {
  readonly error: DriverError | PluginError;
  readonly request: MachineRequest;
  readonly plugin: MachinePlugin;
  readonly world: PluginWorld;
}

/** Lets a method answer otherwise where it is refused with that code, and perhaps that reason. */
export function onRefusal(
  method: "createMachine" | "getMachineStatus",
  [code, reason]: readonly [code: ErrorCode, reason?: string],
  other: (refused: Refused) => Promise<MachineAnswer> | MachineAnswer,
): MutatePlugin {
  return onPlugin((plugin, world) => ({
    [method]: (request: MachineRequest, options?: CallOptions): Promise<MachineAnswer> =>
      instead(
        () => plugin[method](request, options),
        code,
        (error) => other({ error, request, plugin, world }),
        reason,
      ),
  }));
}

/** Does something instead where a call is refused with that code, and perhaps that reason. */
export async function instead<T>(
  call: () => Promise<T>,
  code: ErrorCode,
  other: (error: DriverError | PluginError) => Promise<T> | T,
  reason?: string,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isMeant = isDriverError(error) && error.code === code &&
      (reason === undefined || error.reason === reason);
    if (!isMeant) throw error;
    return await other(error);
  }
}

/** An error about a machine, for mutants that refuse what they should not. */
export function refusal(
  code: ErrorCode,
  { machine }: Pick<MachineRequest, "machine">,
): DriverError {
  return new DriverError({
    code,
    operation: "mutant",
    subject: `machine:${machine.name}`,
    message: `Cannot go on with "${machine.name}": a mutant is at work`,
  });
}

/** The same request without an id. */
export function withoutId(request: MachineRequest): MachineRequest {
  return { ...request, machine: { ...request.machine, spec: {} } };
}

type Fields = { readonly [key: string]: Json | undefined };

/** A value with fields; one without has none. */
export function fields(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Fields
    : {};
}

/** What is remembered of each instance: a defect below is asked anew at each call. */
const remembered = new WeakMap<DriverContext, Map<string, Json>>();

/** What an instance remembers. */
export function memoryOf(context: DriverContext): Map<string, Json> {
  const memory = remembered.get(context) ?? new Map<string, Json>();
  remembered.set(context, memory);
  return memory;
}

/** Whether a call is that method about that resource. */
export function isAbout(
  method: string,
  params: Json,
  methods: readonly string[],
  resource: string,
): boolean {
  return methods.includes(method) && fields(params).resource === resource;
}

/** The server's word for an object that is not there. */
export function notFound(params: Json): BackendError {
  const { group, resource, name } = fields(params);
  const parts = new URLSearchParams({ kind: String(resource), name: String(name ?? "") });
  const of = group === "" ? "" : `group=${group}&`;
  return new BackendError("refused", `404 NotFound?${of}${parts}`, `${name} not found`);
}
