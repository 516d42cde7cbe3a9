/**
 * How the engine holds a driver to the cases of the `driver` contract.
 *
 * @module
 */

import type {
  Driver,
  HostControls,
  Image,
  Images,
  MachineFacet,
  Machines,
  NetworkFacet,
  Networks,
} from "../../../drivers/contract/mod.ts";
import type { HostResource, OwnedResource } from "../../engine/ledger.ts";
import { type Tracker, withMembers } from "../../engine/tracker.ts";
import type { Rig } from "../rig.ts";
import { driverContext } from "./context.ts";
import { firstImages } from "./fresh.ts";

function trackedMachines(machines: Machines, owner: string, tracker: Tracker): Machines {
  return withMembers(machines, {
    create(spec, options) {
      const { cluster, name } = spec;
      const resource: HostResource = { kind: "machine", owner, cluster, name };
      return tracker.make(resource, () => machines.create(spec, options));
    },
    async delete(ref, options): Promise<void> {
      await machines.delete(ref, options);
      tracker.gone({ kind: "machine", owner, cluster: ref.cluster, name: ref.name });
    },
  });
}

function trackedNetworks(networks: Networks, owner: string, tracker: Tracker): Networks {
  return withMembers(networks, {
    create(spec, options) {
      const resource: HostResource = { kind: "network", owner, cluster: spec.cluster };
      return tracker.make(resource, () => networks.create(spec, options));
    },
    async delete(cluster, options): Promise<void> {
      await networks.delete(cluster, options);
      tracker.gone({ kind: "network", owner, cluster });
    },
  });
}

function trackedImages(images: Images, owner: string, tracker: Tracker): Images {
  const tracked = (image: Image): Image => {
    const resource: HostResource = { kind: "image", owner, version: image.version };
    return withMembers(image, {
      fetch: (options) => tracker.make(resource, () => image.fetch(options)),
      fromFile: (path, options) => tracker.make(resource, () => image.fromFile(path, options)),
      async purge(options) {
        const changed = await image.purge(options);
        tracker.gone(resource);
        return changed;
      },
    });
  };
  return withMembers(images, {
    list: async (options) => (await images.list(options)).map(tracked),
    get: async (version, options) => tracked(await images.get(version, options)),
    fromJSON: (text) => tracked(images.fromJSON(text)),
  });
}

/** The same driver, with all that it makes written down before. */
export function trackedDriver(driver: Driver, owner: string, tracker: Tracker): Driver {
  const { networks } = driver;
  return withMembers(driver, {
    machines: trackedMachines(driver.machines, owner, tracker),
    images: trackedImages(driver.images, owner, tracker),
    ...(networks && { networks: trackedNetworks(networks, owner, tracker) }),
  });
}

/** The same controls, with the networks and twins that they plant written down before. */
function trackedPlanting(host: HostControls, tracker: Tracker): HostControls {
  const contract = "driver";
  const network = (name: string): HostResource => ({ kind: "planted-network", contract, name });
  const { plantNetwork, uprootNetwork, duplicate } = host;
  return withMembers(host, {
    ...(duplicate && {
      duplicate: (name: string) =>
        tracker.make({ kind: "planted-machine", contract, name }, () => duplicate.call(host, name)),
    }),
    ...(plantNetwork && {
      plantNetwork: (name: string) =>
        tracker.make(network(name), () => plantNetwork.call(host, name)),
    }),
    ...(uprootNetwork && {
      async uprootNetwork(name: string): Promise<void> {
        await uprootNetwork.call(host, name);
        tracker.gone(network(name));
      },
    }),
  });
}

function claims(need: string, driver: Partial<Driver>): boolean {
  if (need === "networks" || need === "ssh" || need === "events") return driver[need] !== undefined;
  const [of, facet = ""] = need.split(".");
  const facets: readonly string[] = of === "machine"
    ? (driver.machineFacets ?? []) satisfies readonly MachineFacet[]
    : (driver.networks?.facets ?? []) satisfies readonly NetworkFacet[];
  return facets.includes(facet);
}

async function remove(resource: OwnedResource, driver: Driver): Promise<void> {
  switch (resource.kind) {
    case "machine":
      return await driver.machines.delete(resource, { force: true });
    case "network":
      return await driver.networks?.delete(resource.cluster);
    case "image": {
      await (await driver.images.get(resource.version)).purge();
      return;
    }
  }
}

async function listed(driver: Driver): Promise<string[]> {
  const machines = await driver.machines.list();
  const networks = await driver.networks?.list() ?? [];
  return [
    ...machines.map((it) => `machine:${driver.qualifiedMachineName(it)}`),
    ...networks.map((it) => `network:${it.name}`),
  ];
}

/** The rig. */
export const DRIVER_RIG: Rig<"driver"> = {
  claims,
  prepare: async ({ server, world }) => server.publish(await firstImages(world.images)),
  tracked: trackedDriver,
  trackedHost: trackedPlanting,
  context: driverContext,
  remove,
  listed,
};
