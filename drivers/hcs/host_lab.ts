/**
 * The suite's ways behind the adapter's back on a double of the service, which can be put into any state.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type {
  PlantedNamespace,
  UtilityVmHost,
  UvmExitKind,
  UvmHostOperation,
} from "../contract/mod.ts";
import { EVENTS, type HcsBackend, type JsonObject, type LabSystem } from "./backend.ts";
import { inventory, liveHost, mkdir, PLANTS, ROOM, write } from "./host.ts";
import { guidOf } from "./network.ts";
import { join } from "./paths.ts";

/** The service's words. */
const EXIT_TYPES: Readonly<Record<UvmExitKind, string>> = {
  graceful: "GracefulExit",
  forced: "ForcedExit",
  unexpected: "UnexpectedExit",
  unknown: "Unknown",
};

const METHODS: Readonly<Record<UvmHostOperation, string>> = {
  create: "system.create",
  start: "system.start",
  terminate: "system.terminate",
  modify: "system.modify",
  properties: "system.properties",
};

/** E_FAIL: what a host says that does not say why. */
const NO_REASON = "0x80004005";
/** A type of event that no documentation names. */
const UNKNOWN_EVENT = 0x7F;

/** The controls of a simulated host. */
export function simulatedHost(backend: HcsBackend): UtilityVmHost {
  const planted: Planted = new Map();
  const strangers: Strangers = new Map();
  const lab = (id: string): Promise<LabSystem> => labSystem(backend, id);
  return {
    ...liveHost(backend),
    ...planting(backend, strangers),
    ...files(backend),
    ...networks(backend, planted),
    inventory: async () => {
      const found = [...planted.keys()].map((name) => `network:${name}`);
      const access = (await grants(backend)).map((grant) => `access:${grant}`);
      return [...await inventory(backend), ...found, ...access].sort();
    },
    grants: () => grants(backend),
    devices: async (id) => deviceWords((await lab(id)).devices),
    guestDevices: async (id) => guestWords((await lab(id)).guest),
    document: async (id) => (await lab(id)).document,
    exit: async (id, kind) => {
      const status = kind === "unexpected" ? 0x80370106 | 0 : 0;
      const exitType = EXIT_TYPES[kind];
      await backend.call("lab.exit", { id, exitType, status });
    },
    refuse: async (id, operation, { code = NO_REASON, times = 1 }) => {
      const method = METHODS[operation];
      await backend.call("lab.script", { script: { method, id, code, count: times } });
    },
    failGuest: async (id, times) => {
      const script = { method: "system.modify", id, guestOnly: true, count: times };
      await backend.call("lab.script", { script: { ...script, code: "0x8037011C" } });
    },
    hold: async (id) => void await backend.call("lab.hold", { id }),
    release: async (id) => void await backend.call("lab.release", { id }),
    sendEvent: async (id, event) => {
      const exit = JSON.stringify({ Status: 0, ExitType: "UnexpectedExit" });
      const [type, data] = {
        "unknown": [UNKNOWN_EVENT, "{}"] as const,
        "empty": [EVENTS.exited, null] as const,
        "malformed": [EVENTS.exited, "{ExitType"] as const,
        "repeated-exit": [EVENTS.exited, exit] as const,
      }[event];
      await backend.call("lab.event", { id, type, data });
    },
    loseService: async () => {
      await backend.call("lab.disconnect", {});
      // The planted ones come back: nobody may take them for the suite's loss.
      for (const [id, handle] of [...strangers]) {
        await backend.call("system.close", { id, handle });
        await plant(backend, strangers, id);
      }
    },
  };
}

/** Who is let in to what. */
async function grants(backend: HcsBackend): Promise<string[]> {
  const all = await backend.call("lab.inventory", {});
  return all.flatMap((entry) => {
    const [, id, path] = /^grant:(.*?):([A-Za-z]:\\.*)$/.exec(entry) ?? [];
    return id === undefined ? [] : [`${id} ${path}`];
  });
}

async function labSystem(backend: HcsBackend, id: string): Promise<LabSystem> {
  const found = await backend.call("lab.system", { id });
  if (found) return found;
  throw new Error(`The host has no system "${id}"`);
}

/** The planted systems by identity, with their handles. */
type Strangers = Map<string, number>;

/** Makes a system of nobody, without a guest, and starts it. */
async function plant(backend: HcsBackend, strangers: Strangers, id: string): Promise<void> {
  const VirtualMachine = {
    ComputeTopology: { Memory: { SizeInMB: 64 }, Processor: { Count: 1 } },
    Chipset: { Uefi: {} },
  };
  const document = { Owner: "", SchemaVersion: { Major: 2, Minor: 1 }, VirtualMachine };
  const { handle } = await backend.call("system.create", { id, document });
  strangers.set(id, handle);
  await backend.call("system.start", { id, handle });
}

