/**
 * Machines as the hypervisor tells them, and what can be read off.
 *
 * @module
 */

import { type CallOptions, type MachineRef, machineSubject } from "../contract/mod.ts";
import type { DriverContext } from "../backend/module.ts";
import type { MachineKey, MachineRecord, MemoryEvent, MemoryMethods } from "./backend.ts";
import type { About } from "./errors.ts";
import { stateOf } from "./state.ts";

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

const LINK_LOCAL = /^(?:fe[89ab][0-9a-f]:|169\.254\.|127\.|::1?$|0\.)/i;

/** The address that leads to the guest, IPv4 before IPv6. */
export function addressOf({ state, addresses }: MachineRecord): string | undefined {
  if (stateOf(state) !== "running") return undefined;
  const usable = addresses.filter((address) => !LINK_LOCAL.test(address));
  return usable.find((address) => !address.includes(":")) ?? usable[0];
}

/** Where the guest's SSH server is. */
export function sshAddressOf(record: MachineRecord): string | undefined {
  if (stateOf(record.state) !== "running") return undefined;
  const rule = record.forwards.find(({ machinePort }) => machinePort === 22);
  if (rule) return `127.0.0.1:${rule.hostPort}`;
  const address = addressOf(record);
  if (address === undefined) return undefined;
  return address.includes(":") ? `[${address}]:22` : `${address}:22`;
}
