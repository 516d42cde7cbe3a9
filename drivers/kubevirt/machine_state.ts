/**
 * From what KubeVirt shows of a machine to the states of the contract.
 *
 * @module
 */

import type { PowerState } from "../contract/mod.ts";
import type { MachineOutline } from "./backend.ts";

/** The strategy of a machine that is off. */
export const OFF = "Halted";
/** The strategy of a machine that is on: it runs until it ends by itself, and is not started again. */
export const ON = "Once";

/** Says that the maker of a machine is not done yet; its value is that making's own. */
export const CREATION_ANNOTATION = "driver.vmtck.dev/creation";

/** `printableStatus`; upstream reserves the right to add more. */
const STATUSES: Readonly<Record<string, PowerState>> = {
  Stopped: "stopped",
  Provisioning: "starting",
  Starting: "starting",
  WaitingForVolumeBinding: "starting",
  WaitingForReceiver: "starting",
  Running: "running",
  Migrating: "running",
  Paused: "paused",
  Stopping: "stopping",
  Terminating: "stopping",
  CrashLoopBackOff: "error",
  ErrorUnschedulable: "error",
  ErrImagePull: "error",
  ImagePullBackOff: "error",
  ErrorPvcNotFound: "error",
  DataVolumeError: "error",
};

/** What a machine is doing. */
export interface SeenState {
  /** The contract's word. */
  readonly state: PowerState;
  /** KubeVirt's own. */
  readonly raw: string;
}

/**
 * What a machine is doing. The status lags behind what was asked for, and reads `Stopped` before any
 * controller saw the machine: so what was asked for counts, too.
 */
export function seenState(vm: MachineOutline): SeenState {
  const { metadata, spec, status } = vm;
  const raw = status?.printableStatus ?? "";
  return {
    state: stateOf(vm, spec.runStrategy ?? "", raw),
    raw: raw || `no status (${metadata.name})`,
  };
}

function stateOf({ metadata, status }: MachineOutline, strategy: string, raw: string): PowerState {
  if (metadata.deletionTimestamp !== undefined) return "stopping";
  if (metadata.annotations?.[CREATION_ANNOTATION] !== undefined) return "creating";
  const shown = raw === "" ? "stopped" : STATUSES[raw] ?? "unknown";
  const hasInstance = status?.created === true;
  if (strategy === OFF) {
    // Whatever there is of an instance is on its way out.
    if (shown === "unknown" || shown === "error") return hasInstance ? "stopping" : shown;
    return hasInstance ? "stopping" : "stopped";
  }
  // With an instance, it is one that has come to its end; without one, there is going to be one.
  if (shown === "stopped" && strategy !== "Manual") return hasInstance ? "stopped" : "starting";
  return shown;
}