function planting(backend: HcsBackend, strangers: Strangers): Partial<UtilityVmHost> {
  return {
    plantMachine: (id) => plant(backend, strangers, id),
    uprootMachine: async (id) => {
      const handle = strangers.get(id) ?? (await backend.call("system.open", { id })).handle;
      strangers.delete(id);
      await backend.call("system.terminate", { id, handle });
      await backend.call("system.close", { id, handle });
    },
    fingerprint: async (id) =>
      createHash("sha256").update(JSON.stringify(await labSystem(backend, id))).digest("hex"),
  };
}

function files(backend: HcsBackend): Partial<UtilityVmHost> {
  return {
    windowsLayers: async () => {
      const [top, base] = [join(ROOM, "layers", "top"), join(ROOM, "layers", "base")];
      await mkdir(backend, join(top, "Files"));
      await mkdir(backend, join(base, "UtilityVM", "Files"));
      await write(backend, join(base, "UtilityVM", "SystemTemplate.vhdx"), "template");
      return [top, base];
    },
    bootFiles: async () => {
      const folder = await mkdir(backend, join(ROOM, "boot"));
      for (const name of ["kernel", "initrd.img", "rootfs.vhd", "rootfs.vhdx", "ROOTFS2.VHDX"]) {
        await write(backend, join(folder, name), name);
      }
      return folder;
    },
    plantDisk: async (name) => {
      const path = join(await mkdir(backend, PLANTS), name);
      await write(backend, path, "disk");
      return path;
    },
  };
}

/** What {@linkcode networks} made, by name. */
type Planted = Map<string, PlantedNamespace>;

function networks(backend: HcsBackend, planted: Planted): Partial<UtilityVmHost> {
  return {
    plantNetwork: async (name, count) => {
      const id = guidOf(name);
      const endpoints = Array.from({ length: count }, (_, index) => ({
        id: guidOf(`${name} ${index}`),
        macAddress: `00-15-5D-52-C0-${String(index).padStart(2, "0")}`,
      }));
      for (const { id: ID, macAddress: MacAddress } of endpoints) {
        const document = { ID, MacAddress, IPAddress: "172.16.0.2", PrefixLength: 24 };
        await backend.call("lab.network.add", { kind: "endpoint", document });
      }
      const Resources = endpoints.map(({ id: ID }) => ({ Type: "Endpoint", Data: { ID } }));
      const document = { ID: id, NamespaceId: 2, Type: "Guest", Resources };
      await backend.call("lab.network.add", { kind: "namespace", document });
      planted.set(name, { id, endpoints });
      return { id, endpoints };
    },
    uprootNetwork: async (name) => {
      const { id, endpoints } = planted.get(name) ?? { id: "", endpoints: [] };
      await backend.call("lab.network.remove", { kind: "namespace", id });
      for (const { id } of endpoints) {
        await backend.call("lab.network.remove", { kind: "endpoint", id });
      }
      planted.delete(name);
    },
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The devices in the contract's words. */
function deviceWords(devices: LabSystem["devices"]): string[] {
  return Object.entries(devices).map(([path, value]) => {
    const device = value as JsonObject;
    const [kind, ...words] = path.split("/");
    const last = words.at(-1) ?? "";
    switch (kind) {
      case "Scsi":
        return `scsi:${words[0]}:${last}=${text(device.Path)}${device.ReadOnly ? " ro" : ""}`;
      case "VirtualPMem": {
        const format = text(device.ImageFormat).toLowerCase();
        const mode = device.ReadOnly ? " ro" : "";
        return `vpmem:${last}=${text(device.HostPath)} ${format}${mode}`;
      }
      case "VirtualSmb": {
        const isReadOnly = (device.Options as JsonObject | undefined)?.ReadOnly === true;
        return `vsmb:${last}=${text(device.Path)}${isReadOnly ? " ro" : ""}`;
      }
      case "Plan9":
        return `plan9:${last}=${text(device.Path)}${Number(device.Flags ?? 0) & 1 ? " ro" : ""}`;
      case "NetworkAdapters":
        return `nic:${last}=${text(device.EndpointId)}`;
      default:
        return path;
    }
  }).sort();
}

/** What the guest has, in the contract's words. */
function guestWords(guest: LabSystem["guest"]): string[] {
  const kinds: Readonly<Record<string, string>> = {
    MappedVirtualDisk: "disk",
    VPMemDevice: "vpmem",
    MappedDirectory: "share",
    NetworkNamespace: "namespace",
    Network: "nic",
  };
  return Object.entries(guest).map(([key, value]) => {
    const slash = key.indexOf("/");
    const type = key.slice(0, slash);
    const settings = (value ?? {}) as JsonObject;
    const path = text(settings.MountPath) || text(settings.ContainerPath);
    return `${kinds[type] ?? type}:${path || key.slice(slash + 1)}`;
  }).sort();
}
