/**
 * The methods below the adapter: those of a hypervisor that there is in no shop.
 *
 * @module
 */

import { type Backend, BackendError } from "../backend/backend.ts";

/** Whose something is, kept beside it as metadata; null for what is nobody's of ours. */
export type Owner = {
  readonly owner: string;
  readonly cluster: string;
  /** Absent for a network. */
  readonly name?: string;
};

/** How a machine is addressed. The identifier decides; the name is for the trace. */
export type MachineKey = { readonly uuid: string; readonly name: string };

/** A rule that leads a TCP port of the host to one of a machine. */
export type ForwardRecord = { readonly hostPort: number; readonly machinePort: number };

/** A machine, as the hypervisor tells it. */
export type MachineRecord = {
  readonly uuid: string;
  readonly name: string;
  readonly owner: Owner | null;
  /** A word of the hypervisor. */
  readonly state: string;
  /** Why, where the state needs a reason. */
  readonly detail: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly network: string | null;
  readonly mac: string;
  /** All addresses that the guest told, useful or not. */
  readonly addresses: readonly string[];
  readonly forwards: readonly ForwardRecord[];
};

/** A disk. */
export type DiskRecord = {
  readonly name: string;
  /** The machine that it was made for. */
  readonly machine: string;
  readonly owner: Owner | null;
  /** Its virtual size; null for that of its image. */
  readonly sizeBytes: number | null;
};

/** What a disk is like beyond its image, and what its guest reads at its first boot. */
export type DiskTailoring = {
  /** Its virtual size; null for that of its image. */
  readonly sizeBytes: number | null;
  /** The guest's host name. */
  readonly hostname: string | null;
  /** What the guest runs. */
  readonly cmds: readonly string[];
  /** The keys that may log in to it. */
  readonly keys: readonly string[];
  /** The password of its administrator. */
  readonly password: string | null;
};

/** How a network is addressed. The identifier decides; the name is for the trace. */
export type NetworkKey = { readonly uuid: string; readonly name: string };

/** A network with its DHCP server. */
export type NetworkRecord = {
  readonly uuid: string;
  readonly name: string;
  readonly owner: Owner | null;
  readonly cidr: string;
};

/** An address that a network gave out. */
export type LeaseRecord = {
  readonly mac: string;
  readonly address: string;
  readonly hostname: string;
};

/** What a program in a guest answered. */
export type ProgramResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Without content. */
export type Nothing = Readonly<Record<string, never>>;
/** A method that changes a machine's state. */
export type PowerMethod = {
  readonly params: MachineKey;
  readonly result: { readonly state: string };
};

/** The methods. Those of `lab` are for the suite alone: what hosts, guests and strangers do. */
export type MemoryMethods = {
  readonly "host.info": { params: Nothing; result: { version: string; memoryMiB: number } };

  readonly "machine.define": {
    params: MachineKey & {
      owner: Owner | null;
      memoryMiB: number;
      cpus: number;
      network: string | null;
    };
    result: null;
  };
  readonly "machine.get": { params: MachineKey; result: MachineRecord };
  readonly "machine.find": { params: { name: string }; result: readonly MachineRecord[] };
  readonly "machine.list": { params: Nothing; result: readonly MachineRecord[] };
  readonly "machine.start": PowerMethod;
  readonly "machine.shutdown": PowerMethod;
  readonly "machine.destroy": PowerMethod;
  readonly "machine.suspend": PowerMethod;
  readonly "machine.resume": PowerMethod;
  readonly "machine.save": PowerMethod;
  readonly "machine.undefine": { params: MachineKey & { force: boolean }; result: null };
  readonly "machine.console": { params: MachineKey; result: string };

  /** What a machine uses of the host; only while it is on. */
  readonly "machine.usage": {
    params: MachineKey;
    result: { memoryBytes: number; cpuPercent: number };
  };
  /** Makes a machine's disk, a copy of an image; the machine is complete then, and off. */
  readonly "disk.create": {
    params: { machine: string; name: string; owner: Owner | null; bootSector: string };
    result: null;
  };
  /** Gives a machine's disk a size, and its guest what it reads at its first boot. */
  readonly "disk.tailor": { params: { machine: string } & DiskTailoring; result: null };
  readonly "disk.list": { params: Nothing; result: readonly DiskRecord[] };
  readonly "disk.delete": { params: { name: string }; result: null };

  /** Without a CIDR, the hypervisor picks a free one. */
  readonly "network.create": {
    params: NetworkKey & { owner: Owner | null; cidr: string | null };
    result: NetworkRecord;
  };
  readonly "network.find": { params: { name: string }; result: NetworkRecord | null };
  readonly "network.list": { params: Nothing; result: readonly NetworkRecord[] };
  readonly "network.delete": { params: NetworkKey; result: null };
  readonly "network.leases": { params: { name: string }; result: readonly LeaseRecord[] };

  readonly "forward.add": { params: MachineKey & ForwardRecord; result: null };
  readonly "forward.remove": { params: MachineKey & { machinePort: number }; result: null };

  readonly "guest.run": {
    params: { address: string; argv: readonly string[] };
    result: ProgramResult;
  };

  readonly "lab.inventory": { params: Nothing; result: readonly string[] };
  readonly "lab.portrait": { params: { name: string }; result: string };
  readonly "lab.uproot": { params: { name: string }; result: null };
  readonly "lab.turn-off": { params: { name: string }; result: null };
  readonly "lab.vanish": { params: { name: string }; result: null };
  readonly "lab.remove-disk": { params: { name: string }; result: null };
  readonly "lab.duplicate": { params: { name: string }; result: null };
  readonly "lab.force": { params: { name: string; state: string }; result: null };
  readonly "lab.reboot": { params: Nothing; result: null };
};

/** A machine went into a state; `gone` when it was removed. */
export type MemoryEvent = MachineKey & { readonly owner: Owner | null; readonly state: string };

/** The backend of the memory driver. */
export type MemoryBackend = Backend<MemoryMethods, MemoryEvent>;

/** The hypervisor's own error codes. */
export type RawCode =
  | "bad-state"
  | "busy"
  | "cidr-taken"
  | "connection-refused"
  | "denied"
  | "exists"
  | "fault"
  | "in-use"
  | "no-disk"
  | "no-memory"
  | "no-route"
  | "no-space"
  | "no-such-disk"
  | "no-such-forward"
  | "no-such-machine"
  | "no-such-network"
  | "port-taken";

/** The hypervisor's error. */
export function refusal(code: RawCode, text: string): BackendError {
  return new BackendError("refused", code, text);
}
