/**
 * How requests are put together, and settled calls shown in a check.
 *
 * @module
 */

import {
  type CallOptions,
  isDriverError,
  type MachineClass,
  type MachinePlugin,
  type MachineRequest,
  type PluginHost,
  type Subject,
} from "../../../drivers/contract/mod.ts";
import type { Settled } from "../../case.ts";
import type { PluginContext } from "../../rigs/machine_plugin/context.ts";

/** The code that a settled call was refused with, or `ok`. */
export const ending = ({ error }: Settled<unknown>): string =>
  error === undefined ? "ok" : isDriverError(error) ? error.code : String(error);

/** What an error is about. */
export const subjectOf = ({ machine }: MachineRequest): Subject => `machine:${machine.name}`;

/** The message of an error. */
export const messageOf = (error: unknown): string => error instanceof Error ? error.message : "";

/** The same request with another provider spec. */
export function withSpec(request: MachineRequest, providerSpec: unknown): MachineRequest {
  return { ...request, machineClass: { ...request.machineClass, providerSpec } };
}

/** The same request with other keys of the secret. */
export function withSecret(
  request: MachineRequest,
  data: Readonly<Record<string, string>> | undefined,
): MachineRequest {
  return { ...request, secret: data && { data } };
}

/** The same request, about a machine that is only known by its name. */
export function byName(request: MachineRequest): MachineRequest {
  return { ...request, machine: { name: request.machine.name } };
}

/** The machines of that name on the host. */
export async function machinesNamed(host: PluginHost, qualified: string): Promise<string[]> {
  return (await host.inventory()).filter((entry) => entry === `machine:${qualified}`);
}

/** Switches off what a request is about, by the session by name. */
export async function shutDown(
  { spi }: MachinePlugin,
  { machine: { name, spec }, machineClass: { providerSpec }, secret }: MachineRequest,
  options?: CallOptions,
): Promise<string | undefined> {
  return await spi?.shutDownMachine(name, spec?.providerID ?? "", providerSpec, secret, options);
}

/** A method by its name: what it is asked with is the same request for all of them. */
type Method = readonly [
  name: string,
  call: (request: MachineRequest, options?: CallOptions) => Promise<unknown>,
];

/** The methods about one machine and about a class; in this order each has something to do. */
export function methodsOf({ plugin }: Pick<PluginContext, "plugin">): readonly Method[] {
  const { initializeMachine, spi } = plugin;
  return [
    ["create", (...args) => plugin.createMachine(...args)],
    ["status", (...args) => plugin.getMachineStatus(...args)],
    ...(initializeMachine ? [["initialize", initializeMachine] satisfies Method] : []),
    ["list", (...args) => plugin.listMachines(...args)],
    ...(spi ? [["shut down", (...args) => shutDown(plugin, ...args)] satisfies Method] : []),
    ["delete", (...args) => plugin.deleteMachine(...args)],
  ];
}

/** The names of those methods. */
export const methodNames = (context: Pick<PluginContext, "plugin">): string[] =>
  methodsOf(context).map(([name]) => name);

/** Makes a machine whose creation is cut off at one of its changes, and at all that come after. */
async function cutOff(
  { plugin, fresh, faults }: PluginContext,
  call: number,
  machineClass?: MachineClass,
): Promise<{ request: MachineRequest; met: number }> {
  const request = await fresh.request(machineClass);
  const fault = { kind: "disconnect", call, among: "changes", times: Infinity } as const;
  return { request, met: (await faults.during(fault, () => plugin.createMachine(request))).met };
}

/**
 * What makes half machines: those whose status says uninitialized, as their creation was cut off.
 * Answers undefined if this plugin has none, such as one that makes machines in a single step.
 */
export async function halfMaker(
  context: PluginContext,
): Promise<((machineClass?: MachineClass) => Promise<MachineRequest>) | undefined> {
  const { plugin, settled } = context;
  for (let call = 1, met = 1; met > 0; call++) {
    const cut = await cutOff(context, call);
    const [status = {}] = await settled([plugin.getMachineStatus(cut.request)]);
    if (ending(status) === "uninitialized") {
      return async (machineClass) => (await cutOff(context, call, machineClass)).request;
    }
    met = cut.met;
  }
}
