/**
 * Machines and disks of the simulated hypervisor.
 *
 * @module
 */

import { type MachineRecord, refusal } from "../backend.ts";
import { WORDS } from "../state.ts";
import { addressesOf, consoleOf, DEFAULT_HOSTNAME, hasBooted, isGuest } from "./guest.ts";
import type { Handlers } from "./handlers.ts";
import type { SimulatedMachine, Store } from "./store.ts";
import { freeAddress } from "./subnets.ts";

/** How long a guest that obeys needs to shut down. */
const SHUTDOWN_MS = 300;

/** A machine as the hypervisor tells it. */
function recordOf(store: Store, machine: SimulatedMachine): MachineRecord {
  const { boot: _, console: __, ...rest } = machine;
  return { ...rest, addresses: addressesOf(store, machine) };
}

/** Cuts a machine's power. */
export function powerOff(store: Store, machine: SimulatedMachine): void {
  machine.console = consoleOf(store, machine);
  machine.boot = undefined;
  store.enter(machine, WORDS.stopped);
}

/** Powers a machine on, from its disk. */
function powerOn(store: Store, machine: SimulatedMachine): void {
  const disk = store.diskOf(machine);
  if (!disk) throw refusal("no-disk", `Machine "${machine.name}" has no disk`);
  assertMemory(store, machine);
  machine.boot = {
    id: uuidOf(store.count()),
    at: store.clock.now(),
    address: freeAddress(store, machine),
    files: [],
    hostname: disk.hostname ?? DEFAULT_HOSTNAME,
  };
  store.enter(machine, WORDS.running);
}

function assertMemory(store: Store, machine: SimulatedMachine): void {
  const others = [...store.machines.values()]
    .filter((other) => other !== machine && store.isActive(other));
  const free = store.memoryMiB - others.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  if (machine.memoryMiB <= free) return;
  throw refusal("no-memory", `Machine "${machine.name}" needs more than the ${free} MiB left`);
}

