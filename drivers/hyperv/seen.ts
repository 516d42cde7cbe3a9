/**
 * What is seen of a machine: its record, and the power state by all that the record says.
 *
 * @module
 */

import {
  decide,
  type MachineRef,
  type MachineStatus,
  type PowerOperation,
  type PowerState,
} from "../contract/mod.ts";
import type { HypervMethods, VmRecord } from "./backend.ts";
import { type About, mayBeMissing, refuse } from "./errors.ts";
import type { HostSession, Options } from "./host_session.ts";
import { stateOf } from "./state.ts";
import { readTag } from "./tag.ts";

/** The state of a machine; `creating` until its maker has said that it is done. */
export function powerOf({ state, notes }: VmRecord): PowerState {
  const isHalfMade = notes === "" || readTag(notes)?.creating === true;
  const power = stateOf(state);
  return isHalfMade && power === "stopped" ? "creating" : power;
}

/** A machine: its name in the contract, and its identifier in Hyper-V. */
export interface Identity {
  /** Hyper-V's identifier: a machine that is made again under the same name is another one. */
  readonly id: string;
  /** The contract's name. */
  readonly ref: MachineRef;
}

/** Reads a machine. @throws {DriverError} `not-found` if it is gone, once the host is healthy */
export async function readVm(
  session: HostSession,
  { id, ref }: Identity,
  operation: PowerOperation,
  options: Options,
): Promise<VmRecord> {
  const [vm] = await session.find({ Id: id }, options);
  if (!vm) decide("absent", operation, ref);
  return vm as VmRecord;
}

/** Reads a machine with its network adapters. @throws {DriverError} as {@linkcode readVm} */
export async function readAdapters(
  session: HostSession,
  identity: Identity,
  operation: PowerOperation,
  options: Options,
): Promise<HypervMethods["Get-VMNetworkAdapter"]["result"]> {
  const { id: Id } = identity;
  const { backend } = session.context;
  try {
    return await backend.call("Get-VMNetworkAdapter", { Id }, options);
  } catch (error) {
    if (!mayBeMissing(error)) throw error;
    await readVm(session, identity, operation, options);
    return await session.call("Get-VMNetworkAdapter", { Id }, options);
  }
}

/** What is wrong with a machine whose state is `error`. */
export function trouble({ state }: VmRecord, about: About): MachineStatus["error"] {
  const why = `Hyper-V says "${state}": its storage cannot be reached`;
  const error = refuse(about, "internal", why, "critical");
  return { ...error.toJSON(), backend: { code: state, text: state } };
}
