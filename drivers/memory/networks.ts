/**
 * The networks of an owner.
 *
 * @module
 */

import { type About, driverError, Trouble } from "../backend/driver_errors.ts";
import {
  assertName,
  type Dhcp,
  DriverError,
  isUsableCidr,
  type Network,
  type NetworkFacet,
  type Networks,
  type NetworkSpec,
  parseCidr,
  qualifiedName,
} from "../contract/mod.ts";
import type { NetworkKey, NetworkRecord } from "./backend.ts";
import { attempt, confirmed, isRefusal, isUnsure, meaningOf } from "./errors.ts";
import type { MemoryContext } from "./session.ts";

const FACETS: readonly NetworkFacet[] = ["dhcp"];

/** The network of a cluster, if there is one of this owner. */
export async function networkOf(
  context: MemoryContext,
  cluster: string,
  about: About,
): Promise<NetworkRecord | undefined> {
  const network = await findNetwork(context, cluster, about);
  return network && isOf(context, cluster, network) ? network : undefined;
}

async function findNetwork(
  { backend, owner }: MemoryContext,
  cluster: string,
  about: About,
): Promise<NetworkRecord | undefined> {
  const name = qualifiedName(owner, cluster);
  return await backend.call("network.find", { name }, about) ?? undefined;
}

function isOf(context: MemoryContext, cluster: string, { owner }: NetworkRecord): boolean {
  return owner?.owner === context.owner && owner.cluster === cluster && owner.name === undefined;
}

/** The networks of the context's owner. */
export function memoryNetworks(context: MemoryContext): Networks {
  const { backend, owner } = context;
  const call = <T>(
    operation: string,
    cluster: string,
    signal: AbortSignal | undefined,
    work: (about: About) => Promise<T>,
  ): Promise<T> => {
    const about: About = { operation, subject: `network:${cluster}`, signal };
    return attempt(about, () => {
      assertName(cluster, about);
      return work(about);
    });
  };
  return {
    facets: FACETS,
    qualifiedName(cluster): string {
      const about: About = { operation: "networks.qualifiedName", subject: `network:${cluster}` };
      assertName(cluster, about);
      return qualifiedName(owner, cluster);
    },
    create: (spec, { signal } = {}) =>
      call("networks.create", spec.cluster, signal, (about) => create(context, spec, about)),
    get: (cluster, { signal } = {}) =>
      call(
        "networks.get",
        cluster,
        signal,
        async (about) => handle(context, cluster, await own(context, cluster, about)),
      ),
    list({ signal } = {}): Promise<Network[]> {
      const about: About = { operation: "networks.list", subject: "driver:memory", signal };
      return attempt(about, async () => {
        const found = await backend.call("network.list", {}, about);
        return found
          .flatMap((network) => {
            const cluster = network.owner?.cluster;
            if (cluster === undefined || !isOf(context, cluster, network)) return [];
            return [handle(context, cluster, network)];
          })
          .sort((a, b) => a.cluster < b.cluster ? -1 : 1);
      });
    },
    delete: (cluster, { signal } = {}) =>
      call("networks.delete", cluster, signal, async (about) => {
        const { uuid, name } = await own(context, cluster, about);
        await confirmed(
          () => backend.call("network.delete", { uuid, name }, about),
          async () => await findNetwork(context, cluster, about) ? undefined : null,
        );
      }),
  };
}

async function create(
  context: MemoryContext,
  { cluster, cidr }: NetworkSpec,
  about: About,
): Promise<Network> {
  const wanted = cidr === undefined ? undefined : parseCidr(String(cidr));
  if (cidr !== undefined && !(wanted && isUsableCidr(wanted))) {
    const why = `"${cidr}" is no IPv4 network in CIDR notation, such as "192.168.125.0/24"`;
    throw new Trouble("invalid-argument", why);
  }
  const key = { uuid: crypto.randomUUID(), name: qualifiedName(context.owner, cluster) };
  const owner = { owner: context.owner, cluster };
  const parts = { ...key, owner, cidr: cidr ?? null };
  try {
    const made = await confirmed(
      () => context.backend.call("network.create", parts, about),
      async () => {
        const found = await findNetwork(context, cluster, about);
        return found?.uuid === key.uuid ? found : undefined;
      },
    );
    return handle(context, cluster, made);
  } catch (cause) {
    const error = driverError(cause, about, meaningOf);
    if (!isUnsure(cause) || await isTakenBack(context, key)) throw error;
    throw new DriverError({ ...error.toJSON(), leftovers: [`network:${key.name}`], cause });
  }
}

/** Takes a create back that may have been done, without the caller's signal; answers whether it is gone. */
async function isTakenBack({ backend }: MemoryContext, key: NetworkKey): Promise<boolean> {
  try {
    await backend.call("network.delete", key);
    return true;
  } catch (error) {
    return isRefusal(error, "no-such-network");
  }
}

/** The network of a cluster. @throws {DriverError} if there is none, or it is somebody else's */
async function own(
  context: MemoryContext,
  cluster: string,
  about: About,
): Promise<NetworkRecord> {
  const network = await findNetwork(context, cluster, about);
  if (!network) throw new Trouble("not-found", "there is none");
  if (isOf(context, cluster, network)) return network;
  const why = `the hypervisor's network "${network.name}" is somebody else's`;
  throw new Trouble("failed-precondition", why, "foreign");
}

function handle(context: MemoryContext, cluster: string, network: NetworkRecord): Network {
  const { name, cidr } = network;
  return { cluster, name, cidr, dhcp: dhcpOf(context, cluster, name) };
}

function dhcpOf({ backend }: MemoryContext, cluster: string, name: string): Dhcp {
  return {
    leases({ signal } = {}) {
      const about: About = { operation: "dhcp.leases", subject: `network:${cluster}`, signal };
      return attempt(about, async () => [...await backend.call("network.leases", { name }, about)]);
    },
  };
}
