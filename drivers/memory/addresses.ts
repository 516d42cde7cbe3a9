/**
 * Where a guest is reached.
 *
 * @module
 */

import { isUsable, sshAddressAt } from "../contract/mod.ts";
import type { MachineRecord } from "./backend.ts";
import { stateOf } from "./state.ts";

/** The address that leads to the guest, IPv4 before IPv6. */
export function addressOf({ state, addresses }: MachineRecord): string | undefined {
  if (stateOf(state) !== "running") return undefined;
  const usable = addresses.filter(isUsable);
  return usable.find((address) => !address.includes(":")) ?? usable[0];
}

/** Where the guest's SSH server is. */
export function sshAddressOf(record: MachineRecord): string | undefined {
  if (stateOf(record.state) !== "running") return undefined;
  const rule = record.forwards.find(({ machinePort }) => machinePort === 22);
  if (rule) return sshAddressAt("127.0.0.1", rule.hostPort);
  const address = addressOf(record);
  return address === undefined ? undefined : sshAddressAt(address);
}
