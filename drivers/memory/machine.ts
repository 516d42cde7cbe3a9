/**
 * A machine's handle: power, waits and addresses. It keeps nothing but the machine's identity.
 *
 * @module
 */

import {
  type CallOptions,
  type Change,
  decide,
  type Machine,
  type MachineFacet,
  type MachineId,
  type MachineStatus,
  OPERATION_NAMES,
  POWER_TABLE,
  type PowerOperation,
  type PowerState,
  type WaitResult,
  type WaitTarget,
} from "../contract/mod.ts";
import { waitFor } from "../backend/wait_for.ts";
import type { MachineRecord, MemoryMethods } from "./backend.ts";
import { attempt, isRefusal, isUnsure, refuse, toDriverError } from "./errors.ts";
import { machineCommands, machineConsole, machineForwards } from "./machine_facets.ts";
import {
  about,
  addressOf,
  type Identity,
  type MemoryContext,
  readMachine,
  sshAddressOf,
} from "./record.ts";
import { stateOf } from "./state.ts";

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
/** How often a wait looks, where no event tells that something changed in the guest. */
const POLL_MS = 100;

/** The handle of a machine. */
export function machineHandle(context: MemoryContext, identity: Identity): Machine {
  const { ref, key } = identity;
  const power = (operation: PowerMethod) => (options: CallOptions = {}): Promise<Change> =>
    attempt(
      about(identity, OPERATION_NAMES[operation], options),
      () => changePower(context, identity, operation, options),
    );
  const read =
    <T>(operation: string, pick: (record: MachineRecord) => T) =>
    (options: CallOptions = {}): Promise<T> =>
      attempt(
        about(identity, operation, options),
        async () => pick(await readMachine(context, identity, options)),
      );
  return {
    id: key.uuid as MachineId,
    cluster: ref.cluster,
    name: ref.name,
    status: read("machine.status", (record) => statusOf(identity, record)),
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
    console: machineConsole(context, identity),
  };
}

function statusOf(identity: Identity, { state: raw, detail }: MachineRecord): MachineStatus {
  const state = stateOf(raw);
  if (state !== "error") return { state, raw };
  const error = refuse(about(identity, "machine.status", {}), "internal", detail, "crashed");
  return { state, raw, error: { ...error.toJSON(), backend: { code: raw, text: detail } } };
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

async function waitForTarget(
  context: MemoryContext,
  identity: Identity,
  target: WaitTarget,
  options: CallOptions & { timeoutMs: number },
): Promise<WaitResult> {
  const { timeoutMs, signal } = options;
  const told = about(identity, "machine.wait", { signal });
  if (!(timeoutMs >= 0 && Number.isFinite(timeoutMs))) {
    throw refuse(told, "invalid-argument", `the timeout must be milliseconds from 0: ${timeoutMs}`);
  }
  let state: PowerState | undefined;
  const look = async (looking: { signal: AbortSignal }): Promise<WaitResult | undefined> => {
    const record = await readMachine(context, identity, looking);
    state = stateOf(record.state);
    if (await isReached(context, target, record, looking)) return { verdict: "reached", state };
    if (state !== "error") return undefined;
    return { verdict: "failed", state, error: statusOf(identity, record).error };
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
    const error = toDriverError(cause, told);
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
