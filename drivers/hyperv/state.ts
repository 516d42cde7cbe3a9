/**
 * From Hyper-V's states to the contract's.
 *
 * @module
 */

import type { PowerState } from "../contract/mod.ts";

/** A state of `VMState`: its number and what it means. */
type Meaning = readonly [number: number, state: PowerState];

/**
 * The enumeration `VMState`. A name with `Critical` means that the machine cannot reach its storage:
 * its state is `error`, whatever it was doing.
 */
const STATES: Readonly<Record<string, Meaning>> = {
  Other: [1, "unknown"],
  Running: [2, "running"],
  Off: [3, "stopped"],
  Stopping: [4, "stopping"],
  Saved: [6, "saved"],
  Paused: [9, "paused"],
  Starting: [10, "starting"],
  Reset: [11, "starting"],
  Saving: [32773, "stopping"],
  Pausing: [32776, "paused"],
  Resuming: [32777, "starting"],
  FastSaved: [32779, "saved"],
  FastSaving: [32780, "stopping"],
  ForceShutdown: [32781, "stopping"],
  ForceReboot: [32782, "starting"],
  Hibernated: [32783, "saved"],
  ComponentServicing: [32784, "unknown"],
  RunningCritical: [32785, "error"],
  OffCritical: [32786, "error"],
  StoppingCritical: [32787, "error"],
  SavedCritical: [32788, "error"],
  PausedCritical: [32789, "error"],
  StartingCritical: [32790, "error"],
  ResetCritical: [32791, "error"],
  SavingCritical: [32792, "error"],
  PausingCritical: [32793, "error"],
  ResumingCritical: [32794, "error"],
  FastSavedCritical: [32795, "error"],
  FastSavingCritical: [32796, "error"],
};

const BY_NUMBER = new Map(Object.values(STATES).map(([number, state]) => [String(number), state]));

/**
 * The state that a word of Hyper-V means. Names decide, as the numbers are not the same in all of its
 * interfaces; a number counts where there is no name. A word that nobody knows is `unknown`.
 */
export function stateOf(raw: string): PowerState {
  return (Object.hasOwn(STATES, raw) ? STATES[raw]?.[1] : BY_NUMBER.get(raw)) ?? "unknown";
}

/** Whether there is nothing to switch off before a machine can be removed. */
export function isOff(raw: string): boolean {
  const state = stateOf(raw);
  return state === "stopped" || state === "saved" || raw === "OffCritical";
}
