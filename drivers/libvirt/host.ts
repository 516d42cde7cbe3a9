/**
 * The suite's ways behind the driver's back, by the same backend.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { HostControl, HostControls } from "../contract/mod.ts";
import type { DomainRef, LibvirtBackend, VolumeRef } from "./backend.ts";
import { unlessRefused } from "./errors.ts";
import { Flags } from "./rpc/constants.ts";
import { ErrorNumber } from "./rpc/errors.ts";
import { all, type JsonML, localName } from "./jsonml.ts";

const { OPERATION_INVALID, NO_DOMAIN, NO_STORAGE_VOL } = ErrorNumber;
const DESTROY_MS = 30_000;

/** Why some controls make no sense here. */
const INAPPLICABLE: Readonly<Partial<Record<HostControl, string>>> = {
  duplicate: "libvirt itself refuses a second machine of one name",
  reboot: "the host is the one that the suite runs on",
  force: "libvirt puts no machine into a state that no operation leads to",
  breakEvents: "its events come by the connection of all calls",
};

/** The controls over a backend. */
export function libvirtHost(backend: LibvirtBackend): HostControls {
  const find = (name: string): Promise<DomainRef> => backend.call("domainLookupByName", { name });
  return {
    inapplicable: INAPPLICABLE,
    inventory: () => inventory(backend),
    plantMachine: async (name) => {
      await backend.call("domainDefineXmlFlags", { xml: plainDomain(name), flags: 0 });
    },
    uprootMachine: async (name) => await remove(backend, await find(name)),
    plantNetwork: async (name) => {
      const xml: JsonML = ["network", {}, ["name", {}, name]];
      await backend.call("networkDefineXmlFlags", { xml, flags: 0 });
    },
    uprootNetwork: async (name) => {
      const network = await backend.call("networkLookupByName", { name });
      await backend.call("networkUndefine", { network });
    },
    fingerprint: async (name) => await fingerprint(backend, await find(name)),
    turnOff: async (name) => await destroy(backend, await find(name)),
    vanish: async (name) => await remove(backend, await find(name)),
    removeDisk: async (name) => {
      for (const volume of await disksOf(backend, await find(name))) {
        await backend.call("storageVolDelete", { volume, flags: 0 });
      }
    },
  };
}

async function inventory(backend: LibvirtBackend): Promise<string[]> {
  const domains = await backend.call("connectListAllDomains", { flags: 0 });
  const networks = await backend.call("connectListAllNetworks", { flags: 0 });
  const pools = await backend.call("connectListAllStoragePools", { flags: 0 });
  const volumes = await Promise.all(
    pools.map((pool) =>
      backend.call("storagePoolListAllVolumes", { pool, flags: 0 })
        // A pool that is not active shows none.
        .catch(unlessRefused<readonly VolumeRef[]>([], OPERATION_INVALID))
    ),
  );
  return [
    ...domains.map(({ name }) => `machine:${name}`),
    ...networks.map(({ name }) => `network:${name}`),
    ...volumes.flat().map(({ name }) => `disk:${name}`),
  ].sort();
}

function plainDomain(name: string): JsonML {
  return [
    "domain",
    { type: "qemu" },
    ["name", {}, name],
    ["memory", { unit: "MiB" }, "16"],
    ["os", {}, ["type", {}, "hvm"]],
  ];
}

async function destroy(backend: LibvirtBackend, domain: DomainRef): Promise<void> {
  const limits = { timeoutMs: DESTROY_MS };
  await backend.call("domainDestroyFlags", { domain, flags: 0 }, limits)
    .catch(unlessRefused(null, OPERATION_INVALID, NO_DOMAIN));
}

async function remove(backend: LibvirtBackend, domain: DomainRef): Promise<void> {
  await destroy(backend, domain);
  await backend.call("domainUndefineFlags", { domain, flags: Flags.domainUndefine.MANAGED_SAVE });
}

async function definition(backend: LibvirtBackend, domain: DomainRef): Promise<JsonML> {
  return await backend.call("domainGetXmlDesc", { domain, flags: Flags.domainXml.INACTIVE });
}

async function disksOf(backend: LibvirtBackend, domain: DomainRef): Promise<VolumeRef[]> {
  const sources = all(await definition(backend, domain), "devices", "disk", "source");
  return sources.flatMap(([, { pool, volume }]) => pool && volume ? [{ pool, name: volume }] : []);
}

/** Without the time of the last look at the disk, which every start and even a backup moves. */
async function fingerprint(backend: LibvirtBackend, domain: DomainRef): Promise<string> {
  const state = await backend.call("domainGetState", { domain });
  const disks = await Promise.all(
    (await disksOf(backend, domain)).map((volume) =>
      backend.call("storageVolGetXmlDesc", { volume, flags: 0 })
        .catch(unlessRefused<JsonML>(["gone", {}], NO_STORAGE_VOL))
    ),
  );
  const seen = [await definition(backend, domain), state, disks.map(withoutAccess)];
  return createHash("sha256").update(JSON.stringify(seen)).digest("hex");
}

function withoutAccess([name, attributes, ...content]: JsonML): JsonML {
  const kept = content.filter((it) => typeof it === "string" || localName(it) !== "atime");
  return [name, attributes, ...kept.map((it) => typeof it === "string" ? it : withoutAccess(it))];
}
