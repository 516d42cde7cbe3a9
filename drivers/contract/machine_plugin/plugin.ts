/**
 * The machine plugin: what Gardener's machine controller manager makes, watches and removes the
 * machines of a cluster with.
 *
 * @module
 */

import type { CallOptions } from "../call.ts";
import type { NameRule } from "../names.ts";
import type {
  CreateMachineResponse,
  DeleteMachineResponse,
  GetVolumeIDsRequest,
  GetVolumeIDsResponse,
  ListMachinesRequest,
  ListMachinesResponse,
  MachineAnswer,
  MachineRequest,
  PluginSecret,
} from "./requests.ts";
import type { PluginMethod } from "./status_codes.ts";

/**
 * A machine plugin. Every error is a `DriverError`; one with a response beside it is a
 * {@linkcode PluginError}. No call changes what it was given.
 *
 * Source of the rules: the driver interface of the machine controller manager,
 * https://github.com/gardener/machine-controller-manager/blob/master/docs/development/machine_error_codes.md
 */
export interface MachinePlugin extends AsyncDisposable {
  /** Lower-case, such as `kubevirt`; the name in the registry. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Whose machines these are: two owners on one cluster never see or touch each other's. */
  readonly owner: string;
  /** The names that it accepts for machines. */
  readonly nameRule: NameRule;
  /**
   * The provider's own name of a machine of this owner's, as the host controls list it.
   *
   * @throws {DriverError} `invalid-argument`
   */
  qualifiedMachineName(machineName: string): string;
  /**
   * Makes a machine. The same request again answers the same machine; after a failure nothing is
   * left, or what the same request completes.
   *
   * @throws {DriverError} `already-exists` if there is a machine of that name and another make,
   * `invalid-argument`, `resource-exhausted`, `aborted` while a namesake is being deleted
   */
  createMachine(request: MachineRequest, options?: CallOptions): Promise<CreateMachineResponse>;
  /**
   * Removes a machine and all that was made with it; a machine that is not there is removed already.
   * The provider id decides where there is one: a successor of the same name is left alone.
   *
   * @throws {DriverError} `invalid-argument` without a name and a provider id
   */
  deleteMachine(request: MachineRequest, options?: CallOptions): Promise<DeleteMachineResponse>;
  /**
   * Looks at a machine, and changes nothing. The owner, the name and the provider id say which it is,
   * and not its class: the marks of that may be others by now, and the machine still runs.
   *
   * @throws {DriverError} `not-found`, `out-of-range` for several, `uninitialized` with a response
   */
  getMachineStatus(request: MachineRequest, options?: CallOptions): Promise<MachineAnswer>;
  /**
   * Lists the machines of this owner that carry what the class marks its machines with: all of
   * them, or it fails.
   *
   * @throws {DriverError} `invalid-argument` if the class marks nothing
   */
  listMachines(request: ListMachinesRequest, options?: CallOptions): Promise<ListMachinesResponse>;
  /** Facet: finishes a machine that exists. */
  readonly initializeMachine?: (
    request: MachineRequest,
    options?: CallOptions,
  ) => Promise<MachineAnswer>;
  /** Facet: finds the volumes of this provider. Needs no credentials. */
  readonly getVolumeIDs?: (
    request: GetVolumeIDsRequest,
    options?: CallOptions,
  ) => Promise<GetVolumeIDsResponse>;
  /** Facet: the same by name, spec and secret, without the controller's objects. */
  readonly spi?: PluginSpi;
}

/** The optional methods. */
export type PluginFacet = Extract<PluginMethod, "initializeMachine" | "getVolumeIDs"> | "spi";

/** Facet of a {@linkcode MachinePlugin}: the session with a provider, by its plain values. */
export interface PluginSpi {
  /** Makes a machine; answers its provider id. @throws {DriverError} */
  createMachine(
    machineName: string,
    providerSpec: unknown,
    secrets: PluginSecret | undefined,
    options?: CallOptions,
  ): Promise<string>;
  /** Removes a machine; answers the provider id of what was found, or nothing. @throws {DriverError} */
  deleteMachine(
    machineName: string,
    providerID: string,
    providerSpec: unknown,
    secrets: PluginSecret | undefined,
    options?: CallOptions,
  ): Promise<string>;
  /** Looks at a machine; answers the provider id of what was found. @throws {DriverError} `not-found` */
  getMachineStatus(
    machineName: string,
    providerID: string,
    providerSpec: unknown,
    secrets: PluginSecret | undefined,
    options?: CallOptions,
  ): Promise<string>;
  /** Lists machines: provider id to name. @throws {DriverError} */
  listMachines(
    providerSpec: unknown,
    secrets: PluginSecret | undefined,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, string>>>;
  /**
   * Switches a machine off, so that it stays off, and answers its provider id. A machine that is off
   * already is left so.
   *
   * @throws {DriverError} `not-found`
   */
  shutDownMachine(
    machineName: string,
    providerID: string,
    providerSpec: unknown,
    secrets: PluginSecret | undefined,
    options?: CallOptions,
  ): Promise<string>;
}
