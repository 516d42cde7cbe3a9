/**
 * The hypervisor's words for a machine's state, and the contract's for them.
 *
 * @module
 */

import type { PowerState } from "../contract/mod.ts";

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
