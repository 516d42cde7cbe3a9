/**
 * Waiting for a machine.
 *
 * @module
 */

import { type Sight, waitForMachine } from "../backend/wait_for_machine.ts";
import type { CallOptions, WaitResult, WaitTarget } from "../contract/mod.ts";
import { addressOf, sshAddressOf } from "./addresses.ts";
import type { MachineRecord } from "./backend.ts";
import { isRefusal, meaningOf } from "./errors.ts";
import { about, type Identity, type MemoryContext, readMachine } from "./session.ts";
import { stateOf, statusOf } from "./state.ts";

/** How often a wait looks, where no event tells that something changed in the guest. */
const POLL_MS = 100;

/** Waits as {@linkcode Machine.wait} says. */
export function waitForTarget(
  context: MemoryContext,
  identity: Identity,
  target: WaitTarget,
  { timeoutMs, signal }: CallOptions & { timeoutMs: number },
): Promise<WaitResult> {
  const told = about(identity, "machine.wait", { signal });
  return waitForMachine({
    clock: context.clock,
    timeoutMs,
    about: told,
    meaningOf,
    look: async (options): Promise<Sight> => {
      const record = await readMachine(context, identity, options);
      const { state, error } = statusOf(record, told);
      if (await isReached(context, target, record, options)) return { verdict: "reached", state };
      return state === "error" ? { verdict: "failed", state, error } : { state };
    },
    wake: (signal) => context.backend.events({ signal }),
    pollMs: POLL_MS,
  });
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
