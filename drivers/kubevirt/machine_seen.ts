/**
 * Looking at one machine.
 *
 * @module
 */

import { type About, Trouble } from "../backend/driver_errors.ts";
import { decide, DriverError, type DriverErrorData, type MachineRef } from "../contract/mod.ts";
import type { PowerOperation, PowerState } from "../contract/mod.ts";
import type { MachineOutline } from "./backend.ts";
import type { DriverSession, Options } from "./driver_session.ts";
import { seenState } from "./machine_state.ts";
import { patiently } from "./patience.ts";

/** Which machine a handle stands for: a successor of the same name is another one. */
export interface Identity {
  /** Its uid. */
  readonly uid: string;
  /** Its names. */
  readonly ref: MachineRef;
}

/** The machine, or undefined if it is gone. */
export async function findMachine(
  session: DriverSession,
  { uid, ref }: Identity,
  options: Options,
): Promise<MachineOutline | undefined> {
  const vm = await session.find(session.nameOf(ref), options);
  return vm?.metadata.uid === uid ? vm : undefined;
}

/** The machine. @throws {DriverError} `not-found` for the operation */
export async function readMachine(
  session: DriverSession,
  identity: Identity,
  operation: PowerOperation,
  options: Options,
): Promise<MachineOutline> {
  const vm = await findMachine(session, identity, options);
  if (vm) return vm;
  decide("absent", operation, identity.ref);
  throw new TypeError("The power table allows something for a machine that is absent");
}

/** What {@linkcode settled} waits for. */
export interface Settling {
  /** For what, if the machine is gone meanwhile. */
  readonly operation: PowerOperation;
  /** Whether it is there. */
  isSettled(state: PowerState): boolean;
  /** What the cluster answered to the change. */
  readonly answer?: MachineOutline;
  /** Whether it takes a while in any case, so that the first look comes later. */
  readonly isSlow?: boolean;
}

/**
 * Waits until the machine is in one of the states.
 *
 * @throws {Trouble} `deadline-exceeded` if it takes longer than the user has patience
 */
export async function settled(
  session: DriverSession,
  identity: Identity,
  { operation, isSettled, answer, isSlow = false }: Settling,
  { signal }: Options,
): Promise<MachineOutline> {
  if (answer && isSettled(seenState(answer).state)) return answer;
  const { clock, settings } = session;
  let last = answer ? seenState(answer).raw : "";
  const vm = await patiently({
    ...{ clock, settings, signal, isAnswered: isSlow || answer !== undefined },
    async look({ signal }): Promise<MachineOutline | undefined> {
      const vm = await readMachine(session, identity, operation, { signal });
      const { state, raw } = seenState(vm);
      last = raw;
      return isSettled(state) ? vm : undefined;
    },
  });
  if (vm) return vm;
  const why = `it still shows ${JSON.stringify(last)} after ${settings.patienceMs / 1000} seconds`;
  throw new Trouble("deadline-exceeded", why, "slow-cluster");
}

/** What is wrong with a machine that cannot run. */
export function troubleOf(vm: MachineOutline): Trouble {
  const { raw } = seenState(vm);
  const words = (vm.status?.conditions ?? [])
    .filter(({ message, status }) => message && status === "False")
    .map(({ message }) => message);
  const why = [`KubeVirt shows ${JSON.stringify(raw)}`, ...words].join(": ");
  const code = raw === "ErrorUnschedulable" ? "resource-exhausted" : "failed-precondition";
  return new Trouble(code, why, code === "resource-exhausted" ? "unschedulable" : undefined);
}

/** The same as plain data, for a status or a verdict. */
export function troubleData(vm: MachineOutline, { operation, subject }: About): DriverErrorData {
  const { code, message, reason } = troubleOf(vm);
  return new DriverError({ code, operation, subject, message, reason }).toJSON();
}
