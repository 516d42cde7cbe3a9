/**
 * What the parts of one driver instance share.
 *
 * @module
 */

import type { About } from "../backend/driver_errors.ts";
import type { DriverContext } from "../backend/module.ts";
import { type CallOptions, type MachineRef, machineSubject } from "../contract/mod.ts";
import type { MachineKey, MachineRecord, MemoryEvent, MemoryMethods } from "./backend.ts";

/** What the adapter gets. */
export type MemoryContext = DriverContext<MemoryMethods, MemoryEvent>;

/** A machine: its name in the contract, and in the hypervisor. */
export interface Identity {
  /** The contract's name. */
  readonly ref: MachineRef;
  /** The hypervisor's. */
  readonly key: MachineKey;
}

/** Reads a machine. @throws {BackendError} */
export function readMachine(
  { backend }: MemoryContext,
  { key }: Identity,
  { signal }: CallOptions,
): Promise<MachineRecord> {
  return backend.call("machine.get", key, { signal });
}

/** What an error about a machine has to say. */
export function about(identity: Identity, operation: string, { signal }: CallOptions): About {
  return { operation, subject: machineSubject(identity.ref), signal };
}
