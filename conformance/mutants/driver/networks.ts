/**
 * Mutants of networks.
 *
 * @module
 */

import {
  DriverError,
  type ErrorCode,
  isDriverError,
  type Network,
} from "../../../drivers/contract/mod.ts";
import { withMembers } from "../../engine/tracker.ts";
import {
  codeOf,
  type Mutant,
  type Mutate,
  onDriver,
  onNetworks,
  recoded,
  swallow,
} from "../mutant.ts";

/** Shows a network with other data. */
const showsNetwork = (change: (network: Network) => Partial<Network>): Mutate =>
  onNetworks((networks) => {
    const changed = (network: Network): Network => withMembers(network, change(network));
    return {
      create: async (...args) => changed(await networks.create(...args)),
      get: async (...args) => changed(await networks.get(...args)),
      list: async (...args) => (await networks.list(...args)).map(changed),
    };
  });

const networkError = (code: ErrorCode, cluster: string): DriverError =>
  new DriverError({
    code,
    operation: "networks.create",
    subject: `network:${cluster}`,
    message: "A mutant is at work",
  });

let planted = 0;

const ghosts = new Map<string, Network>();

/** The mutants. */
export const NETWORK_MUTANTS: readonly Mutant[] = [
  {
    id: "network-has-the-clusters-name",
    breaks: "network.create",
    why: "The name is shown without its owner",
    mutate: showsNetwork(({ cluster }) => ({ name: cluster })),
  },
  {
    id: "cidr-is-written-into-the-driver",
    breaks: "network.create.cidr",
    why: "kutti's VirtualBox driver: 192.168.125.0/24 for all",
    mutate: onNetworks((networks) => ({
      create: ({ cluster }, options) => networks.create({ cluster }, options),
    })),
  },
  {
    id: "second-network-is-the-first",
    breaks: "network.create.exists",
    why: "An idempotent create that never compares",
    mutate: onNetworks((networks) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) !== "already-exists") throw error;
          return await networks.get(spec.cluster);
        }
      },
    })),
  },
  {
    id: "bad-cidr-is-ignored",
    breaks: "network.create.invalid",
    why: "kutti's setter has no result",
    mutate: onNetworks((networks) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) !== "invalid-argument") throw error;
          return await networks.create({ cluster: spec.cluster }, options);
        }
      },
    })),
  },
  {
    id: "missing-network-is-unknown",
    breaks: "network.get",
    why: "One error for everything",
    mutate: onNetworks((networks) => ({
      get: (cluster, options) =>
        recoded("not-found", "unknown", () => networks.get(cluster, options)),
    })),
  },
  {
    id: "network-list-omits-the-last",
    breaks: "network.list",
    why: "A loop that ends one too early",
    mutate: onNetworks((networks) => ({
      list: async (options) => (await networks.list(options)).slice(0, -1),
    })),
  },
  {
    id: "deleted-network-haunts",
    breaks: "network.delete",
    why: "Networks are kept in a map, and answered from it",
    mutate: onNetworks((networks) => ({
      get: async (cluster, options) => {
        try {
          const network = await networks.get(cluster, options);
          ghosts.set(network.name, network);
          return network;
        } catch (error) {
          const ghost = ghosts.get(networks.qualifiedName(cluster));
          if (codeOf(error) !== "not-found" || ghost === undefined) throw error;
          return ghost;
        }
      },
      create: async (spec, options) => {
        const network = await networks.create(spec, options);
        ghosts.set(network.name, network);
        return network;
      },
    })),
  },
  {
    id: "deleting-no-network-succeeds",
    breaks: "network.delete.missing",
    why: "Removing hides that there was nothing",
    mutate: onNetworks((networks) => ({
      delete: (cluster, options) =>
        swallow("not-found", () => networks.delete(cluster, options), undefined),
    })),
  },
  {
    id: "used-network-is-not-refused",
    breaks: "network.delete.used",
    why: "The first of two steps is done",
    mutate: onNetworks((networks) => ({
      delete: (cluster, options) =>
        swallow("failed-precondition", () => networks.delete(cluster, options), undefined),
    })),
  },
  {
    id: "failed-network-stays",
    breaks: "network.rollback",
    why: "kutti's VirtualBox driver keeps the network without its DHCP server",
    mutate: onNetworks((networks, _, world) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) === "internal") await world.host?.plantNetwork?.(`half-${planted++}`);
          throw error;
        }
      },
    })),
  },
  {
    id: "aborted-network-stays",
    breaks: "network.rollback",
    why: "The abort ends the wait for the answer, and what was asked for is done nevertheless",
    mutate: onNetworks((networks) => ({
      create: async (spec, options) => {
        try {
          return await networks.create(spec, options);
        } catch (error) {
          if (codeOf(error) === "canceled") await networks.create(spec);
          throw error;
        }
      },
    })),
  },
  {
    id: "foreign-network-is-not-found",
    breaks: "network.foreign",
    why: "Not ours is read as not there",
    mutate: onNetworks((networks) => ({
      get: async (cluster, options) => {
        try {
          return await networks.get(cluster, options);
        } catch (error) {
          if (!isDriverError(error) || error.reason !== "foreign") throw error;
          throw networkError("not-found", cluster);
        }
      },
    })),
  },
  {
    id: "one-cidr-for-all",
    breaks: "network.distinct",
    why: "kutti's VirtualBox driver",
    mutate: showsNetwork(() => ({ cidr: "192.168.125.0/24" })),
  },
  {
    id: "network-names-lack-the-owner",
    breaks: "network.injective",
    why: "kutti's network is named after the cluster only",
    mutate: onNetworks(() => ({ qualifiedName: (cluster) => `${cluster}kuttinet` })),
  },
  {
    id: "leases-are-empty",
    breaks: "network.dhcp",
    why: "The table of another network is read",
    mutate: showsNetwork(() => ({ dhcp: { leases: () => Promise.resolve([]) } })),
  },
  {
    id: "peers-are-strangers",
    breaks: "network.peers",
    why: "A network for each machine",
    mutate: onDriver(({ ssh }) => ({
      ssh: ssh && withMembers(ssh, {
        run: async (address, argv, options) =>
          argv[0] === "ping"
            ? { exitCode: 1, stdout: "", stderr: "" }
            : await ssh.run(address, argv, options),
      }),
    })),
  },
];
