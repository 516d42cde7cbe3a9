/**
 * Networks and port forwards of the simulated hypervisor.
 *
 * @module
 */

import { overlap } from "../../contract/mod.ts";
import { type LeaseRecord, type NetworkRecord, refusal } from "../backend.ts";
import { addressesOf } from "./guest.ts";
import type { Handlers } from "./handlers.ts";
import type { Store } from "./store.ts";
import { cidrOf, freeCidr } from "./subnets.ts";

/** What the methods of networks and forwards do. */
export function networkMethods(store: Store): Handlers<"network"> & Handlers<"forward"> {
  const get = (name: string): NetworkRecord => {
    const network = store.networks.get(name);
    if (network) return network;
    throw refusal("no-such-network", `There is no network "${name}"`);
  };
  return {
    ...forwardMethods(store),
    "network.create": ({ uuid, name, owner, cidr: wanted }) => {
      if (store.networks.has(name)) {
        throw refusal("exists", `There is a network "${name}" already`);
      }
      const taken = [...store.networks.values()].map(({ cidr }) => cidrOf(cidr));
      const cidr = wanted ?? freeCidr(taken);
      if (cidr === undefined) throw refusal("no-space", "There is no free network left");
      if (taken.some((other) => overlap(other, cidrOf(cidr)))) {
        throw refusal("cidr-taken", `Network ${cidr} overlaps another one`);
      }
      const network = { uuid, name, owner, cidr };
      store.networks.set(name, network);
      return network;
    },
    "network.find": ({ name }) => store.networks.get(name) ?? null,
    "network.list": () => [...store.networks.values()],
    "network.delete": ({ uuid, name }) => {
      if (get(name).uuid !== uuid) {
        throw refusal("no-such-network", `The network "${name}" is another one`);
      }
      const user = [...store.machines.values()].find(({ network }) => network === name);
      if (user) throw refusal("in-use", `Machine "${user.name}" is attached to network "${name}"`);
      store.networks.delete(name);
      return null;
    },
    "network.leases": ({ name }) => leasesOf(store, get(name)),
  };
}

function leasesOf(store: Store, network: NetworkRecord): LeaseRecord[] {
  return [...store.machines.values()].flatMap((machine) => {
    const { mac, boot } = machine;
    const address = addressesOf(store, machine).find((each) => each === boot?.address);
    if (machine.network !== network.name || !boot || address === undefined) return [];
    return [{ mac, address, hostname: boot.hostname }];
  });
}

function forwardMethods(store: Store): Handlers<"forward"> {
  return {
    "forward.add": ({ uuid, hostPort, machinePort }) => {
      const machine = store.machine(uuid);
      if (machine.forwards.some((rule) => rule.machinePort === machinePort)) {
        throw refusal("exists", `Port ${machinePort} of the machine has a rule already`);
      }
      const all = [...store.machines.values()].flatMap(({ forwards }) => forwards);
      if (all.some((rule) => rule.hostPort === hostPort)) {
        throw refusal("port-taken", `Port ${hostPort} of the host is taken`);
      }
      machine.forwards = [...machine.forwards, { hostPort, machinePort }];
      return null;
    },
    "forward.remove": ({ uuid, machinePort }) => {
      const machine = store.machine(uuid);
      const rest = machine.forwards.filter((rule) => rule.machinePort !== machinePort);
      if (rest.length === machine.forwards.length) {
        throw refusal("no-such-forward", `Port ${machinePort} of the machine has no rule`);
      }
      machine.forwards = rest;
      return null;
    },
  };
}
