/**
 * Waiting for a machine, with the verdicts of the contract, the same way in every adapter.
 *
 * @module
 */

import type { Clock, DriverErrorData, PowerState, WaitResult } from "../contract/mod.ts";
import { type About, driverError, type MeaningOf, Trouble } from "./driver_errors.ts";
import { waitFor } from "./wait_for.ts";

/** What one look at a machine saw. */
export interface Sight {
  /** Its state. */
  readonly state: PowerState;
  /** Whether the target is reached, or cannot be reached any more; absent for "not yet". */
  readonly verdict?: "reached" | "failed";
  /** Why, for `failed`. */
  readonly error?: DriverErrorData;
}

/** What {@linkcode waitForMachine} needs. */
export interface MachineWait {
  /** Time. */
  readonly clock: Clock;
  /** The caller's timeout, unchecked. */
  readonly timeoutMs: number;
  /** The call, for errors. */
  readonly about: About;
  /** What the errors of a look mean. */
  readonly meaningOf?: MeaningOf;
  /** Looks at the machine. `remainingMs` is what is left of the time. */
  look(about: { signal: AbortSignal; remainingMs: number }): Promise<Sight>;
  /** Events, each of them a reason to look again. */
  readonly wake?: (signal: AbortSignal) => AsyncIterable<unknown>;
  /** The longest pause between two looks, or how it follows from the time waited so far. */
  readonly pollMs?: number | ((waitedMs: number) => number);
}

/**
 * Waits as `Machine.wait` says: what cannot be told any more is a verdict, except for a machine that was
 * not there at the first look.
 *
 * @throws {DriverError} `invalid-argument`, `not-found`, `canceled`
 */
export async function waitForMachine(wait: MachineWait): Promise<WaitResult> {
  const { clock, timeoutMs, about, meaningOf, wake, pollMs } = wait;
  const { signal } = about;
  if (!(timeoutMs >= 0 && Number.isFinite(timeoutMs))) {
    const why = `the timeout must be a number of milliseconds from 0: ${timeoutMs}`;
    throw driverError(new Trouble("invalid-argument", why), about);
  }
  let last: PowerState | undefined;
  const look: Parameters<typeof waitFor<WaitResult>>[0]["look"] = async (looking) => {
    const { state, verdict, error } = await wait.look(looking);
    last = state;
    return verdict && (error ? { verdict, state, error } : { verdict, state });
  };
  try {
    return await waitFor({ clock, timeoutMs, signal, look, wake, pollMs }) ??
      { verdict: "timeout", state: last ?? "unknown" };
  } catch (cause) {
    const error = driverError(cause, about, meaningOf);
    const isGone = error.code === "not-found";
    if (error.code === "canceled" || isGone && last === undefined) throw error;
    return { verdict: "failed", state: isGone ? "absent" : "unknown", error: error.toJSON() };
  }
}
