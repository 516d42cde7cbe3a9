/**
 * From libvirt's states to the contract's.
 *
 * @module
 */

import type { PowerState } from "../contract/mod.ts";
import {
  DomainState,
  LifecycleDetail,
  LifecycleType,
  PausedReason,
  ShutoffReason,
} from "./rpc/constants.ts";

/** A state with libvirt's own words for it. */
export interface Seen {
  /** The contract's state. */
  readonly state: PowerState;
  /** libvirt's state and reason, such as `shutoff/crashed`. */
  readonly raw: string;
}

/** What a state needs besides libvirt's two numbers. */
export interface Besides {
  /** Whether memory was saved, to be restored by the next start. */
  readonly saved: boolean;
  /** Whether its maker is not done yet. */
  readonly creating: boolean;
}

/** How a paused domain came to be so, if nobody paused it. */
const PAUSED: Readonly<Record<number, PowerState>> = {
  [PausedReason.SAVE]: "stopping",
  [PausedReason.IOERROR]: "error",
  [PausedReason.WATCHDOG]: "error",
  [PausedReason.SHUTTING_DOWN]: "stopping",
  [PausedReason.CRASHED]: "error",
  [PausedReason.STARTING_UP]: "starting",
};

const STATES: Readonly<Record<number, PowerState>> = {
  [DomainState.RUNNING]: "running",
  // Waits for a device of the host, for a moment.
  [DomainState.BLOCKED]: "running",
  [DomainState.PAUSED]: "paused",
  [DomainState.SHUTDOWN]: "stopping",
  [DomainState.SHUTOFF]: "stopped",
  [DomainState.CRASHED]: "error",
  // Asleep by its own wish: no operation of the contract wakes it, so `paused` would promise too much.
  [DomainState.PMSUSPENDED]: "unknown",
};

/** What a domain is doing. */
export function stateOf(state: number, reason: number, besides: Besides): Seen {
  const raw = `${word(DomainState, state)}/${word(reasons(state), reason)}`;
  if (state === DomainState.SHUTOFF) {
    if (besides.creating) return { state: "creating", raw };
    return besides.saved ? { state: "saved", raw: "shutoff/saved" } : { state: "stopped", raw };
  }
  if (state === DomainState.PAUSED) return { state: PAUSED[reason] ?? "paused", raw };
  return { state: STATES[state] ?? "unknown", raw };
}

function reasons(state: number): Readonly<Record<string, number>> {
  if (state === DomainState.PAUSED) return PausedReason;
  return state === DomainState.SHUTOFF ? ShutoffReason : {};
}

const EVENTS: Readonly<Record<number, PowerState>> = {
  [LifecycleType.DEFINED]: "stopped",
  [LifecycleType.UNDEFINED]: "absent",
  [LifecycleType.STARTED]: "running",
  [LifecycleType.SUSPENDED]: "paused",
  [LifecycleType.RESUMED]: "running",
  [LifecycleType.STOPPED]: "stopped",
  [LifecycleType.SHUTDOWN]: "stopping",
  [LifecycleType.PMSUSPENDED]: "unknown",
  [LifecycleType.CRASHED]: "error",
};

const { SUSPENDED, STOPPED, DEFINED } = LifecycleDetail;

/** Details that say more than the event. */
const DETAILS: Readonly<Record<number, Readonly<Record<number, PowerState>>>> = {
  [LifecycleType.SUSPENDED]: {
    [SUSPENDED.IOERROR]: "error",
    [SUSPENDED.WATCHDOG]: "error",
    [SUSPENDED.API_ERROR]: "error",
  },
  [LifecycleType.STOPPED]: { [STOPPED.SAVED]: "saved" },
};

/** What an event says of a domain; undefined if nothing about its power. */
export function stateOfEvent(event: number, detail: number): Seen | undefined {
  // Redefining changes no state, whatever it was.
  if (event === LifecycleType.DEFINED && detail !== DEFINED.ADDED) return undefined;
  const state = DETAILS[event]?.[detail] ?? EVENTS[event] ?? "unknown";
  const name = Object.keys(LifecycleType).find((key) =>
    LifecycleType[key as keyof typeof LifecycleType] === event
  );
  const details = LifecycleDetail[name as keyof typeof LifecycleDetail] ?? {};
  return { state, raw: `${word(LifecycleType, event)}/${word(details, detail)}` };
}

/** libvirt's word for a number, or the number itself. */
function word(words: Readonly<Record<string, number>>, number: number): string {
  const found = Object.entries(words).find(([, value]) => value === number);
  return found ? found[0].toLowerCase().replaceAll("_", "-") : String(number);
}
