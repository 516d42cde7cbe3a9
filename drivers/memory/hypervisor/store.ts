/**
 * What the simulated hypervisor knows.
 *
 * @module
 */

import { type Clock, POWER_TABLE, type PowerOperation } from "../../contract/mod.ts";
import {
  type DiskTailoring,
  type ForwardRecord,
  type MemoryEvent,
  type NetworkRecord,
  type Owner,
  refusal,
} from "../backend.ts";
import { stateOf, WORDS } from "../state.ts";

/** What is in a machine's memory from power-on to power-off; a saved machine keeps it. */
export interface Boot {
  /** A new one at each power-on. */
  readonly id: string;
  /** When it was powered on. */
  readonly at: number;
  /** What the network's DHCP server will give it. */
  readonly address?: string;
  /** Whether the guest has run what it was given. */
  isSeeded?: boolean;
  /** Until when a program keeps a processor busy. */
  busyUntil?: number;
  /** The files in `/run`. */
  readonly files: string[];
  /** The guest's host name. */
  hostname: string;
}

/** A machine. */
export interface SimulatedMachine {
  readonly uuid: string;
  readonly name: string;
  readonly owner: Owner | null;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly network: string | null;
  readonly mac: string;
  /** A word of the hypervisor. */
  state: string;
  detail: string;
  forwards: readonly ForwardRecord[];
  boot?: Boot;
  /** What the last boot printed. */
  console: string;
}

/** A disk. */
export interface SimulatedDisk {
  readonly name: string;
  readonly machine: string;
  readonly owner: Owner | null;
  /** Base64 of its first bytes. */
  readonly bootSector: string;
  /** The host name that the guest keeps there. */
  hostname?: string;
  /** Its size, and what its guest reads at its first boot. */
  tailoring?: DiskTailoring;
}

/** What a {@linkcode Store} needs. */
export interface StoreOptions {
  /** Time. */
  readonly clock: Clock;
  /** Ends all that is on its way. */
  readonly signal: AbortSignal;
  /** Gets each change of a machine's state. */
  emit(event: MemoryEvent): void;
}

/** The hypervisor's state. Everything here happens at once; the backend adds the time that it takes. */
export class Store {
  /** Machines by identifier. */
  readonly machines = new Map<string, SimulatedMachine>();
  /** Disks by name. */
  readonly disks = new Map<string, SimulatedDisk>();
  /** Networks by name. */
  readonly networks = new Map<string, NetworkRecord>();
  /** How much memory there is for all machines that run. */
  readonly memoryMiB = 65_536;
  /** Time. */
  readonly clock: Clock;
  /** Aborted when the hypervisor is closed. */
  readonly signal: AbortSignal;
  readonly #emit: (event: MemoryEvent) => void;
  #count = 0;

  /** Makes an empty one. */
  constructor({ clock, signal, emit }: StoreOptions) {
    this.clock = clock;
    this.signal = signal;
    this.#emit = emit;
  }

  /** A number that was not there before, from 1. */
  count(): number {
    return ++this.#count;
  }

  /** A machine by its identifier. @throws {BackendError} */
  machine(uuid: string): SimulatedMachine {
    const machine = this.machines.get(uuid);
    if (machine) return machine;
    throw refusal("no-such-machine", `There is no machine with the identifier "${uuid}"`);
  }

  /** The machines of a name; there may be more than one. */
  named(name: string): SimulatedMachine[] {
    return [...this.machines.values()].filter((machine) => machine.name === name);
  }

  /** A machine's disk, if it has one. */
  diskOf({ uuid }: SimulatedMachine): SimulatedDisk | undefined {
    return [...this.disks.values()].find((disk) => disk.machine === uuid);
  }

  /** Refuses an operation that is not allowed in the machine's state. @throws {BackendError} */
  guard({ name, state }: SimulatedMachine, operation: PowerOperation): void {
    if (POWER_TABLE[stateOf(state)][operation].kind === "allowed") return;
    throw refusal("bad-state", `Machine "${name}" is in the state "${state}"`);
  }

  /** Puts a machine into a state, and tells everybody. */
  enter(machine: SimulatedMachine, state: string, detail = ""): void {
    machine.state = state;
    machine.detail = detail;
    this.tell(machine, state);
  }

  /** Tells everybody about a machine. */
  tell({ uuid, name, owner }: SimulatedMachine, state: string): void {
    this.#emit({ uuid, name, owner, state });
  }

  /** Removes a machine and tells everybody; its disk stays. */
  forget(machine: SimulatedMachine): void {
    this.machines.delete(machine.uuid);
    this.tell(machine, "gone");
  }

  /** Whether a machine has its memory in use now. */
  isActive({ state, boot }: SimulatedMachine): boolean {
    return boot !== undefined && state !== WORDS.saved;
  }
}
