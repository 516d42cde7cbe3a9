/**
 * The suite's ways behind the back of the task driver, by the same backend.
 *
 * @module
 */

import type { TaskHost, TaskHostControl } from "../../contract/mod.ts";
import type { DomainRef, LeaseRecord, LibvirtBackend, VolumeRef } from "../backend.ts";
import { isRefused, unlessRefused } from "../errors.ts";
import { libvirtHost } from "../host.ts";
import { Flags } from "../rpc/constants.ts";
import { ErrorNumber } from "../rpc/errors.ts";
import { all, first, textOf } from "../jsonml.ts";
import { machineOf, TABLES } from "./rules.ts";

const { NO_NETWORK, NO_STORAGE_VOL, OPERATION_INVALID } = ErrorNumber;
const DESTROY_MS = 30_000;
/** A guest has to boot before it hears anything. */
const GUEST_MS = 120_000;
/** For one command over SSH. */
const SSH_MS = 60_000;
const KIB_PER_MIB = 1024;

/** Why some controls make no sense here. */
const INAPPLICABLE: Readonly<Partial<Record<TaskHostControl, string>>> = {
  killForMemory: "libvirt does not say why a QEMU was killed",
};

/** The controls over a backend. */
export function libvirtTaskHost(backend: LibvirtBackend): TaskHost {
  const machines = libvirtHost(backend);
  const find = (name: string): Promise<DomainRef> => backend.call("domainLookupByName", { name });
  const { plantMachine, uprootMachine, fingerprint } = machines;
  return {
    inapplicable: INAPPLICABLE,
    ...{ plantMachine, uprootMachine, fingerprint },
    inventory: async () =>
      [
        ...await machines.inventory(),
        ...await leases(backend),
        ...await rules(backend),
      ].sort(),
    killProcess: async (name) => void await backend.call("qemu.kill", { domain: await find(name) }),
    turnOff: (name) => askGuest(backend, name, "powerdown"),
    restartGuest: (name) => askGuest(backend, name, "reboot"),
    vanish: (name) => vanish(backend, name),
    pause: async (name) => void await backend.call("domainSuspend", { domain: await find(name) }),
    resume: async (name) => void await backend.call("domainResume", { domain: await find(name) }),
    async size(name) {
      const domain = await find(name);
      const { maxMemory, vcpus } = await backend.call("domainGetInfo", { domain });
      return { memoryMiB: maxMemory / KIB_PER_MIB, cpus: vcpus };
    },
    async diskBytes(name) {
      const [volume] = await disksOf(backend, await find(name));
      const xml = await backend.call("storageVolGetXmlDesc", { volume, flags: 0 });
      return Number(textOf(xml, "capacity"));
    },
    run: (name, argv) => run(backend, name, argv),
    async answers(port) {
      const params = { address: `127.0.0.1:${port}`, argv: ["true"] };
      try {
        return (await backend.call("ssh.run", params, { timeoutMs: SSH_MS })).exitCode === 0;
      } catch (error) {
        if (isRefused(error) && error.code === "ssh-unreachable") return false;
        throw error;
      }
    },
    restartDaemon: async () => void await backend.call("daemon.restart", {}),
  };
}

/** What guests have of the addresses of libvirt's networks. */
async function leases(backend: LibvirtBackend): Promise<string[]> {
  const networks = await backend.call("connectListAllNetworks", { flags: 0 });
  const found = await Promise.all(networks.map(async (network) => {
    const records = await backend.call("networkGetDhcpLeases", { network })
      .catch(unlessRefused<readonly LeaseRecord[]>([], OPERATION_INVALID, NO_NETWORK));
    return records.map(({ mac, address }) => `lease:${network.name}/${address}/${mac}`);
  }));
  return found.flat();
}

/** The firewall rules of tasks. */
async function rules(backend: LibvirtBackend): Promise<string[]> {
  const found: string[] = [];
  for (const table of TABLES) {
    const lines = await backend.call("iptables.list", { table });
    for (const line of lines) {
      const machine = machineOf(line);
      if (machine !== undefined) found.push(`rule:${machine} ${table} ${line}`);
    }
  }
  return found;
}

async function askGuest(
  backend: LibvirtBackend,
  name: string,
  mode: "powerdown" | "reboot",
): Promise<void> {
  const domain = await backend.call("domainLookupByName", { name });
  await backend.call("guest.shutdown", { domain, mode }, { timeoutMs: GUEST_MS });
}

/** In the suite's guest, whose boot ends with a file: before it, what the seed says is not done yet. */
async function run(
  backend: LibvirtBackend,
  name: string,
  argv: readonly string[],
): Promise<string> {
  const domain = await backend.call("domainLookupByName", { name });
  const script = 'until [ -e /run/ready ]; do sleep 0.1; done; exec "$@"';
  const params = { domain, argv: ["sh", "-c", script, "sh", ...argv] };
  return await backend.call("guest.run", params, { timeoutMs: GUEST_MS });
}

async function disksOf(backend: LibvirtBackend, domain: DomainRef): Promise<VolumeRef[]> {
  const { INACTIVE } = Flags.domainXml;
  const xml = await backend.call("domainGetXmlDesc", { domain, flags: INACTIVE });
  return all(xml, "devices", "disk").flatMap((disk) => {
    const { pool, volume } = first(disk, "source")?.[1] ?? {};
    return pool && volume ? [{ pool, name: volume }] : [];
  });
}

async function vanish(backend: LibvirtBackend, name: string): Promise<void> {
  const domain = await backend.call("domainLookupByName", { name });
  const volumes = await disksOf(backend, domain);
  await backend.call("domain.vanish", { domain }, { timeoutMs: DESTROY_MS });
  for (const volume of volumes) {
    await backend.call("storageVolDelete", { volume, flags: 0 })
      .catch(unlessRefused(null, NO_STORAGE_VOL));
  }
}
