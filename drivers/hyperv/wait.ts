/**
 * Waiting for a machine. Hyper-V's own wait returns without a word when its time is over, so this one
 * asks again and again.
 *
 * @module
 */

import { answersSsh } from "../backend/guest_commands.ts";
import { type MachineWait, type Sight, waitForMachine } from "../backend/wait_for_machine.ts";
import type { WaitResult, WaitTarget } from "../contract/mod.ts";
import { addressOf } from "./addresses.ts";
import { type About, meaningOf } from "./errors.ts";
import { guestAccess } from "./guest.ts";
import type { HostSession } from "./host_session.ts";
import { type Identity, powerOf, readAdapters, readVm, trouble } from "./seen.ts";

/** The shortest and the longest pause between two looks. */
const PAUSE_MS = { min: 250, max: 1000 } as const;

type Looking = Parameters<MachineWait["look"]>[0];

/** Waits as {@linkcode Machine.wait} says. */
export function waitForTarget(
  session: HostSession,
  identity: Identity,
  target: WaitTarget,
  { timeoutMs, about }: { timeoutMs: number; about: About },
): Promise<WaitResult> {
  const needsState = target === "running" || target === "stopped";
  const look = async (looking: Looking): Promise<Sight> => {
    const { vm, adapters } = needsState
      ? { vm: await readVm(session, identity, "get", looking), adapters: null }
      : await readAdapters(session, identity, "get", looking);
    const state = powerOf(vm);
    if (state === "error") return { state, verdict: "failed", error: trouble(vm, about) };
    const isReached = needsState
      ? state === target
      : state === "running" && await answers(session, addressOf(adapters), target, looking);
    return isReached ? { state, verdict: "reached" } : { state };
  };
  const { clock } = session;
  return waitForMachine({ clock, timeoutMs, about, meaningOf, look, pollMs: pauseAfter });
}

/** What did not come soon may take long: each pause is half of the time waited so far. */
function pauseAfter(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 2, PAUSE_MS.min), PAUSE_MS.max);
}

/** Whether the guest of a running machine has an address, or answers there. */
async function answers(
  session: HostSession,
  address: string | undefined,
  target: WaitTarget,
  looking: Looking,
): Promise<boolean> {
  if (address === undefined || target === "address") return address !== undefined;
  return await answersSsh(guestAccess(session), address, looking);
}
