/**
 * The hypervisor's words for a machine's state, and the contract's for them.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import type { MachineStatus, PowerState } from "../contract/mod.ts";
import type { MachineRecord } from "./backend.ts";

/** The hypervisor's word for each state of the contract that it has one for. */
export const WORDS = {
  creating: "defining",
  stopped: "off",
  starting: "booting",
  running: "on",
  stopping: "shutting-down",
  paused: "suspended",
  saved: "saved",
  error: "crashed",
} as const satisfies Partial<Record<PowerState, string>>;

const STATES = new Map<string, PowerState>(
  Object.entries(WORDS).map(([state, word]) => [word, state as keyof typeof WORDS]),
);

/** The state that a word of the hypervisor means; `unknown` for a word that is not in the table. */
export function stateOf(raw: string): PowerState {
  return STATES.get(raw) ?? "unknown";
}

/** What a machine is doing, and what is wrong with it. */
export function statusOf({ state: raw, detail }: MachineRecord, about: About): MachineStatus {
  const state = stateOf(raw);
  if (state !== "error") return { state, raw };
  const error = driverError(new Trouble("internal", detail, "crashed"), about);
  return { state, raw, error: { ...error.toJSON(), backend: { code: raw, text: detail } } };
}
