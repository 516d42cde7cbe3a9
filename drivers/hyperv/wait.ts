/**
 * Waiting for a machine. Hyper-V's own wait returns without a word when its time is over, so this one
 * asks again and again.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";
import { waitFor } from "../backend/wait_for.ts";
import type { PowerState, WaitResult, WaitTarget } from "../contract/mod.ts";
import { addressOf, sshAddressOf } from "./addresses.ts";
import { type About, driverError, isRefused, refuse } from "./errors.ts";
import type { HostSession } from "./host_session.ts";
import { type Identity, powerOf, readVm, trouble } from "./seen.ts";

const POLL_MS = 250;
const SSH_MS = 5000;

interface Look {
  readonly signal: AbortSignal;
  readonly remainingMs: number;
}

/** Waits as {@linkcode Machine.wait} says. */
export async function waitForTarget(
  session: HostSession,
  identity: Identity,
  target: WaitTarget,
  options: { timeoutMs: number; signal?: AbortSignal; about: About },
): Promise<WaitResult> {
  const { timeoutMs, signal, about } = options;
  if (!(timeoutMs >= 0 && Number.isFinite(timeoutMs))) {
    const why = `the timeout is a number of milliseconds from 0: ${timeoutMs}`;
    throw refuse(about, "invalid-argument", why);
  }
  let state: PowerState | undefined;
  const look = async (looking: Look): Promise<WaitResult | undefined> => {
    const vm = await readVm(session, identity, "get", looking);
    state = powerOf(vm);
    if (state === target) return { verdict: "reached", state };
    if (state === "error") return { verdict: "failed", state, error: trouble(vm, about) };
    if (target === "running" || target === "stopped" || state !== "running") return undefined;
    const reached = await answers(session, identity, target, looking);
    return reached ? { verdict: "reached", state } : undefined;
  };
  try {
    return await waitFor({ clock: session.clock, timeoutMs, signal, look, pollMs: POLL_MS }) ??
      { verdict: "timeout", state: state ?? "unknown" };
  } catch (cause) {
    const error = driverError(cause, about);
    const isGone = error.code === "not-found";
    if (error.code === "canceled" || isGone && state === undefined) throw error;
    return { verdict: "failed", state: isGone ? "absent" : "unknown", error: error.toJSON() };
  }
}

/** Whether the guest of a running machine has an address, or answers there. */
async function answers(
  session: HostSession,
  { id }: Identity,
  target: WaitTarget,
  { signal, remainingMs }: Look,
): Promise<boolean> {
  const { adapters } = await session.call("Get-VMNetworkAdapter", { Id: id }, { signal });
  const address = addressOf(adapters);
  if (address === undefined || target === "address") return address !== undefined;
  const timeoutMs = Math.max(1, Math.min(SSH_MS, remainingMs || SSH_MS));
  const call = { address: sshAddressOf(address), argv: ["true"] };
  try {
    await session.call("ssh.run", call, { signal, timeoutMs });
    return true;
  } catch (error) {
    const isLate = error instanceof BackendError && error.kind === "timeout";
    if (isLate || isRefused(error, "ssh-unreachable")) return false;
    throw error;
  }
}
