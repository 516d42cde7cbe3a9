/**
 * Waiting for a machine.
 *
 * @module
 */

import { driverError, Trouble } from "../backend/driver_errors.ts";
import { waitFor } from "../backend/wait_for.ts";
import type { CallOptions, PowerState, WaitResult, WaitTarget } from "../contract/mod.ts";
import { addressOf, sshAddressOf } from "./addresses.ts";
import type { MachineRecord } from "./backend.ts";
import { isRefusal, meaningOf } from "./errors.ts";
import { about, type Identity, type MemoryContext, readMachine } from "./session.ts";
import { stateOf, statusOf } from "./state.ts";

/** How often a wait looks, where no event tells that something changed in the guest. */
const POLL_MS = 100;

/** Waits as {@linkcode Machine.wait} says. */
export async function waitForTarget(
  context: MemoryContext,
  identity: Identity,
  target: WaitTarget,
  { timeoutMs, signal }: CallOptions & { timeoutMs: number },
): Promise<WaitResult> {
  const told = about(identity, "machine.wait", { signal });
  if (!(timeoutMs >= 0 && Number.isFinite(timeoutMs))) {
    const why = `the timeout must be a number of milliseconds from 0: ${timeoutMs}`;
    throw driverError(new Trouble("invalid-argument", why), told);
  }
  let state: PowerState | undefined;
  const look = async (looking: { signal: AbortSignal }): Promise<WaitResult | undefined> => {
    const record = await readMachine(context, identity, looking);
    state = stateOf(record.state);
    if (await isReached(context, target, record, looking)) return { verdict: "reached", state };
    if (state !== "error") return undefined;
    return { verdict: "failed", state, error: statusOf(record, told).error };
  };
  try {
    return await waitFor({
      clock: context.clock,
      timeoutMs,
      signal,
      look,
      wake: (signal) => context.backend.events({ signal }),
      pollMs: POLL_MS,
    }) ?? { verdict: "timeout", state: state ?? "unknown" };
  } catch (cause) {
    const error = driverError(cause, told, meaningOf);
    const isGone = error.code === "not-found";
    if (error.code === "canceled" || isGone && state === undefined) throw error;
    return { verdict: "failed", state: isGone ? "absent" : "unknown", error: error.toJSON() };
  }
}

async function isReached(
  { backend }: MemoryContext,
  target: WaitTarget,
  record: MachineRecord,
  { signal }: CallOptions,
): Promise<boolean> {
  if (target === "running" || target === "stopped") return stateOf(record.state) === target;
  if (target === "address") return addressOf(record) !== undefined;
  const address = sshAddressOf(record);
  if (address === undefined) return false;
  try {
    const { exitCode } = await backend.call("guest.run", { address, argv: ["true"] }, { signal });
    return exitCode === 0;
  } catch (error) {
    if (isRefusal(error, "no-route", "connection-refused")) return false;
    throw error;
  }
}
