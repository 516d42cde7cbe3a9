/**
 * What all parts of one driver instance share, and how it asks the host.
 *
 * @module
 */

import { type BackendCallOptions, BackendError } from "../backend/backend.ts";
import { KeyedLock } from "../backend/keyed_lock.ts";
import type { DriverContext } from "../backend/module.ts";
import { type Clock, type MachineRef, qualifiedName } from "../contract/mod.ts";
import type { HypervMethods, ProbeRecord, VmRecord } from "./backend.ts";
import { isAmbiguous, isNoSuchVm, mayBeMissing } from "./errors.ts";
import { readSettings, type Settings } from "./settings.ts";

/** What the adapter gets. */
export type HypervContext = DriverContext<HypervMethods, never>;

/** Options of a call. */
export type Options = Pick<BackendCallOptions, "signal">;

/**
 * The locks of all instances that share a clock, which are those of one process on one host. Hyper-V
 * lets names be used twice, so what takes several calls has to be kept together here.
 */
const locksOf = new WeakMap<Clock, KeyedLock>();

/** Which machines. */
export type Filter = HypervMethods["Get-VM"]["params"];

/** What is wrong with a host that answers, if anything; text for people, code for decisions. */
export function complaintOf(probe: ProbeRecord): BackendError | undefined {
  const unreachable = (code: string, message: string): BackendError =>
    new BackendError("unreachable", code, message);
  if (probe.module === null) {
    return unreachable("no-module", "Hyper-V's PowerShell module is missing: install the feature");
  }
  if (!probe.serviceRunning) {
    return unreachable("no-service", 'The service "vmms" does not run: start it');
  }
  if (probe.permission === "none") {
    const message = "This user may not manage Hyper-V: join the group Hyper-V Administrators";
    return new BackendError("refused", "no-permission", message);
  }
  if (!probe.hypervisorPresent) {
    return unreachable("no-hypervisor", "The hypervisor does not run: switch virtualization on");
  }
}

/** One instance's backend, settings and locks. */
export class HostSession {
  /** The user's settings. */
  readonly settings: Settings;
  /** Work that must not overlap. */
  readonly locks: KeyedLock;

  /** Checks the settings. @throws {DriverError} `invalid-argument` */
  constructor(readonly context: HypervContext) {
    this.settings = readSettings(context.settings);
    const { clock } = context;
    this.locks = locksOf.get(clock) ?? new KeyedLock();
    locksOf.set(clock, this.locks);
  }

  /** Whose machines. */
  get owner(): string {
    return this.context.owner;
  }

  /** Time. */
  get clock(): Clock {
    return this.context.clock;
  }

  /** Hyper-V's name of a machine. */
  nameOf({ cluster, name }: MachineRef): string {
    return qualifiedName(this.owner, cluster, name);
  }

  /**
   * Calls below. Where Hyper-V has one error for several situations, the host is asked what is the
   * case, so that a stopped service or a missing right is never taken for a missing machine.
   */
  async call<K extends keyof HypervMethods & string>(
    method: K,
    params: HypervMethods[K]["params"],
    options: BackendCallOptions = {},
  ): Promise<HypervMethods[K]["result"]> {
    try {
      return await this.context.backend.call(method, params, options);
    } catch (error) {
      if (isAmbiguous(error)) await this.assertHealthy(options, error);
      throw error;
    }
  }

  /** Asks whether the host can work. @throws {BackendError} saying why it cannot */
  async assertHealthy({ signal }: Options, cause?: BackendError): Promise<ProbeRecord> {
    const probe = await this.#probe({ signal }, cause);
    const complaint = complaintOf(probe);
    if (complaint) throw complaint;
    return probe;
  }

  async #probe(options: Options, cause?: BackendError): Promise<ProbeRecord> {
    try {
      return await this.context.backend.call("Get-VmtckProbe", {}, options);
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      const { code, message } = cause ?? error;
      throw new BackendError("unreachable", code, message, { cause: error });
    }
  }

  /** The machines of a filter. None is believed only of a host that is healthy. */
  async find(filter: Filter, options: Options): Promise<readonly VmRecord[]> {
    const found = await this.#look(filter, options);
    if (found && found.length > 0) return found;
    await this.assertHealthy(options);
    // A service that was down said the same of each machine; it runs now.
    return found ?? await this.#look(filter, options) ?? [];
  }

  /**
   * The same where what comes next tells whether the host is healthy: none may also be all that this
   * user is shown.
   */
  async glance(filter: Filter, options: Options): Promise<readonly VmRecord[]> {
    return await this.#look(filter, options) ?? await this.find(filter, options);
  }

  /** What Hyper-V shows; undefined if it refuses, and that may mean that there is none. */
  async #look(filter: Filter, options: Options): Promise<readonly VmRecord[] | undefined> {
    try {
      return (await this.context.backend.call("Get-VM", filter, options)).vms;
    } catch (error) {
      if (isNoSuchVm(error)) return [];
      if (mayBeMissing(error)) return undefined;
      if (isAmbiguous(error)) await this.assertHealthy(options, error);
      throw error;
    }
  }
}
