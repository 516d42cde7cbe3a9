/**
 * What happens to the simulated hypervisor behind every driver's back: strangers, accidents, and
 * guests that have a will of their own. For the suite alone.
 *
 * @module
 */

import { refusal } from "../backend.ts";
import { WORDS } from "../state.ts";
import type { Handlers } from "./handlers.ts";
import { powerOff } from "./machine_methods.ts";
import type { SimulatedMachine, Store } from "./store.ts";

/** What the methods of the lab do. */
export function labMethods(store: Store): Handlers<"lab"> {
  const first = (name: string): SimulatedMachine => {
    const [machine] = store.named(name);
    if (machine) return machine;
    throw refusal("no-such-machine", `There is no machine "${name}"`);
  };
  const dropDisk = (machine: SimulatedMachine): void => {
    store.disks.delete(store.diskOf(machine)?.name ?? "");
  };
  return {
    "lab.inventory": () =>
      [
        ...[...store.machines.values()].map(({ name }) => `machine:${name}`),
        ...[...store.disks.keys()].map((name) => `disk:${name}`),
        ...[...store.networks.keys()].map((name) => `network:${name}`),
      ].sort(),
    "lab.portrait": ({ name }) => {
      const machine = first(name);
      return JSON.stringify([machine, store.diskOf(machine) ?? null]);
    },
    "lab.uproot": ({ name }) => {
      for (const machine of store.named(name).filter(({ owner }) => owner === null)) {
        dropDisk(machine);
        store.forget(machine);
      }
      return null;
    },
    "lab.turn-off": ({ name }) => {
      powerOff(store, first(name));
      return null;
    },
    "lab.vanish": ({ name }) => {
      store.forget(first(name));
      return null;
    },
    "lab.remove-disk": ({ name }) => {
      dropDisk(first(name));
      return null;
    },
    "lab.duplicate": ({ name }) => {
      const uuid = `${first(name).uuid}-${store.count()}`;
      const { forwards: _, ...rest } = first(name);
      const state = WORDS.stopped;
      store.machines.set(uuid, {
        ...rest,
        uuid,
        owner: null,
        state,
        forwards: [],
        boot: undefined,
      });
      return null;
    },
    "lab.force": ({ name, state }) => {
      if (state === WORDS.stopped) powerOff(store, first(name));
      else store.enter(first(name), state, state === WORDS.error ? "The disk failed" : "");
      return null;
    },
    "lab.reboot": () => {
      for (const machine of store.machines.values()) {
        if (store.isActive(machine)) powerOff(store, machine);
      }
      return null;
    },
  };
}
