/**
 * Calling a plugin by the name of a method, as from outside of the process.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";
import { DriverError, isDriverError } from "../errors.ts";
import type { MachinePlugin } from "./plugin.ts";
import { responseOf } from "./plugin_error.ts";
import type { GetVolumeIDsRequest, ListMachinesRequest, MachineRequest } from "./requests.ts";
import { OK, type PluginMethod, statusNumber } from "./status_codes.ts";
import { encodeStatus } from "./status_text.ts";

/** A call by name: the method, and the request that is its own. */
export type PluginCall =
  | {
    /** A method about one machine. */
    readonly method: Exclude<PluginMethod, "listMachines" | "getVolumeIDs">;
    /** Its request. */
    readonly request: MachineRequest;
  }
  | {
    /** The method about the machines of a class. */
    readonly method: "listMachines";
    /** Its request. */
    readonly request: ListMachinesRequest;
  }
  | {
    /** The method about volumes. */
    readonly method: "getVolumeIDs";
    /** Its request. */
    readonly request: GetVolumeIDsRequest;
  };

/** What is answered to a call by name: there may be a response beside an error. */
export interface PluginReply {
  /** The number of the code; 0 is success. */
  readonly code: number;
  /** The text of the error, as the controller reads it; absent on success. */
  readonly error?: string;
  /** The response, or what is known of it. */
  readonly response?: object;
}

/**
 * Calls a method. It never throws: what is no `DriverError` is `internal`, a facet that is absent and a
 * method that there is not answer `unimplemented`, and a request without what its method is about is
 * `invalid-argument`. Go writes no volumes as `null`.
 */
export async function callPlugin(
  plugin: MachinePlugin,
  call: PluginCall,
  options?: CallOptions,
): Promise<PluginReply> {
  try {
    return { code: OK, response: await answer(plugin, call, options) };
  } catch (error) {
    const { code, message } = isDriverError(error)
      ? error
      : { code: "internal" as const, message: error instanceof Error ? error.message : "failed" };
    const response = responseOf(error);
    const some = Object.keys(response).length > 0 ? { response } : {};
    return { code: statusNumber(code), error: encodeStatus({ code, message }), ...some };
  }
}

function answer(
  plugin: MachinePlugin,
  { method, request }: PluginCall,
  options?: CallOptions,
): Promise<object> {
  assertWhole(plugin, method, request);
  switch (method) {
    case "createMachine":
      return plugin.createMachine(request, options);
    case "deleteMachine":
      return plugin.deleteMachine(request, options);
    case "getMachineStatus":
      return plugin.getMachineStatus(request, options);
    case "listMachines":
      return plugin.listMachines(request, options);
    case "initializeMachine":
      return plugin.initializeMachine?.(request, options) ?? unimplemented(plugin, method);
    case "getVolumeIDs":
      return plugin.getVolumeIDs?.({ ...request, pvSpecs: request.pvSpecs ?? [] }, options) ??
        unimplemented(plugin, method);
    default:
      return unimplemented(plugin, method);
  }
}

/** What each request has to have; the rest of it is the plugin's to judge. */
const PARTS: Readonly<Record<PluginMethod, readonly string[]>> = {
  createMachine: ["machine", "machineClass"],
  initializeMachine: ["machine", "machineClass"],
  deleteMachine: ["machine", "machineClass"],
  getMachineStatus: ["machine", "machineClass"],
  listMachines: ["machineClass"],
  getVolumeIDs: [],
};

/** Checks what a type says, and no compiler sees, of a request from outside. @throws {DriverError} */
function assertWhole({ name }: MachinePlugin, method: PluginMethod, request: unknown): void {
  const fail = (why: string): never => {
    const message = `Cannot do ${method}: ${why}`;
    const subject = `plugin:${name}` as const;
    throw new DriverError({ code: "invalid-argument", operation: method, subject, message });
  };
  if (!isObject(request)) return fail("the request must be an object");
  const parts = Object.hasOwn(PARTS, method) ? PARTS[method] : [];
  for (const part of parts) {
    if (!isObject(request[part])) fail(`the request's "${part}" must be an object`);
  }
  const volumes = method === "getVolumeIDs" ? request.pvSpecs ?? [] : [];
  if (!Array.isArray(volumes) || !volumes.every(isObject)) {
    fail(`the request's "pvSpecs" must be a list of objects`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unimplemented({ name }: MachinePlugin, method: string): never {
  throw new DriverError({
    code: "unimplemented",
    operation: method,
    subject: `plugin:${name}`,
    message: `Cannot do ${method}: plugin ${JSON.stringify(name)} does not have it`,
  });
}