/** An identifier with a number in it. */
function uuidOf(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, "0")}`;
}

/** Asks the guest to shut down. One that is not up yet, or is none, takes no notice. */
function askToShutDown(store: Store, machine: SimulatedMachine): void {
  const { boot } = machine;
  if (!isGuest(store, machine) || !hasBooted(store, machine)) return;
  store.enter(machine, WORDS.stopping);
  const { clock, signal } = store;
  clock.sleep(SHUTDOWN_MS, { signal }).then(() => {
    if (machine.boot === boot && machine.state === WORDS.stopping) powerOff(store, machine);
  }, () => {/* The hypervisor was closed. */});
}

/** What parts of its memory and of a core a machine uses, while nothing runs in it and in general. */
const USED = { idle: { memory: 0.125, percent: 1 }, booted: { memory: 0.5, percent: 4 } };

/** What a program that never waits uses of a core. */
const BUSY_PERCENT = 100;

/** What a machine uses of the host. */
function usageOf(
  store: Store,
  machine: SimulatedMachine,
): { memoryBytes: number; cpuPercent: number } {
  if (!store.isActive(machine)) throw refusal("bad-state", `Machine "${machine.name}" is off`);
  const { memory, percent } = hasBooted(store, machine) ? USED.booted : USED.idle;
  const isBusy = (machine.boot?.busyUntil ?? 0) > store.clock.now();
  const cpuPercent = isBusy ? BUSY_PERCENT : percent;
  return { memoryBytes: machine.memoryMiB * 1024 * 1024 * memory, cpuPercent };
}

/** What the methods of machines and disks do. */
export function machineMethods(store: Store): Handlers<"machine"> & Handlers<"disk"> {
  const records = (machines: Iterable<SimulatedMachine>): MachineRecord[] =>
    [...machines].map((machine) => recordOf(store, machine));
  return {
    ...powerMethods(store),
    ...diskMethods(store),
    "machine.define": ({ uuid, name, ...rest }) => {
      if (store.named(name).length > 0 || store.machines.has(uuid)) {
        throw refusal("exists", `There is a machine "${name}" already`);
      }
      if (rest.network !== null && !store.networks.has(rest.network)) {
        throw refusal("no-such-network", `There is no network "${rest.network}"`);
      }
      const serial = store.count();
      const mac = [0x52, 0x54, 0, serial >> 16, serial >> 8, serial]
        .map((byte) => (byte & 0xff).toString(16).padStart(2, "0")).join(":");
      const state = WORDS.creating;
      const machine = { uuid, name, ...rest, mac, state, detail: "", forwards: [], console: "" };
      store.machines.set(uuid, machine);
      store.tell(machine, state);
      return null;
    },
    "machine.get": ({ uuid }) => recordOf(store, store.machine(uuid)),
    "machine.find": ({ name }) => records(store.named(name)),
    "machine.list": () => records(store.machines.values()),
    "machine.undefine": ({ uuid, force }) => {
      const machine = store.machine(uuid);
      store.guard(machine, force ? "forceDelete" : "delete");
      store.forget(machine);
      return null;
    },
    "machine.console": ({ uuid }) => consoleOf(store, store.machine(uuid)),
    "machine.usage": ({ uuid }) => usageOf(store, store.machine(uuid)),
  };
}

type PowerMethods = Pick<
  Handlers<"machine">,
  | "machine.start"
  | "machine.shutdown"
  | "machine.destroy"
  | "machine.suspend"
  | "machine.resume"
  | "machine.save"
>;

function powerMethods(store: Store): PowerMethods {
  return {
    "machine.start": ({ uuid }) => {
      const machine = store.machine(uuid);
      store.guard(machine, "start");
      if (machine.state === WORDS.saved) assertMemory(store, machine);
      const isResumed = machine.state === WORDS.paused || machine.state === WORDS.saved;
      if (isResumed && machine.boot) store.enter(machine, WORDS.running);
      else powerOn(store, machine);
      return { state: machine.state };
    },
    "machine.shutdown": ({ uuid }) => {
      const machine = store.machine(uuid);
      store.guard(machine, "stop");
      askToShutDown(store, machine);
      return { state: machine.state };
    },
    "machine.destroy": ({ uuid }) => {
      const machine = store.machine(uuid);
      store.guard(machine, "forceStop");
      powerOff(store, machine);
      return { state: machine.state };
    },
    "machine.suspend": ({ uuid }) => {
      const machine = store.machine(uuid);
      store.guard(machine, "pause");
      store.enter(machine, WORDS.paused);
      return { state: machine.state };
    },
    "machine.resume": ({ uuid }) => {
      const machine = store.machine(uuid);
      store.guard(machine, "resume");
      store.enter(machine, WORDS.running);
      return { state: machine.state };
    },
    "machine.save": ({ uuid }) => {
      const machine = store.machine(uuid);
      store.guard(machine, "save");
      store.enter(machine, WORDS.saved);
      return { state: machine.state };
    },
  };
}

function diskMethods(store: Store): Handlers<"disk"> {
  return {
    "disk.create": ({ machine: uuid, name, owner, bootSector }) => {
      const machine = store.machine(uuid);
      if (store.disks.has(name)) throw refusal("exists", `There is a disk "${name}" already`);
      if (machine.state !== WORDS.creating) {
        throw refusal("bad-state", `Machine "${machine.name}" is complete already`);
      }
      store.disks.set(name, { name, machine: uuid, owner, bootSector });
      store.enter(machine, WORDS.stopped);
      return null;
    },
    "disk.tailor": ({ machine: uuid, ...tailoring }) => {
      const disk = store.diskOf(store.machine(uuid));
      if (!disk) throw refusal("no-disk", "The machine has no disk");
      disk.tailoring = tailoring;
      if (tailoring.hostname !== null) disk.hostname = tailoring.hostname;
      return null;
    },
    "disk.list": () =>
      [...store.disks.values()].map(({ name, machine, owner, tailoring }) => {
        return { name, machine, owner, sizeBytes: tailoring?.sizeBytes ?? null };
      }),
    "disk.delete": ({ name }) => {
      const disk = store.disks.get(name);
      if (!disk) throw refusal("no-such-disk", `There is no disk "${name}"`);
      if (store.machines.has(disk.machine)) {
        throw refusal("in-use", `Disk "${name}" belongs to a machine`);
      }
      store.disks.delete(name);
      return null;
    },
  };
}
