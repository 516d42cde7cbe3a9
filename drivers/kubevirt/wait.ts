/**
 * Waiting for a machine.
 *
 * @module
 */

import type { About } from "../backend/driver_errors.ts";
import { answersSsh } from "../backend/guest_commands.ts";
import { type MachineWait, type Sight, waitForMachine } from "../backend/wait_for_machine.ts";
import type { WaitResult, WaitTarget } from "../contract/mod.ts";
import type { DriverSession } from "./driver_session.ts";
import { meaningOf } from "./errors.ts";
import { guestAccess } from "./guest.ts";
import { guestAddress } from "./machine_addresses.ts";
import { type Identity, readMachine, troubleData } from "./machine_seen.ts";
import { seenState } from "./machine_state.ts";
import { pauseAfter } from "./patience.ts";

type Looking = Parameters<MachineWait["look"]>[0];

/** Waits as {@linkcode Machine.wait} says. */
export function waitForTarget(
  session: DriverSession,
  identity: Identity,
  target: WaitTarget,
  { timeoutMs, about }: { timeoutMs: number; about: About },
): Promise<WaitResult> {
  const needsState = target === "running" || target === "stopped";
  const look = async (looking: Looking): Promise<Sight> => {
    const vm = await readMachine(session, identity, "get", looking);
    const { state } = seenState(vm);
    if (state === "error") return { state, verdict: "failed", error: troubleData(vm, about) };
    const isReached = needsState
      ? state === target
      : state === "running" && await answers(session, identity, target, looking);
    return isReached ? { state, verdict: "reached" } : { state };
  };
  const { clock } = session;
  return waitForMachine({ clock, timeoutMs, about, meaningOf, look, pollMs: pauseAfter });
}

/** Whether the guest of a running machine has an address, or answers there. */
async function answers(
  session: DriverSession,
  { ref }: Identity,
  target: WaitTarget,
  looking: Looking,
): Promise<boolean> {
  const { signal } = looking;
  const address = await guestAddress(session, session.nameOf(ref), { signal });
  if (address === undefined || target === "address") return address !== undefined;
  return await answersSsh(guestAccess(session), address, looking);
}
