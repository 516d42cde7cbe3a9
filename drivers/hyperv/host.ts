/**
 * The suite's ways behind the adapter's back, by the same backend.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { HostControl, HostControls, PowerState } from "../contract/mod.ts";
import type { HypervBackend, VhdRecord, VmDetails, VmRecord } from "./backend.ts";
import { isRefused, mayBeMissing } from "./errors.ts";
import { isOff } from "./state.ts";
import { readTag, writeTag } from "./tag.ts";

/** Why some controls make no sense on a real host. */
const INAPPLICABLE: Readonly<Partial<Record<HostControl, string>>> = {
  plantNetwork: "the driver makes no networks",
  uprootNetwork: "the driver makes no networks",
};
const LIVE_INAPPLICABLE: typeof INAPPLICABLE = {
  ...INAPPLICABLE,
  reboot: "the host is the one that the suite runs on",
  force: "Hyper-V puts no machine into a state that no operation leads to",
};

/** The controls of a real host. */
export function liveHost(backend: HypervBackend): HostControls {
  return {
    inapplicable: LIVE_INAPPLICABLE,
    inventory: () => inventory(backend),
    plantMachine: (name) => plant(backend, name),
    uprootMachine: async (name) => {
      for (const vm of await named(backend, name)) {
        if (!readTag(vm.notes)) await remove(backend, vm, true);
      }
    },
    fingerprint: async (name) => {
      const portraits = (await named(backend, name)).map((vm) => portrait(backend, vm));
      return createHash("sha256").update(JSON.stringify(await Promise.all(portraits)))
        .digest("hex");
    },
    turnOff: async (name) => await turnOff(backend, await one(backend, name)),
    vanish: async (name) => await remove(backend, await one(backend, name), false),
    removeDisk: async (name) => {
      const { hardDrives } = await detailsOf(backend, await one(backend, name));
      const Items = hardDrives.map(({ path: Path }) => ({ Path }));
      await backend.call("Remove-VmtckItems", { Items, EvenUsed: true });
    },
    duplicate: (name) => plant(backend, name),
  };
}

/** The word of Hyper-V for a state; another one that this adapter knows nothing of for the rest. */
const WORDS: Readonly<Partial<Record<PowerState, string>>> = {
  stopped: "Off",
  starting: "Starting",
  running: "Running",
  stopping: "Stopping",
  paused: "Paused",
  saved: "Saved",
  error: "PausedCritical",
};
const STRANGE_WORD = "Migrating";

/** The controls of a simulated host, which can be put into any state. */
export function simulatedHost(backend: HypervBackend): HostControls {
  return {
    ...liveHost(backend),
    inapplicable: INAPPLICABLE,
    force: async (name, state) => {
      const vm = await one(backend, name);
      if (state === "creating") return await unfinish(backend, vm);
      const State = WORDS[state] ?? STRANGE_WORD;
      await backend.call("Set-VmtckState", { Id: vm.id, State });
    },
    reboot: async () => void await backend.call("Restart-VmtckHost", {}),
  };
}

async function named(backend: HypervBackend, Name: string): Promise<readonly VmRecord[]> {
  try {
    return (await backend.call("Get-VM", { Name })).vms;
  } catch (error) {
    if (mayBeMissing(error)) return [];
    throw error;
  }
}

async function detailsOf(backend: HypervBackend, { id: Id }: VmRecord): Promise<VmDetails> {
  return (await backend.call("Get-VmtckDetails", { Id })).details;
}

/** The one of ours, if there are several of that name. */
async function one(backend: HypervBackend, name: string): Promise<VmRecord> {
  const found = await named(backend, name);
  const vm = found.find(({ notes }) => readTag(notes)) ?? found[0];
  if (vm) return vm;
  throw new Error(`The host has no machine "${name}"`);
}

async function inventory(backend: HypervBackend): Promise<string[]> {
  const { vms } = await backend.call("Get-VM", {});
  const { items } = await backend.call("Get-VmtckGround", {});
  return [
    ...vms.map(({ name }) => `machine:${name}`),
    ...items.map(({ name, folder }) => `${folder ? "folder" : "disk"}:${name}`),
  ].sort();
}

/** A machine without notes, away from this adapter's folder. */
async function plant(backend: HypervBackend, Name: string): Promise<void> {
  const { host: { virtualMachinePath: Path } } = await backend.call("Get-VMHost", {});
  const MemoryStartupBytes = 64 * 1024 * 1024;
  await backend.call("New-VM", { Name, Generation: 1, Path, MemoryStartupBytes });
}

async function turnOff(backend: HypervBackend, { id: Id }: VmRecord): Promise<void> {
  try {
    await backend.call("Stop-VM", { Id, TurnOff: true });
  } catch (error) {
    if (!isRefused(error, "InvalidState")) throw error;
  }
}

async function remove(backend: HypervBackend, vm: VmRecord, planted: boolean): Promise<void> {
  if (!isOff(vm.state)) await turnOff(backend, vm);
  const Path = planted ? (await detailsOf(backend, vm)).path : "";
  await backend.call("Remove-VM", { Id: vm.id });
  // What Hyper-V leaves of a folder that it made for this machine, and for others of that name.
  if (!Path.endsWith(`\\${vm.name}`)) return;
  await backend.call("Remove-VmtckItems", { Items: [{ Path }] });
}

/** Makes a machine look as one whose maker is not done yet. */
async function unfinish(backend: HypervBackend, vm: VmRecord): Promise<void> {
  const tag = readTag(vm.notes);
  if (!tag) throw new Error(`The machine "${vm.name}" has no tag`);
  await turnOff(backend, vm);
  await backend.call("Set-VM", { Id: vm.id, Notes: writeTag({ ...tag, creating: true }) });
}

/** Without what changes by itself. */
async function portrait(backend: HypervBackend, vm: VmRecord): Promise<unknown> {
  const details = await detailsOf(backend, vm);
  const disks = await Promise.all(details.hardDrives.map(async ({ path: Path }) => {
    try {
      const { fileSize: _, ...vhd }: VhdRecord = (await backend.call("Get-VHD", { Path })).vhd;
      return vhd;
    } catch (error) {
      if (isRefused(error)) return "gone";
      throw error;
    }
  }));
  return [vm, details, disks];
}
