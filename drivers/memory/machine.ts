/**
 * The handle of a machine. It keeps nothing but the machine's identity.
 *
 * @module
 */

import type { About } from "../backend/driver_errors.ts";
import {
  type CallOptions,
  type Change,
  decide,
  type Machine,
  type MachineFacet,
  type MachineId,
  OPERATION_NAMES,
  POWER_TABLE,
  type PowerOperation,
  type PowerState,
} from "../contract/mod.ts";
import { addressOf, sshAddressOf } from "./addresses.ts";
import type { MachineRecord, MemoryMethods } from "./backend.ts";
import { attempt, isRefusal, isUnsure } from "./errors.ts";
import { machineForwards } from "./forwards.ts";
import { machineCommands } from "./guest.ts";
import { about, type Identity, type MemoryContext, readMachine } from "./session.ts";
import { stateOf, statusOf } from "./state.ts";
import { waitForTarget } from "./wait.ts";

/** The facets that every machine has. */
export const FACETS: readonly MachineFacet[] = [
  "suspension",
  "saving",
  "forwards",
  "commands",
  "console",
];

/** How often a power operation is tried again when somebody else was faster. */
const MOST_TRIES = 4;

/** The handle of a machine. */
export function machineHandle(context: MemoryContext, identity: Identity): Machine {
  const { ref, key } = identity;
  const ask =
    <T>(operation: string, work: (told: About) => Promise<T>) =>
    (options: CallOptions = {}): Promise<T> => {
      const told = about(identity, operation, options);
      return attempt(told, () => work(told));
    };
  const power = (operation: PowerMethod): (options?: CallOptions) => Promise<Change> =>
    ask(OPERATION_NAMES[operation], (told) => changePower(context, identity, operation, told));
  const read = <T>(
    operation: string,
    pick: (record: MachineRecord, told: About) => T,
  ): (options?: CallOptions) => Promise<T> =>
    ask(operation, async (told) => pick(await readMachine(context, identity, told), told));
  return {
    id: key.uuid as MachineId,
    cluster: ref.cluster,
    name: ref.name,
    status: read("machine.status", statusOf),
    start: power("start"),
    stop: power("stop"),
    forceStop: power("forceStop"),
    wait: (target, options) => waitForTarget(context, identity, target, options),
    address: read("machine.address", addressOf),
    sshAddress: read("machine.sshAddress", sshAddressOf),
    suspension: { pause: power("pause"), resume: power("resume") },
    saving: { save: power("save") },
    forwards: machineForwards(context, identity),
    commands: machineCommands(context, identity),
    console: {
      text: ask("console.text", (told) => context.backend.call("machine.console", key, told)),
    },
  };
}

type PowerMethod = Extract<
  PowerOperation,
  "start" | "stop" | "forceStop" | "pause" | "resume" | "save"
>;

const METHODS = {
  start: "machine.start",
  stop: "machine.shutdown",
  forceStop: "machine.destroy",
  pause: "machine.suspend",
  resume: "machine.resume",
  save: "machine.save",
} as const satisfies Record<PowerMethod, keyof MemoryMethods>;

async function changePower(
  context: MemoryContext,
  identity: Identity,
  operation: PowerMethod,
  options: CallOptions,
): Promise<Change> {
  const { ref, key } = identity;
  for (let tries = 1;; tries++) {
    const before = stateOf((await readMachine(context, identity, options)).state);
    if (decide(before, operation, ref) === "no-op") return { changed: false, state: before };
    try {
      const { state } = await context.backend.call(METHODS[operation], key, options);
      return { changed: true, state: stateOf(state) };
    } catch (error) {
      // Somebody else was faster: what is to be done depends on what they did.
      if (isRefusal(error, "bad-state") && tries < MOST_TRIES) continue;
      if (!isUnsure(error) || options.signal?.aborted) throw error;
      const now = await readMachine(context, identity, options).catch(() => undefined);
      const state = now && stateOf(now.state);
      if (!state || state === before || !isOnTheWay(before, operation, state)) throw error;
      return { changed: true, state };
    }
  }
}

/** Whether a state is what the operation leads to, or on the way there. */
function isOnTheWay(from: PowerState, operation: PowerMethod, state: PowerState): boolean {
  const outcome = POWER_TABLE[from][operation];
  return outcome.kind === "allowed" && outcome.to === state ||
    operation === "stop" && state === "stopping";
}
