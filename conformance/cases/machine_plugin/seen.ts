/**
 * How requests are put together, and settled calls shown in a check.
 *
 * @module
 */

import {
  isDriverError,
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

/** The methods about one machine and about a class, by name: what each is asked with the same request. */
export function methodsOf(
  { plugin }: PluginContext,
): readonly (readonly [name: string, call: (request: MachineRequest) => Promise<unknown>])[] {
  const { initializeMachine } = plugin;
  return [
    ["create", (request) => plugin.createMachine(request)],
    ["status", (request) => plugin.getMachineStatus(request)],
    ["delete", (request) => plugin.deleteMachine(request)],
    ["list", (request) => plugin.listMachines(request)],
    ...(initializeMachine
      ? [["initialize", (request: MachineRequest) => initializeMachine(request)] as const]
      : []),
  ];
}
